import { roundShift, saturate } from "./integer/arithmetic.js";

/** All integers from `least` to `most`: what a signal of the accelerator can hold, whatever it reads. */
export interface Interval {
  readonly least: number;
  readonly most: number;
}

/** The interval of one value. */
export function point(value: number): Interval {
  return { least: value, most: value };
}

/** The smallest interval that holds all of these. */
export function hull(intervals: readonly Interval[]): Interval {
  return {
    least: intervals.reduce((least, interval) => Math.min(least, interval.least), Infinity),
    most: intervals.reduce((most, interval) => Math.max(most, interval.most), -Infinity),
  };
}

/** All sums of a value of each interval. */
export function sum(a: Interval, b: Interval): Interval {
  return { least: a.least + b.least, most: a.most + b.most };
}

/** The smallest interval that holds all products of a value of each. */
export function product(a: Interval, b: Interval): Interval {
  const corners = [a.least * b.least, a.least * b.most, a.most * b.least, a.most * b.most];
  return { least: Math.min(...corners), most: Math.max(...corners) };
}

/** Rounding is monotonic, so the ends tell all. */
export function rounded(interval: Interval, shift: number): Interval {
  return { least: roundShift(interval.least, shift), most: roundShift(interval.most, shift) };
}

/** The interval after saturation to signed numbers of so many bits. */
export function saturated(interval: Interval, bits: number): Interval {
  return { least: saturate(interval.least, bits), most: saturate(interval.most, bits) };
}

/** Bits of two's complement that hold every integer of the interval; at least 1. */
export function signedBits({ least, most }: Interval): number {
  let bits = 1;
  while (least < -(2 ** (bits - 1)) || most > 2 ** (bits - 1) - 1) {
    bits++;
  }
  return bits;
}
