import { encodeText, UnknownSymbolError } from "../data/alphabet.js";
import type { SequenceValues } from "../data/arraySequences.js";
import type { TaskData } from "../data/contract.js";
import { flatSequence } from "../data/givenSequences.js";
import { shown } from "../experiment/options.js";
import type { NetworkInput } from "../rnn/architecture.js";
import type { CalibrationSequence } from "../rnn/afterTraining/calibrate.js";
import type { SequenceInput } from "../rnn/kernels/contract.js";

/** One sequence that an imported network reads: a text, T numbers of symbols, T * I numbers, or T timesteps of I numbers. */
export type ImportedSequence = string | SequenceValues;

/**
 * A sequence timestep by timestep, as it is: nothing is scaled.
 * @param word as the cell writes it
 * @throws TypeError, RangeError, SequenceError that name place, value and remedy
 */
export function importedInputs(word: string, input: NetworkInput, given: ImportedSequence): CalibrationSequence {
  if (input.kind === "dense") {
    return denseInputs(word, input.width, given);
  }
  return symbolsOf(word, input.symbols, given).map((symbol): SequenceInput => ({ kind: "symbols", symbols: Int32Array.of(symbol) }));
}

function symbolsOf(word: string, symbols: readonly string[], given: ImportedSequence): number[] {
  if (typeof given === "string") {
    return Array.from(encoded(word, symbols, given));
  }
  if (!isList(given)) {
    throw new TypeError(`${word}() takes a text, or numbers of symbols from 0 to ${symbols.length - 1}, as [3, 0, 2], not ${shown(given)}`);
  }
  return Array.from(given as ArrayLike<unknown>, (symbol, timestep) => {
    if (!(Number.isInteger(symbol) && (symbol as number) >= 0 && (symbol as number) < symbols.length)) {
      throw new RangeError(`${word}() got ${shown(symbol)} at timestep ${timestep}: give numbers of symbols from 0 to ${symbols.length - 1}`);
    }
    return symbol as number;
  });
}

function encoded(word: string, symbols: readonly string[], text: string): Int32Array {
  try {
    return encodeText(text, symbols);
  } catch (error) {
    const remedy = "; symbols of tl.importModel() names the alphabet of the network";
    throw error instanceof UnknownSymbolError ? new TypeError(`${word}(): ${error.message.replace(/\.$/, "")}${remedy}`, { cause: error }) : error;
  }
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return typeof value === "object" && value !== null && "length" in value && typeof value.length === "number";
}

function denseInputs(word: string, width: number, given: ImportedSequence): CalibrationSequence {
  if (typeof given === "string") {
    throw new TypeError(`${word}() got a text, and the network reads ${width} values a timestep: give symbols to tl.importModel() if these are one-hot symbols`);
  }
  if (!isList(given) || given.length === 0) {
    throw new TypeError(`${word}() takes a sequence of ${width} values a timestep, [[...], [...]], not ${shown(given)}`);
  }
  const timesteps = typeof given[0] === "object" ? given.length : Math.ceil(given.length / width);
  const values = flatSequence("The sequence", given, { timesteps, width });
  return Array.from({ length: timesteps }, (_, t): SequenceInput => ({ kind: "dense", values: values.subarray(t * width, (t + 1) * width) }));
}

/** The beginning of the training part, at least so many timesteps where it has them: a text as one stream, sequences whole. */
export function trainingSequences(data: TaskData, timesteps: number): CalibrationSequence[] {
  if (data.kind === "symbols") {
    const symbols = data.train.subarray(0, timesteps);
    return [Array.from(symbols, (symbol): SequenceInput => ({ kind: "symbols", symbols: Int32Array.of(symbol) }))];
  }
  const { values, labels } = data.train;
  const { timesteps: length, width } = data;
  return Array.from({ length: Math.min(labels.length, Math.ceil(timesteps / length)) }, (_, index) =>
    Array.from({ length }, (_, t): SequenceInput => {
      const at = (index * length + t) * width;
      return { kind: "dense", values: values.subarray(at, at + width) };
    }),
  );
}
