import { isPrintableLine, printableLine, printableLineRule } from "../text/printable.js";
import { splitSequences, type SequenceOptions } from "./labelledSequences.js";
import { type SequenceCorpus, SequenceError } from "./sequences.js";

/** One sequence: T numbers (or T * width, the values of a timestep side by side), or T timesteps of I numbers each. */
export type SequenceValues = ArrayLike<number> | ArrayLike<ArrayLike<number>>;

/** Sequences and their labels, as `tl.data.fromArrays()` takes them. */
export interface ArraySequences {
  /** N sequences of one length. */
  readonly sequences: ArrayLike<SequenceValues>;
  /** N labels; the class names are the labels as text. */
  readonly labels: ArrayLike<string | number>;
  /** I, for sequences that are plain lists of numbers. Default 1. */
  readonly width?: number;
}

/**
 * Labelled sequences at hand, in three parts; kept with the run.
 * @throws SequenceError that names sequence, timestep and value: lengths that differ, a value that is no finite number; or a name
 * that is no printable line
 */
export function sequencesFromArrays(name: string, input: ArraySequences, options: SequenceOptions = {}): SequenceCorpus {
  const { sequences, labels } = input;
  if (!isPrintableLine(name)) {
    throw new SequenceError(`The name of the sequences, "${printableLine(name)}", ${printableLineRule}.`);
  }
  if (sequences.length === 0 || sequences.length !== labels.length) {
    throw new SequenceError(
      `"${name}" has ${sequences.length} sequences and ${labels.length} labels: give one label for each, and one sequence at least.`,
    );
  }
  const { timesteps, width } = shapeOf(name, sequences[0]!, input.width);
  const values = new Float32Array(sequences.length * timesteps * width);
  for (let n = 0; n < sequences.length; n++) {
    values.set(flatten(`Sequence ${n} of "${name}"`, sequences[n]!, timesteps, width), n * timesteps * width);
  }
  return splitSequences({ name, timesteps, width, values, labels: Array.from(labels, (label, n) => className(name, label, n)) }, options);
}

function className(name: string, label: string | number, sequence: number): string {
  if (typeof label === "string" || Number.isFinite(label)) {
    return String(label);
  }
  throw new SequenceError(`Sequence ${sequence} of "${name}" has the label ${label}: give a text or a finite number.`);
}

function isNested(sequence: SequenceValues): sequence is ArrayLike<ArrayLike<number>> {
  return sequence.length > 0 && typeof sequence[0] === "object";
}

function shapeOf(name: string, first: SequenceValues, width = 1): { timesteps: number; width: number } {
  const shape = isNested(first)
    ? { timesteps: first.length, width: first[0]!.length }
    : { timesteps: first.length / width, width };
  if (!(shape.timesteps > 0 && Number.isInteger(shape.timesteps) && shape.width > 0 && Number.isInteger(shape.width))) {
    throw new SequenceError(
      `Sequence 0 of "${name}" has ${first.length} values, which is no whole number of timesteps of width ${shape.width}: ` +
        "give at least one timestep, and a width that divides the values.",
    );
  }
  return shape;
}

function flatten(place: string, sequence: SequenceValues, timesteps: number, width: number): Float32Array {
  const rows = isNested(sequence) ? Array.from(sequence) : [sequence as ArrayLike<number>];
  const length = rows.reduce((sum, row) => sum + row.length, 0);
  const ragged = isNested(sequence) && rows.some((row) => row.length !== width);
  if (ragged || length !== timesteps * width) {
    throw new SequenceError(
      `${place} has ${length} values${ragged ? " in timesteps of different widths" : ""}; the first sequence has ${timesteps} ` +
        `timesteps of width ${width}. Cut or pad all sequences to one length.`,
    );
  }
  const flat = new Float32Array(length);
  rows.forEach((row, at) => flat.set(row, at * row.length));
  const wrong = flat.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new SequenceError(
      `${place} has the value ${rows.flatMap((row) => Array.from(row))[wrong]} at timestep ${Math.floor(wrong / width)}: give finite numbers within float32's range.`,
    );
  }
  return flat;
}
