import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { QuantiserSpec } from "../../src/quantisers/quantiserSpec.js";
import { fixedMagnitude } from "../../src/quantisers/fixedMagnitude.js";
import { makeQuantiser } from "../../src/quantisers/make.js";
import { randomStream } from "../../src/numbers/random.js";
import { quantised } from "./quantiserProblem.js";

type Drawn = Extract<QuantiserSpec, { kind: "binary" | "ternary" | "binary-connect" | "ternary-connect" }>;
type Sampling = Drawn["sampling"];

/** The four rules with a choice of sampling, and the paper's two with every option. */
const kinds: { readonly name: string; readonly spec: (sampling: Sampling) => Drawn; readonly levels: 2 | 3 }[] = [
  { name: "binary", spec: (sampling) => ({ kind: "binary", sampling }), levels: 2 },
  { name: "ternary", spec: (sampling) => ({ kind: "ternary", sampling }), levels: 3 },
  { name: "binary-connect", spec: (sampling) => ({ kind: "binary-connect", sampling, magnitude: 0.4 }), levels: 2 },
  { name: "ternary-connect", spec: (sampling) => ({ kind: "ternary-connect", sampling, magnitude: 0.4 }), levels: 3 },
  { name: "binary with options", spec: (sampling) => ({ kind: "binary", sampling, magnitude: 0.4, clip: true }), levels: 2 },
  { name: "ternary with options", spec: (sampling) => ({ kind: "ternary", sampling, magnitude: 0.4, threshold: 0.7, clip: true }), levels: 3 },
];

/** The magnitude of the levels: the spec's, else W0 of the matrix's size. */
function unitOf({ magnitude }: Drawn, rows: number, columns: number): number {
  return magnitude ?? 0.5 * Math.sqrt(6 / (rows + columns));
}

/** P(-1), P(0), P(+1) of the papers for the ratio w / unit. */
function probabilities(levels: 2 | 3, ratio: number): number[] {
  if (levels === 2) {
    const plus = Math.min(1, Math.max(0, (ratio + 1) / 2));
    return [1 - plus, 0, plus];
  }
  const kept = Math.min(1, Math.abs(ratio));
  return ratio > 0 ? [0, 1 - kept, kept] : [kept, 1 - kept, 0];
}

/** Much faster than a deep comparison. */
function same(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a.length === b.length && Array.from(a).every((value, index) => value === b[index]);
}

describe.each(kinds)("$name", ({ spec, levels }) => {
  const [rows, columns] = [100, 200];
  const unit = unitOf(spec("stochastic"), rows, columns);

  it("draws each level as often as its probability says", () => {
    fc.assert(
      fc.property(fc.float({ min: -1.5, max: 1.5, noNaN: true }), fc.integer({ min: 0, max: 1000 }), (ratio, step) => {
        const latent = new Float32Array(rows * columns).fill(ratio * unit);
        const stream = randomStream(3, "recurrent-weights", step);
        const { codes } = quantised(spec("stochastic"), latent, rows, columns, { stream }).quantiser;
        const expected = probabilities(levels, latent[0]! / unit);
        const counts = [-1, 0, 1].map((code) => codes.filter((drawn) => drawn === code).length);
        const chiSquare = counts.reduce((sum, count, level) => {
          const mean = expected[level]! * codes.length;
          // Within rounding of certainty a level may not appear; elsewhere the usual statistic.
          return sum + (mean < 1 ? Math.max(0, count - 5) * 100 : (count - mean) ** 2 / mean);
        }, 0);
        // One degree of freedom: above 20 with probability 8e-6.
        expect(chiSquare).toBeLessThan(20);
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it("is certain beyond the saturation that it tells", () => {
    expect(makeQuantiser(spec("stochastic"), rows, columns).saturation).toBe(unit);
    for (const weight of [unit * 1.0001, -unit * 1.0001, unit * 50]) {
      const latent = new Float32Array(rows * columns).fill(weight);
      expect(new Set(quantised(spec("stochastic"), latent, rows, columns).quantiser.codes)).toEqual(new Set([Math.sign(weight)]));
    }
  });

  it("is a function of seed, purpose and step when stochastic, and of none of them when deterministic", () => {
    const latent = Float32Array.from({ length: rows * columns }, (_, index) => Math.sin(index) * unit);
    const codes = (sampling: Sampling, seed: number, step: number): Int8Array =>
      quantised(spec(sampling), latent, rows, columns, { stream: randomStream(seed, "recurrent-weights", step) }).quantiser.codes;
    expect(same(codes("stochastic", 1, 3), codes("stochastic", 1, 3))).toBe(true);
    expect(same(codes("stochastic", 1, 4), codes("stochastic", 1, 3))).toBe(false);
    expect(same(codes("stochastic", 2, 3), codes("stochastic", 1, 3))).toBe(false);
    expect(same(codes("deterministic", 2, 4), codes("deterministic", 1, 3))).toBe(true);
  });

  it("takes the sampling of a call before that of the spec", () => {
    const latent = Float32Array.from({ length: rows * columns }, (_, index) => Math.sin(index) * unit);
    for (const [own, asked] of [["stochastic", "deterministic"], ["deterministic", "stochastic"]] as const) {
      const overridden = quantised(spec(own), latent, rows, columns, { sampling: asked }).values;
      expect(same(overridden, quantised(spec(asked), latent, rows, columns).values)).toBe(true);
    }
  });

  it("multiplies codes by W0", () => {
    const latent = Float32Array.from({ length: rows * columns }, (_, index) => Math.sin(index) * unit);
    const { quantiser, values } = quantised(spec("stochastic"), latent, rows, columns);
    expect(same(values, Float32Array.from(quantiser.codes, (code) => code * unit))).toBe(true);
  });

  it("draws neighbouring weights and successive steps without correlation", () => {
    const latent = new Float32Array(rows * columns).fill(levels === 2 ? 0 : unit / 2);
    const draw = (step: number): number[] => {
      const { codes } = quantised(spec("stochastic"), latent, rows, columns, { stream: randomStream(7, "recurrent-weights", step) }).quantiser;
      // Centred, with variance 1.
      return Array.from(codes, (code) => (levels === 2 ? code : 2 * code - 1));
    };
    const [now, next] = [draw(5), draw(6)];
    const correlation = (other: (index: number) => number): number =>
      now.reduce((sum, code, index) => sum + code * other(index), 0) / now.length;
    // Standard error 0.007.
    for (const lag of [1, 2, 64, 200, 1024]) {
      expect(Math.abs(correlation((index) => now[(index + lag) % now.length]!))).toBeLessThan(0.032);
    }
    expect(Math.abs(correlation((index) => next[index]!))).toBeLessThan(0.032);
  });
});

describe("edges of the deterministic rules", () => {
  const codes = (spec: Drawn, latent: Float32Array): number[] => [...quantised(spec, latent, 1, latent.length).quantiser.codes];

  it("binary: zero counts as positive", () => {
    const latent = Float32Array.of(0, -0, 1e-30, -1e-30);
    expect(codes({ kind: "binary", sampling: "deterministic" }, latent)).toEqual([1, 1, 1, -1]);
    expect(codes({ kind: "binary-connect", sampling: "deterministic", magnitude: 1 }, latent)).toEqual([1, 1, 1, -1]);
  });

  it("ternary: W0/3 on either side", () => {
    // One row of five: W0 is 0.5.
    const third = 0.5 / 3;
    const latent = Float32Array.of(third * 1.0001, third * 0.9999, -third * 1.0001, -third * 0.9999, 0);
    expect(codes({ kind: "ternary", sampling: "deterministic" }, latent)).toEqual([1, 0, -1, 0, 0]);
  });

  it("ternary-connect: half the magnitude, which itself is zero on the positive side only", () => {
    const latent = Float32Array.of(1, -1, 1.0001, -0.9999, 0);
    expect(codes({ kind: "ternary-connect", sampling: "deterministic", magnitude: 2 }, latent)).toEqual([0, -1, 1, 0, 0]);
  });

  it("ternary: a given threshold is a share of the magnitude, which may be given too", () => {
    const latent = Float32Array.of(0.16, 0.14, -0.16, -0.14, 0.19, 0.21);
    const codesOf = (options: object) => codes({ kind: "ternary", sampling: "deterministic", ...options }, latent);
    expect(codesOf({ magnitude: 0.3, threshold: 0.5 })).toEqual([1, 0, -1, 0, 1, 1]);
    expect(codesOf({ magnitude: 0.2, threshold: 0.75 })).toEqual([1, 0, -1, 0, 1, 1]);
    // One row of six: W0 is 0.46.
    expect(codesOf({ threshold: 0.33 })).toEqual([1, 0, -1, 0, 1, 1]);
    expect(codesOf({ magnitude: 0.6 })).toEqual([0, 0, 0, 0, 0, 1]);
  });

  it("the options make of the paper's rules the Connect rules, bit for bit", () => {
    const latent = Float32Array.from({ length: 600 }, (_, index) => Math.sin(index));
    for (const sampling of ["stochastic", "deterministic"] as const) {
      const values = (spec: Drawn) => quantised(spec, latent, 20, 30).values;
      const binary = values({ kind: "binary", sampling, magnitude: 0.7, clip: true });
      expect(same(values({ kind: "binary-connect", sampling, magnitude: 0.7 }), binary)).toBe(true);
      const ternary = values({ kind: "ternary", sampling, magnitude: 0.7, threshold: 0.5, clip: true });
      expect(same(values({ kind: "ternary-connect", sampling, magnitude: 0.7 }), ternary)).toBe(true);
    }
  });

  it("ternary, stochastic: a zero weight is always zero", () => {
    const drawn = quantised({ kind: "ternary", sampling: "stochastic" }, new Float32Array(10_000), 100, 100);
    expect(new Set(drawn.quantiser.codes)).toEqual(new Set([0]));
  });
});

describe("constrain", () => {
  it("clips the latent weights of the Connect rules and of those that are told to, and of no other", () => {
    const latent = Float32Array.of(-3, -0.4, 0, 0.39, 0.41, Infinity);
    for (const { spec } of kinds) {
      const clipped = latent.slice();
      makeQuantiser(spec("stochastic"), 2, 3).constrain(clipped);
      const limit = "magnitude" in spec("stochastic") ? Math.fround(0.4) : Infinity;
      expect(clipped).toEqual(latent.map((weight) => Math.min(limit, Math.max(-limit, weight))));
    }
  });

  it("clips at W0 of the matrix's size where no magnitude is given, and not where clip is false", () => {
    const latent = Float32Array.of(-3, -0.4, 0, 0.39, 0.41, Infinity);
    // Two rows of three.
    const W0 = Math.fround(0.5 * Math.sqrt(6 / 5));
    const clippedBy = (spec: QuantiserSpec): Float32Array => {
      const clipped = latent.slice();
      makeQuantiser(spec, 2, 3).constrain(clipped);
      return clipped;
    };
    expect(clippedBy({ kind: "ternary", sampling: "stochastic", clip: true })).toEqual(Float32Array.of(-W0, -0.4, 0, 0.39, 0.41, W0));
    expect(clippedBy({ kind: "binary", sampling: "stochastic", magnitude: 0.4, clip: false })).toEqual(latent);
  });
});

it("W0 is half the Glorot limit", () => {
  // Shapes and figures of the paper's released configurations.
  expect(fixedMagnitude(101, 4 * 512)).toBeCloseTo(0.02642, 5);
  expect(fixedMagnitude(512, 4 * 512)).toBeCloseTo(0.02421, 5);
  expect(fixedMagnitude(1, 4 * 100)).toBeCloseTo(0.06116, 5);
  expect(fixedMagnitude(300, 4 * 300)).toBeCloseTo(0.03162, 5);
});
