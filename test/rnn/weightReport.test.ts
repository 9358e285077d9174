import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Quantiser } from "../../src/quantisers/contract.js";
import { makeQuantiser } from "../../src/quantisers/make.js";
import { weightShare } from "../../src/rnn/training/weightReport.js";
import { allSpecs, contextFor, matrices, specName } from "../quantisers/quantiserProblem.js";

/** A quantiser as a report sees it. */
function withCodes(codes: number[], saturation: number | null): Quantiser {
  const quantiser = makeQuantiser({ kind: "sign" }, 1, codes.length);
  return { ...quantiser, codes: Int8Array.from(codes), saturation };
}

describe("the share of weights of a matrix", () => {
  it("counts levels by their sign, changes by the level, and latent weights at or beyond W0", () => {
    const quantiser = withCodes([-2, -1, 0, 1, 1], 0.5);
    const previous = Int8Array.of(-1, -1, 0, -1, 1);
    const latent = Float32Array.of(-0.5, 0.25, 0.75, -0.49, 0);
    const share = weightShare("layer 1 input", quantiser, latent, previous);
    expect(share).toMatchObject({ matrix: "layer 1 input", minus: 0.4, zero: 0.2, plus: 0.4, flips: 0.4, saturation: 0.4 });
    expect(weightShare("layer 1 input", quantiser, latent, previous).flips).toBe(0);
  });

  it.each([0.1, 0.2, 0.3, 0.7, 1 / 3])("counts latent weights that are clipped at %d as saturated", (magnitude) => {
    const quantiser = makeQuantiser({ kind: "ternary", sampling: "stochastic", magnitude, clip: true }, 1, 4);
    const latent = Float32Array.of(9, -9, magnitude / 2, 0);
    quantiser.constrain(latent);
    quantiser.quantise(latent, contextFor(quantiser, latent));
    expect(weightShare("output", quantiser, latent, new Int8Array(4)).saturation).toBe(0.5);
  });

  it("has 32 equal bins up to twice W0, the outermost for all beyond", () => {
    const latent = Float32Array.of(-9, -0.99, 0.01, 0.06, 0.99, 9, 1, -1);
    const { limit, shares } = weightShare("output", withCodes(Array(8).fill(1), 0.5), latent, new Int8Array(8)).histogram;
    expect(limit).toBe(1);
    expect(shares).toHaveLength(32);
    // Bins of 1/16: 0.01 is in [0, 1/16), 0.06 too; the ends hold -9, -0.99, -1 and 0.99, 1, 9.
    const expected = Array(32).fill(0).with(0, 3 / 8).with(16, 2 / 8).with(31, 3 / 8);
    expect(shares).toEqual(expected);
  });

  it("without W0 spans the latent weights, zeros too", () => {
    const spread = (latent: number[]) => weightShare("output", withCodes(latent.map(() => 1), null), Float32Array.from(latent), new Int8Array(latent.length));
    expect(spread([-3, 3, 1])).toMatchObject({ saturation: null, histogram: { limit: 3 } });
    expect(spread([0, 0]).histogram.shares.reduce((sum, share) => sum + share)).toBe(1);
  });

  it.each(allSpecs.slice(1).map((spec) => ({ spec, name: specName(spec) })))("sums up to 1 for any matrix: $name", ({ spec }) => {
    fc.assert(
      fc.property(matrices, ({ rows, columns, latent }) => {
        const quantiser = makeQuantiser(spec, rows, columns);
        quantiser.quantise(latent, contextFor(quantiser, latent));
        const previous = quantiser.codes.map((code) => ~code);
        const { minus, zero, plus, flips, saturation, histogram } = weightShare("output", quantiser, latent, previous);
        expect(minus + zero + plus).toBeCloseTo(1, 9);
        expect(flips).toBe(1);
        expect(previous).toEqual(quantiser.codes);
        expect(histogram.shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 9);
        expect(histogram.limit).toBeGreaterThan(0);
        if (saturation !== null) {
          const unit = Math.fround(quantiser.saturation!);
          const beyond = [...latent].filter((weight) => Math.abs(weight) >= unit).length;
          expect(saturation).toBeCloseTo(beyond / latent.length, 9);
        }
      }),
      { numRuns: 30 },
    );
  });
});
