import { wrongOption } from "../text/optionError.js";
import type { FixedPoint } from "./fixedPoint.js";
import { integerRange, realValue } from "./fixedPoint.js";
import { roundShift } from "./integer/arithmetic.js";

export const activationNames = ["sigmoid", "tanh"] as const;
export type ActivationName = (typeof activationNames)[number];

export interface LookUpOptions {
  /** Words of each table; a power of two from 16 to 4096. Default 256. */
  readonly entries?: number;
  /** `linear` between the ends of a segment (default), or `none`: the word is the result, and each input has a word of its own. */
  readonly interpolation?: "linear" | "none";
}

/**
 * An activation function over pre-activations in [-8, 8) as a table: the upper bits of the pre-activation (offset binary)
 * choose a word, the lower `segmentBits` bits lie between it and the next.
 *
 *   y = value + round(slope * segment / 2^segmentBits)
 */
export interface LookUpTable {
  readonly name: ActivationName;
  readonly entries: number;
  /** 0 without interpolation. */
  readonly segmentBits: number;
  /** The format of the pre-activation. */
  readonly input: FixedPoint;
  /** Sigmoid: 0 to 1 inclusive. Tanh: -1 to 1 - one step. Both have the same binary point. */
  readonly output: FixedPoint;
  /** In units of the output format, [entries]. */
  readonly values: Int32Array;
  /** Next word's value minus this one's, [entries]; all 0 without interpolation. */
  readonly slopes: Int32Array;
  /** Largest difference from the function over all pre-activations, also those that were saturated; a real number. */
  readonly errorBound: number;
}

/** Integer bits of a pre-activation beside its sign: beyond 8 both functions are flat to 11 bits. */
const rangeBits = 3;

const functions: Readonly<Record<ActivationName, (x: number) => number>> = {
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
};

/**
 * The format of pre-activations that the tables are made for.
 * @param activationBits bits of hidden states and gates, 4 to 16
 * @throws OptionError for options out of range
 */
export function preactivationFormat(activationBits: number, { entries = 256, interpolation = "linear" }: LookUpOptions): FixedPoint {
  const indexBits = Math.log2(entries);
  if (!Number.isInteger(indexBits) || entries < 16 || entries > 4096) {
    throw wrongOption("lookUp.entries", entries, "choose a power of two from 16 to 4096");
  }
  if (interpolation !== "linear" && interpolation !== "none") {
    throw wrongOption("lookUp.interpolation", JSON.stringify(interpolation), 'choose "linear" or "none"');
  }
  const own = indexBits - 1 - rangeBits;
  const fractionBits = interpolation === "none" ? own : Math.max(own, activationBits - 1, 7);
  return { bits: fractionBits + 1 + rangeBits, fractionBits, signed: true };
}

/** @param activationBits bits of the result, one of them before the binary point */
export function lookUpTable(name: ActivationName, activationBits: number, options: LookUpOptions): LookUpTable {
  const { entries = 256 } = options;
  const input = preactivationFormat(activationBits, options);
  const output: FixedPoint = { bits: activationBits, fractionBits: activationBits - 1, signed: name === "tanh" };
  const segmentBits = input.bits - Math.log2(entries);
  const { least } = integerRange(input);
  const nearest = (word: number): number => {
    const x = realValue(least + word * 2 ** segmentBits, input);
    return clipped(Math.round(functions[name](x) * 2 ** output.fractionBits), output);
  };
  const values = Int32Array.from({ length: entries }, (_, word) => nearest(word));
  const slopes = values.map((value, word) => (segmentBits === 0 ? 0 : nearest(word + 1) - value));
  const table = { name, entries, segmentBits, input, output, values, slopes };
  return { ...table, errorBound: errorBound(table) };
}

/** Sigmoid's format has room for exactly 1; tanh's ends one step below. */
function clipped(value: number, { fractionBits, signed }: FixedPoint): number {
  return signed ? Math.min(2 ** fractionBits - 1, value) : value;
}

/** The word of a pre-activation, and how far between it and the next, in 2^-segmentBits. */
export function lookUp({ input, segmentBits, values, slopes }: Omit<LookUpTable, "errorBound">, preactivation: number): number {
  const offset = preactivation + 2 ** (input.bits - 1);
  const word = Math.floor(offset / 2 ** segmentBits);
  const segment = offset - word * 2 ** segmentBits;
  return values[word]! + roundShift(slopes[word]! * segment, segmentBits);
}

function errorBound(table: Omit<LookUpTable, "errorBound">): number {
  const { input, output, name } = table;
  const { least, most } = integerRange(input);
  const activation = functions[name];
  // Beyond the ends the result stays while the function goes on to its limit.
  const limits = name === "sigmoid" ? [0, 1] : [-1, 1];
  let bound = Math.max(
    Math.abs(realValue(lookUp(table, least), output) - limits[0]!),
    Math.abs(realValue(lookUp(table, most), output) - limits[1]!),
  );
  for (let preactivation = least; preactivation <= most; preactivation++) {
    bound = Math.max(bound, Math.abs(realValue(lookUp(table, preactivation), output) - activation(realValue(preactivation, input))));
  }
  return bound;
}
