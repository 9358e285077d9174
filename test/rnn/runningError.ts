/**
 * Numbers with a bound of what single precision makes of them: running error analysis (Higham, Accuracy and Stability of
 * Numerical Algorithms, 3.3). `value` is in double precision; a program that computes the same in single precision gets a
 * number within `error` of it, whatever its order of sums and whether or not it fuses multiplications with additions.
 */
export interface Bounded {
  readonly value: number;
  readonly error: number;
}

/** The largest relative error of rounding to single precision. */
export const unitRoundoff = 2 ** -24;

export function exact(value: number): Bounded {
  return { value, error: 0 };
}

/** A number that is itself rounded to single precision first, such as a rate given as 0.15. */
export function rounded(value: number, error = 0): Bounded {
  return { value, error: error + unitRoundoff * (Math.abs(value) + error) };
}

export function plus(a: Bounded, b: Bounded): Bounded {
  return rounded(a.value + b.value, a.error + b.error);
}

export function minus(a: Bounded, b: Bounded): Bounded {
  return plus(a, { value: -b.value, error: b.error });
}

export function times(a: Bounded, b: Bounded): Bounded {
  const error = Math.abs(a.value) * b.error + Math.abs(b.value) * a.error + a.error * b.error;
  return rounded(a.value * b.value, error);
}

/** A function that never falls, computed to within `own` units of roundoff. */
function monotone(curve: (value: number) => number, { value, error }: Bounded, own: number): Bounded {
  const middle = curve(value);
  return { value: middle, error: Math.max(curve(value + error) - middle, middle - curve(value - error)) + own * unitRoundoff };
}

/**
 * 1 / (1 + e^-x). Counting native/math.h: e^x is off by at most 4 units relatively (reduction, Taylor series, two sums),
 * which the slope of 1/4 makes 1; the sum and the quotient add 1 each.
 */
export function sigmoid(x: Bounded): Bounded {
  return monotone((value) => 1 / (1 + Math.exp(-value)), x, 3);
}

/** By 1 - 2/(e^2x + 1): twice 2.7 units for the quotient where it is near 1, and 1 for the difference; less near zero. */
export function hyperbolicTangent(x: Bounded): Bounded {
  return monotone(Math.tanh, x, 7);
}
