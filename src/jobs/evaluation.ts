import type { TaskSpec } from "../experiment/taskSpec.js";
import { methodInWords } from "../experiment/evaluationMethod.js";
import { type EvaluatedScore, perplexity, type Score } from "../rnn/inference/score.js";
import { table, thousands } from "../display/html.js";
import type { PartName } from "./givenData.js";
import { displaySymbol, type Displayable, type MimeBundle } from "../display/host.js";

const titles: Record<TaskSpec["kind"], { measure: string; counted: string }> = {
  "character-model": { measure: "Bits per character", counted: "characters" },
  "word-model": { measure: "Perplexity", counted: "words" },
  classification: { measure: "Accuracy", counted: "sequences" },
};

/** The figure by which a task is judged, as a person reads it. */
export function scoreInWords(kind: TaskSpec["kind"], score: Score): string {
  switch (kind) {
    case "character-model":
      return score.bpc.toFixed(3);
    case "word-model":
      return `${perplexity(score).toFixed(1)} (${score.bpc.toFixed(3)} bits per word)`;
    case "classification":
      return `${(100 * score.accuracy).toFixed(2)} % (${score.loss.toFixed(3)} nats per sequence)`;
  }
}

/** "2.115  (shipped weights, frozen constants, one continuous stream)" */
function evaluatedInWords(kind: TaskSpec["kind"], score: EvaluatedScore): string {
  return `${scoreInWords(kind, score)}  (${methodInWords(score.how)})`;
}

/** Both evaluations of a run on one part of its data. Compare a figure only with one of its own kind. */
export class Evaluation implements Displayable {
  constructor(
    /** The kind of the run's task. */
    readonly task: TaskSpec["kind"],
    /** The part that was evaluated. */
    readonly part: PartName,
    /** Symbols or sequences of the part. */
    readonly count: number,
    /** The score of what ships, as a device computes it. */
    readonly deployable: EvaluatedScore,
    /** The score as the paper's released code evaluates. */
    readonly authorStyle: EvaluatedScore,
  ) {}

  [displaySymbol](): MimeBundle {
    const { measure, counted } = titles[this.task];
    return table(`${measure}, ${this.part} part (${thousands(this.count)} ${counted})`, [
      ["deployable", evaluatedInWords(this.task, this.deployable)],
      ["author-style", evaluatedInWords(this.task, this.authorStyle)],
    ]);
  }
}

/** The evaluation of what ships on data that is no part of the run's own. */
export class DataEvaluation implements Displayable {
  constructor(
    /** The kind of the run's task. */
    readonly task: TaskSpec["kind"],
    /** What was evaluated, in words. */
    readonly name: string,
    /** Symbols or sequences. */
    readonly count: number,
    /** The score of what ships, as a device computes it. */
    readonly deployable: EvaluatedScore,
  ) {}

  [displaySymbol](): MimeBundle {
    const { measure, counted } = titles[this.task];
    return table(`${measure}, ${this.name} (${thousands(this.count)} ${counted})`, [["deployable", evaluatedInWords(this.task, this.deployable)]]);
  }
}
