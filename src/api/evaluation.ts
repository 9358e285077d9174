import type { TaskSpec } from "../experiment/taskSpec.js";
import { perplexity, type Score } from "../rnn/score.js";
import { table, thousands } from "./display/html.js";
import { displaySymbol, type Displayable, type MimeBundle } from "./host.js";

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

/** Both evaluations of a run on one part of its data; never mixed. */
export class Evaluation implements Displayable {
  constructor(
    readonly task: TaskSpec["kind"],
    readonly part: "validation" | "test",
    /** Symbols or sequences of the part. */
    readonly count: number,
    readonly deployable: Score,
    readonly authorStyle: Score,
  ) {}

  [displaySymbol](): MimeBundle {
    const { measure, counted } = titles[this.task];
    const isText = this.task !== "classification";
    const [reading, asTrained] = isText ? ["one continuous stream", ", windows"] : ["each sequence by itself", ""];
    return table(`${measure}, ${this.part} part (${thousands(this.count)} ${counted})`, [
      ["deployable", `${scoreInWords(this.task, this.deployable)}  (shipped weights, frozen constants, ${reading})`],
      ["author-style", `${scoreInWords(this.task, this.authorStyle)}  (batch statistics, redrawn weights${asTrained})`],
    ]);
  }
}
