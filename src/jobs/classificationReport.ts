import type { EvaluationMethod } from "../experiment/evaluationMethod.js";
import { methodInWords } from "../experiment/evaluationMethod.js";
import {
  type ClassFigures,
  classFigures,
  type Confusion,
  macroMean,
  type MeanFigures,
  weightedMean,
  wilsonInterval,
} from "../data/classFigures.js";
import { confusionHtml, confusionText } from "../display/confusion.js";
import { grid, thousands } from "../display/html.js";
import { displaySymbol, type Displayable, type MimeBundle } from "../display/host.js";

/** How often sequences of each class were taken for each class. */
export class ConfusionMatrix implements Displayable {
  constructor(
    /** What was classified, in words. */
    readonly title: string,
    private readonly confusion: Confusion,
  ) {}

  /** C names. */
  get classes(): readonly string[] {
    return this.confusion.classes;
  }

  /** [C, C], row = true class, column = predicted class. */
  get counts(): Int32Array {
    return this.confusion.counts;
  }

  /** The same as rows of numbers. */
  rows(): number[][] {
    const { classes, counts } = this.confusion;
    return classes.map((_, row) => Array.from(counts.subarray(row * classes.length, (row + 1) * classes.length)));
  }

  toString(): string {
    return confusionText(this.title, this.confusion);
  }

  [displaySymbol](): MimeBundle {
    return { "text/html": confusionHtml(this.title, this.confusion), "text/plain": String(this) };
  }
}

/** Precision, recall, F1 and support of each class, their means, and the accuracy with its interval. */
export class ClassificationReport implements Displayable {
  /** The figures of each class, in the order of the classes. */
  readonly classes: readonly ClassFigures[];
  /** Each class counts alike. */
  readonly macro: MeanFigures;
  /** Each class counts by its sequences. */
  readonly weighted: MeanFigures;
  /** Share of right predictions, 0 to 1. */
  readonly accuracy: number;
  /** The interval in which the true accuracy lies with 95 % confidence, as far as sequences are drawn by chance (Wilson's score interval). */
  readonly interval: readonly [low: number, high: number];
  /** Sequences. */
  readonly count: number;

  constructor(
    readonly title: string,
    confusion: Confusion,
    /** This says with which weights, statistics and windows it was computed. */
    readonly how: EvaluationMethod,
  ) {
    const { classes, counts } = confusion;
    this.classes = classFigures(confusion);
    this.macro = macroMean(this.classes);
    this.weighted = weightedMean(this.classes);
    this.count = counts.reduce((total, count) => total + count, 0);
    const right = classes.reduce((total, _, own) => total + counts[own * classes.length + own]!, 0);
    this.accuracy = right / this.count;
    this.interval = wilsonInterval(right, this.count);
  }

  /** "accuracy 96.43 % (95 % interval 95.21 % to 97.35 %)" */
  accuracyInWords(): string {
    const [low, high] = this.interval;
    return `accuracy ${percent(this.accuracy)} (95 % interval ${percent(low)} to ${percent(high)}) of ${thousands(this.count)} sequences`;
  }

  private bundle(): MimeBundle {
    const row = (name: string, { precision, recall, f1 }: MeanFigures, support: number): string[] => [
      name,
      ...[precision, recall, f1].map((figure) => figure.toFixed(3)),
      thousands(support),
    ];
    const rows = [
      ...this.classes.map((figures) => row(figures.name, figures, figures.support)),
      row("macro mean", this.macro, this.count),
      row("weighted mean", this.weighted, this.count),
    ];
    const title = `${this.title}: ${this.accuracyInWords()}; ${methodInWords(this.how)}`;
    return grid(title, ["class", "precision", "recall", "F1", "support"], rows);
  }

  toString(): string {
    return this.bundle()["text/plain"]!;
  }

  [displaySymbol](): MimeBundle {
    return this.bundle();
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
