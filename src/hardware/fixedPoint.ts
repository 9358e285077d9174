/** A fixed-point number is integer * 2^-fractionBits, with the integer in `bits` bits (two's complement if signed). */
export interface FixedPoint {
  /** 2 to 32 signed, 1 to 31 unsigned, so that integers fit an Int32Array. */
  readonly bits: number;
  /** May be negative or exceed `bits`: only the position of the binary point. */
  readonly fractionBits: number;
  readonly signed: boolean;
}

/** Values in one common format. */
export interface FixedVector {
  readonly format: FixedPoint;
  readonly integers: Int32Array;
  /** How many values lay outside the format's range and became its nearest end. */
  readonly saturated: number;
}

/** The smallest and largest integer of a format. */
export function integerRange({ bits, signed }: FixedPoint): { readonly least: number; readonly most: number } {
  return signed ? { least: -(2 ** (bits - 1)), most: 2 ** (bits - 1) - 1 } : { least: 0, most: 2 ** bits - 1 };
}

/** The power of two up to which a signed format reaches: [-range, range). */
export function rangeOf({ bits, fractionBits }: FixedPoint): number {
  return 2 ** (bits - 1 - fractionBits);
}

/** The real number that an integer of this format stands for. */
export function realValue(integer: number, { fractionBits }: FixedPoint): number {
  return integer * 2 ** -fractionBits;
}

/**
 * Rounds each value to the nearest number of the format (ties upwards) and clips it to the format's range.
 * @param name what the values are, for the error
 * @throws RangeError for NaN or infinity, or an impossible format
 */
export function quantise(values: ArrayLike<number>, format: FixedPoint, name: string): FixedVector {
  checkFormat(format, name);
  const { least, most } = integerRange(format);
  const integers = new Int32Array(values.length);
  let saturated = 0;
  for (let index = 0; index < values.length; index++) {
    const value = checkFinite(values[index]!, name, index);
    const nearest = Math.floor(value * 2 ** format.fractionBits + 0.5);
    integers[index] = Math.min(most, Math.max(least, nearest));
    saturated += nearest < least || nearest > most ? 1 : 0;
  }
  return { format, integers, saturated };
}

/**
 * The signed format of that many bits with the most fraction bits in which no value saturates.
 * Values that are all zero get as many fraction bits as fit the range [-1, 1).
 */
export function fittingFormat(values: ArrayLike<number>, bits: number, name: string): FixedPoint {
  let largest = 0;
  let smallest = 0;
  for (let index = 0; index < values.length; index++) {
    const value = checkFinite(values[index]!, name, index);
    largest = Math.max(largest, value);
    smallest = Math.min(smallest, value);
  }
  const magnitude = Math.max(largest, -smallest);
  if (magnitude === 0) {
    return { bits, fractionBits: bits - 1, signed: true };
  }
  // One more than can fit when the exponent alone decides; rounding, and -2^n, settle it within two tries.
  const generous = { bits, fractionBits: bits - 1 - Math.floor(Math.log2(magnitude)) + 1, signed: true };
  return lowerUntilFitting(generous, [smallest, largest], name);
}

function lowerUntilFitting(format: FixedPoint, extremes: readonly number[], name: string): FixedPoint {
  const fits = quantise(extremes, format, name).saturated === 0;
  return fits ? format : lowerUntilFitting({ ...format, fractionBits: format.fractionBits - 1 }, extremes, name);
}

function checkFinite(value: number, name: string, index: number): number {
  if (!Number.isFinite(value)) {
    throw new RangeError(`${name}[${index}] is ${value}, which has no fixed-point form; retrain or repair the model.`);
  }
  return value;
}

function checkFormat({ bits, fractionBits, signed }: FixedPoint, name: string): void {
  const [least, most] = signed ? [2, 32] : [1, 31];
  if (!Number.isInteger(bits) || bits < least || bits > most || !Number.isInteger(fractionBits)) {
    const kind = signed ? "signed" : "unsigned";
    throw new RangeError(
      `The ${kind} format of ${name} has ${bits} bits, ${fractionBits} of fraction; use ${least} to ${most} bits and whole numbers.`,
    );
  }
}
