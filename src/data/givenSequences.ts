import type { SequenceValues } from "./arraySequences.js";
import { SequenceError } from "./sequences.js";

/** What a trained model expects of each sequence, as it was given to training: before scaling, grouping and permutation. */
export interface SequenceShape {
  /** T */
  readonly timesteps: number;
  /** I */
  readonly width: number;
}

/** Sequences to predict. */
export interface GivenSequences {
  /** [N, T, I] */
  readonly values: Float32Array;
  /** [N], timesteps of zeros at the beginning of each; absent where there are none. */
  readonly padding?: Int32Array;
  /** [N] names of the classes; undefined where they are not known. */
  readonly labels: readonly string[] | undefined;
  /** What a reader should know of how they were read. */
  readonly notes: readonly string[];
}

/**
 * Sequences at hand.
 * @param sequences N of them: T * I numbers each, or T timesteps of I numbers
 * @param labels one for each, where the classes are known
 * @returns values [N, T, I]
 * @throws SequenceError that names sequence, timestep and value, and says what the model expects
 */
export function givenArrays(
  sequences: ArrayLike<SequenceValues>,
  labels: ArrayLike<string | number> | undefined,
  shape: SequenceShape,
): GivenSequences {
  if (sequences.length === 0) {
    throw new SequenceError("There are no sequences to predict: give a list of one or more.");
  }
  if (labels !== undefined && labels.length !== sequences.length) {
    throw new SequenceError(`There are ${sequences.length} sequences and ${labels.length} labels: give one label for each, or none at all.`);
  }
  const size = shape.timesteps * shape.width;
  const values = new Float32Array(sequences.length * size);
  for (let n = 0; n < sequences.length; n++) {
    values.set(flatSequence(`Sequence ${n}`, sequences[n]!, shape), n * size);
  }
  return { values, labels: labels && Array.from(labels, String), notes: [] };
}

/**
 * One sequence as [T, I].
 * @param place for the message: "Sequence 3"
 * @throws SequenceError
 */
export function flatSequence(place: string, sequence: SequenceValues, { timesteps, width }: SequenceShape): Float32Array {
  if (typeof sequence?.length !== "number" || typeof sequence === "string") {
    throw new SequenceError(`${place} is ${JSON.stringify(sequence)}, not a list of numbers: give a list of sequences, [[...], [...]].`);
  }
  const isNested = sequence.length > 0 && typeof sequence[0] === "object";
  const rows = isNested ? Array.from(sequence as ArrayLike<ArrayLike<number>>) : [sequence as ArrayLike<number>];
  const [count, length] = isNested ? [timesteps, width] : [1, timesteps * width];
  if (rows.length !== count || rows.some((row) => row.length !== length)) {
    const lengths = [...new Set(rows.map((row) => row.length))].join(" or ");
    throw new SequenceError(
      `${place} has ${isNested ? `${rows.length} timesteps of ` : ""}${lengths} values; the model was trained on sequences of ${timesteps} ` +
        `timesteps of ${width} values, ${timesteps * width} in all. Give sequences of that size.`,
    );
  }
  const flat = new Float32Array(timesteps * width);
  rows.forEach((row, at) => flat.set(row, at * row.length));
  requireFinite(place, flat, width);
  return flat;
}

function requireFinite(place: string, values: Float32Array, width: number): void {
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    const [timestep, value] = [Math.floor(wrong / width), wrong % width];
    throw new SequenceError(`${place} has no finite number at timestep ${timestep}, value ${value}: give finite numbers within float32's range.`);
  }
}

/**
 * Numbers of the classes of labels.
 * @param place of a label, for the message: "Sequence 3", "data.csv, line 4, column 0"
 * @throws SequenceError for a label that is none of the classes
 */
export function classNumbers(labels: readonly string[], classes: readonly string[], place: (index: number) => string): Int32Array {
  const numbers = new Map(classes.map((name, number) => [name, number]));
  return Int32Array.from(labels, (label, index) => {
    const number = numbers.get(label);
    if (number === undefined) {
      const known = classes.length > 20 ? `${classes.slice(0, 20).join(", ")} and ${classes.length - 20} more` : classes.join(", ");
      throw new SequenceError(
        `${place(index)} has the class ${JSON.stringify(label)}, which the model was not trained on; its classes are ${known}. ` +
          "Correct the label, or leave all labels out.",
      );
    }
    return number;
  });
}
