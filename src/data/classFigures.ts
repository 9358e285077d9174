/** Figures of a classification, by the definitions of scikit-learn's `classification_report` and `confusion_matrix`. */

/** What is right and wrong about one class, each share from 0 to 1. */
export interface ClassFigures {
  /** The name of the class. */
  readonly name: string;
  /** Right ones among those predicted as this class; 0 where none was. */
  readonly precision: number;
  /** Right ones among those of this class; 0 where there are none. */
  readonly recall: number;
  /** Harmonic mean of precision and recall; 0 where both are 0. */
  readonly f1: number;
  /** Sequences of this class. */
  readonly support: number;
}

/** Means over the classes. */
export type MeanFigures = Pick<ClassFigures, "precision" | "recall" | "f1">;

export interface Confusion {
  /** C names. */
  readonly classes: readonly string[];
  /** [C, C], row = true class, column = predicted class. */
  readonly counts: Int32Array;
}

/** @param labels [N] @param predicted [N], both class numbers */
export function confusionOf(classes: readonly string[], labels: Int32Array, predicted: Int32Array): Confusion {
  const counts = new Int32Array(classes.length ** 2);
  labels.forEach((label, index) => counts[label * classes.length + predicted[index]!]!++);
  return { classes, counts };
}

/** Figures of each class, in the order of the classes. */
export function classFigures({ classes, counts }: Confusion): ClassFigures[] {
  const C = classes.length;
  return classes.map((name, own) => {
    const right = counts[own * C + own]!;
    const support = sum(C, (other) => counts[own * C + other]!);
    const asThis = sum(C, (other) => counts[other * C + own]!);
    return { name, precision: share(right, asThis), recall: share(right, support), f1: share(2 * right, support + asThis), support };
  });
}

/** Each class counts alike. */
export function macroMean(figures: readonly ClassFigures[]): MeanFigures {
  return meanOf(figures, () => 1);
}

/** Each class counts by its sequences. */
export function weightedMean(figures: readonly ClassFigures[]): MeanFigures {
  return meanOf(figures, ({ support }) => support);
}

function meanOf(figures: readonly ClassFigures[], weight: (one: ClassFigures) => number): MeanFigures {
  const all = figures.reduce((total, one) => total + weight(one), 0);
  const mean = (of: (one: ClassFigures) => number): number => figures.reduce((total, one) => total + weight(one) * of(one), 0) / all;
  return { precision: mean(({ precision }) => precision), recall: mean(({ recall }) => recall), f1: mean(({ f1 }) => f1) };
}

/** The normal distribution's quantile of 97.5 %. */
const z = 1.959963984540054;

/**
 * The score interval of a share at 95 % (Wilson 1927), which unlike the usual one holds near 0 and 1 and for few trials.
 * @param right of `all` trials, at least one
 */
export function wilsonInterval(right: number, all: number): readonly [low: number, high: number] {
  const p = right / all;
  const middle = (p + z ** 2 / (2 * all)) / (1 + z ** 2 / all);
  const half = (z * Math.sqrt((p * (1 - p)) / all + z ** 2 / (4 * all ** 2))) / (1 + z ** 2 / all);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function sum(count: number, of: (index: number) => number): number {
  let total = 0;
  for (let index = 0; index < count; index++) {
    total += of(index);
  }
  return total;
}
