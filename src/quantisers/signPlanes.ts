import type { WeightPlane } from "./shippedMatrix.js";

/**
 * A weight of k signs is kept as a pattern: bit p set means +1 in plane p, else -1. This writes the value of each of the
 * 2^k patterns, added in single precision in the order of the planes, exactly as a shipped matrix is read back.
 * @param scales one for each plane
 * @param out 2^k values
 */
export function patternValues(scales: Float32Array, out: Float32Array): void {
  for (let pattern = 0; pattern < out.length; pattern++) {
    let value = 0;
    for (let plane = 0; plane < scales.length; plane++) {
      value = Math.fround(value + signOf(pattern, plane) * scales[plane]!);
    }
    out[pattern] = value;
  }
}

/** +1 or -1. */
export function signOf(pattern: number, plane: number): number {
  return 2 * ((pattern >> plane) & 1) - 1;
}

/**
 * The planes that the patterns spell.
 * @param scales of each plane: one for the matrix, or one for each column
 */
export function signPlanes(patterns: Uint8Array, scales: readonly Float32Array[]): WeightPlane[] {
  return scales.map((own, plane) => ({
    levels: "binary",
    codes: Int8Array.from(patterns, (pattern) => signOf(pattern, plane)),
    scales: own.slice(),
  }));
}
