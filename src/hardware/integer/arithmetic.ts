/**
 * The integer operations of the accelerator. Integers are JavaScript numbers below 2^53 in magnitude, so all of them are
 * exact; `fixModel` refuses a model whose widest product would not be.
 */

/** x * 2^-shift rounded to the nearest integer, ties upwards; a negative shift multiplies. */
export function roundShift(x: number, shift: number): number {
  return shift <= 0 ? x * 2 ** -shift : Math.floor(x * 2 ** -shift + 0.5);
}

/** The nearest number that `bits` bits hold in two's complement. */
export function saturate(x: number, bits: number): number {
  const limit = 2 ** (bits - 1);
  return Math.min(limit - 1, Math.max(-limit, x));
}
