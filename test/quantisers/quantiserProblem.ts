import fc from "fast-check";
import type { QuantiserSpec } from "../../src/quantisers/quantiserSpec.js";
import type { Quantiser, QuantiserContext } from "../../src/quantisers/contract.js";
import { makeQuantiser } from "../../src/quantisers/make.js";
import { quantiser as custom } from "../../src/quantisers/quantisers.js";
import { normalAt, randomStream } from "../../src/numbers/random.js";

/** Rounds to the nearest of five levels of a third of the largest weight each. */
export const nearestOfFive = custom({
  name: "nearest of five",
  levels: [-2, -1, 0, 1, 2],
  quantise(latent, out) {
    const scale = latent.reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 0) / 3;
    latent.forEach((weight, index) => (out[index] = scale === 0 ? 0 : Math.max(-2, Math.min(2, Math.round(weight / scale)))));
    return scale;
  },
});
/** A draw of two levels: W0 of the magnitude 1/2. */
const drawnSigns = custom({
  name: "drawn signs",
  levels: "binary",
  stochastic: true,
  quantise(latent, out, { random, sampling }) {
    latent.forEach((weight, index) => (out[index] = (sampling === "deterministic" ? 0.5 : random()) < weight + 0.5 ? 1 : -1));
    return 0.5;
  },
});

/** One of each kind, and of each sampling and width that takes another path. */
export const quantisedSpecs: QuantiserSpec[] = [
  { kind: "binary", sampling: "stochastic" },
  { kind: "binary", sampling: "deterministic" },
  { kind: "ternary", sampling: "stochastic" },
  { kind: "ternary", sampling: "deterministic" },
  { kind: "binary", sampling: "stochastic", magnitude: 0.7, clip: true },
  { kind: "ternary", sampling: "stochastic", magnitude: 0.7, clip: true },
  { kind: "ternary", sampling: "deterministic", magnitude: 0.7, threshold: 0.5, clip: true },
  { kind: "binary-connect", sampling: "stochastic", magnitude: 0.7 },
  { kind: "binary-connect", sampling: "deterministic", magnitude: 0.7 },
  { kind: "ternary-connect", sampling: "stochastic", magnitude: 0.7 },
  { kind: "ternary-connect", sampling: "deterministic", magnitude: 0.7 },
  { kind: "sign" },
  { kind: "threshold", factor: 0.7 },
  { kind: "twn", factor: 0.7 },
  { kind: "ttq", threshold: 0.05 },
  { kind: "lab" },
  { kind: "laq", iterations: 10 },
  { kind: "laq", solver: "exact" },
  { kind: "dorefa", bits: 1 },
  { kind: "dorefa", bits: 3 },
  { kind: "dorefa", bits: 8 },
  { kind: "alternating", bits: 2, iterations: 2 },
  { kind: "alternating", bits: 4, iterations: 5 },
  { kind: "absmean" },
  { kind: "absmean", activations: 8 },
  nearestOfFive,
  drawnSigns,
];

export const allSpecs: QuantiserSpec[] = [{ kind: "full-precision" }, ...quantisedSpecs];

/** For titles: the spec without braces. */
export function specName(spec: QuantiserSpec): string {
  return Object.values(spec).join(" ");
}

/** A context with everything that some rule reads: step 0, moments absent, TTQ's scales at their start. */
export function contextFor(quantiser: Quantiser, latent: Float32Array, more: Partial<QuantiserContext> = {}): QuantiserContext {
  return { stream: randomStream(7, "recurrent-weights", 0), scales: quantiser.initialScales(latent), ...more };
}

export interface Quantised {
  readonly quantiser: Quantiser;
  /** A copy. */
  readonly values: Float32Array;
}

export function quantised(
  spec: QuantiserSpec,
  latent: Float32Array,
  rows: number,
  columns: number,
  more: Partial<QuantiserContext> = {},
  gates = 1,
): Quantised {
  const quantiser = makeQuantiser(spec, rows, columns, gates);
  const values = quantiser.quantise(latent, contextFor(quantiser, latent, more)).slice();
  return { quantiser, values };
}

export function normalMatrix(size: number, deviation: number, seed = 1): Float32Array {
  const stream = randomStream(seed, "initial-weights", 0);
  return Float32Array.from({ length: size }, (_, index) => deviation * normalAt(stream, index));
}

export interface MatrixCase {
  readonly rows: number;
  readonly columns: number;
  readonly latent: Float32Array;
}

/** Small matrices of any single-precision numbers up to 1000, zeros and repeated values included. */
export const matrices: fc.Arbitrary<MatrixCase> = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 20 }))
  .chain(([rows, columns]) => {
    const weight = fc.oneof(fc.float({ min: -1000, max: 1000, noNaN: true }), fc.constantFrom(0, 0.25, -0.25, 1, -1));
    return fc
      .array(weight, { minLength: rows * columns, maxLength: rows * columns })
      .map((weights) => ({ rows, columns, latent: Float32Array.from(weights) }));
  });

/** sum of d * (a - b)^2 */
export function squaredError(a: ArrayLike<number>, b: ArrayLike<number>, d?: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, value, index) => sum + (d?.[index] ?? 1) * (value - b[index]!) ** 2, 0);
}
