import type { EvaluationMethod } from "../experiment/evaluationMethod.js";
import { methodInWords } from "../experiment/evaluationMethod.js";
import { likeliest } from "../rnn/training/output.js";
import { softmax } from "../rnn/inference/predict.js";
import type { EvaluatedScore } from "../rnn/inference/score.js";
import { writeFileAtomically } from "../files/atomicFile.js";
import { csvLine } from "../text/csv.js";
import { confusionOf } from "../data/classFigures.js";
import { ClassificationReport, ConfusionMatrix } from "./classificationReport.js";
import { grid, thousands } from "../display/html.js";
import { displaySymbol, type Displayable, type MimeBundle } from "../display/host.js";

/** Rows of the table in a cell. */
const rowsShown = 20;

/** What a model says of N sequences, C classes being known. */
export interface SequencePredictionFacts {
  /** What was predicted, in words: "test part", "new.csv" */
  readonly name: string;
  /** C names. */
  readonly classes: readonly string[];
  /** [N, C] */
  readonly logits: Float32Array;
  /** [N] true classes with their score; undefined where they are not known. */
  readonly truth: { readonly labels: Int32Array; readonly score: EvaluatedScore } | undefined;
  readonly how: EvaluationMethod;
  readonly notes: readonly string[];
}

/** Predicted classes of sequences, in the order in which these were given. */
export class SequencePredictions implements Displayable {
  /** [N, C], before the softmax. */
  readonly logits: Float32Array;
  /** [N, C], the softmax of the logits; each row sums to 1. */
  readonly probabilities: Float32Array;
  /** [N] numbers of the predicted classes. */
  readonly predicted: Int32Array;

  constructor(private readonly facts: SequencePredictionFacts) {
    const { logits, classes } = facts;
    this.logits = logits;
    this.probabilities = softmax(logits, classes.length);
    this.predicted = Int32Array.from({ length: logits.length / classes.length }, (_, row) => likeliest(logits, row, classes.length));
  }

  /** What was predicted, in words. */
  get name(): string {
    return this.facts.name;
  }

  /** N */
  get count(): number {
    return this.predicted.length;
  }

  /** C names; index = number of the class. */
  get classes(): readonly string[] {
    return this.facts.classes;
  }

  /** [N] names of the predicted classes. */
  get predictions(): string[] {
    return Array.from(this.predicted, (number) => this.classes[number]!);
  }

  /** [N] names of the true classes; undefined where they are not known. */
  get labels(): string[] | undefined {
    return this.facts.truth && Array.from(this.facts.truth.labels, (number) => this.classes[number]!);
  }

  /** Loss and accuracy where the true classes are known: of a part of the data exactly those of `run.evaluate`, deployable. */
  get score(): EvaluatedScore | undefined {
    return this.facts.truth?.score;
  }

  /** How the predictions were computed. */
  get how(): EvaluationMethod {
    return this.facts.how;
  }

  /** What a reader should know of how the data was read. */
  get notes(): readonly string[] {
    return this.facts.notes;
  }

  /**
   * How often each class was taken for each.
   * @throws Error where the true classes are not known
   */
  confusionMatrix(): ConfusionMatrix {
    return new ConfusionMatrix(`Confusion matrix, ${this.name}`, this.confusion("confusionMatrix"));
  }

  /**
   * Precision, recall, F1 and support of each class, and the accuracy with its interval.
   * @throws Error where the true classes are not known
   */
  classificationReport(): ClassificationReport {
    return new ClassificationReport(`Classes, ${this.name}`, this.confusion("classificationReport"), this.how);
  }

  private confusion(word: string) {
    const { truth, classes } = this.facts;
    if (truth === undefined) {
      throw new Error(`predictions.${word}() needs the true classes: give labels with the sequences, or a CSV file with the column of the labels.`);
    }
    return confusionOf(classes, truth.labels, this.predicted);
  }

  /** All predictions as CSV (RFC 4180): sequence from 0, predicted class, its probability, the true class where known, and a column for each class. */
  toCsv(): string {
    const { classes, probabilities, predicted, labels } = this;
    const C = classes.length;
    const head = ["sequence", "predicted", "probability", ...(labels ? ["label"] : []), ...classes.map((name) => `probability of ${name}`)];
    const lines = Array.from(predicted, (number, n) =>
      csvLine([
        n,
        classes[number]!,
        probabilities[n * C + number]!,
        ...(labels ? [labels[n]!] : []),
        ...Array.from(probabilities.subarray(n * C, (n + 1) * C)),
      ]),
    );
    return [csvLine(head), ...lines].join("");
  }

  /** Writes `toCsv()`, whole or not at all. @param file relative to the notebook's folder; one that exists is replaced */
  async save(file: string): Promise<void> {
    await writeFileAtomically(file, this.toCsv());
  }

  private table(): MimeBundle {
    const { classes, probabilities, predicted, labels } = this;
    const rows = Array.from(predicted.subarray(0, rowsShown), (number, n) => [
      String(n),
      classes[number]!,
      `${(100 * probabilities[n * classes.length + number]!).toFixed(1)} %`,
      ...(labels ? [labels[n]!, labels[n] === classes[number] ? "" : "wrong"] : []),
    ]);
    const first = this.count > rowsShown ? `, the first ${rowsShown} of ${thousands(this.count)}` : "";
    const title = `Predictions, ${this.name}${first}; ${methodInWords(this.how)}`;
    return grid(title, ["sequence", "predicted", "probability", ...(labels ? ["label", ""] : [])], rows);
  }

  /** The figures where the true classes are known, then the first predictions. */
  [displaySymbol](): MimeBundle {
    const figures = this.facts.truth ? [this.classificationReport()[displaySymbol](), this.confusionMatrix()[displaySymbol]()] : [];
    const bundles = [...figures, this.table(), ...(this.notes.length > 0 ? [notesBundle(this.notes)] : [])];
    return {
      "text/html": bundles.map((bundle) => bundle["text/html"]).join("<br>"),
      "text/plain": bundles.map((bundle) => bundle["text/plain"]).join("\n\n"),
    };
  }

  toString(): string {
    return this[displaySymbol]()["text/plain"]!;
  }
}

function notesBundle(notes: readonly string[]): MimeBundle {
  return grid("Notes", [""], notes.map((note) => [note]));
}
