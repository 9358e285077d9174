import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shippedValues } from "../../src/rnn/shipping/deployedModel.js";
import { levelsOf, makeQuantiser } from "../../src/quantisers/make.js";
import { randomStream } from "../../src/numbers/random.js";
import { allSpecs, contextFor, matrices, normalMatrix, quantised, quantisedSpecs, specName } from "./quantiserProblem.js";

describe.each(allSpecs.map((spec) => ({ spec, name: specName(spec) })))("$name", ({ spec }) => {
  it("ships exactly the values that a pass multiplies with", () => {
    fc.assert(
      fc.property(matrices, fc.integer({ min: 0, max: 1000 }), ({ rows, columns, latent }, step) => {
        const stream = randomStream(7, "recurrent-weights", step);
        const { quantiser, values } = quantised(spec, latent, rows, columns, { stream });
        const shipped = quantiser.ship();
        expect([shipped.rows, shipped.columns]).toEqual([rows, columns]);
        const read = shippedValues(shipped);
        // Subtracted, because a positive and a negative zero are alike here.
        expect(values.findIndex((value, index) => read[index]! - value !== 0)).toBe(-1);
      }),
    );
  });

  it("reads the latent matrix and leaves it", () => {
    const latent = normalMatrix(15, 1);
    const before = latent.slice();
    quantised(spec, latent, 5, 3);
    expect(latent).toEqual(before);
  });

  it("ships copies, and passes on what the next call overwrites", () => {
    const latent = normalMatrix(15, 1);
    const quantiser = makeQuantiser(spec, 5, 3);
    const values = quantiser.quantise(latent, contextFor(quantiser, latent));
    const shipped = shippedValues(quantiser.ship()).slice();
    const early = quantiser.ship();
    const other = latent.map((weight) => -3 * weight - 0.1);
    expect(quantiser.quantise(other, contextFor(quantiser, other))).toBe(values);
    expect(shippedValues(early)).toEqual(shipped);
    expect(shippedValues(quantiser.ship())).not.toEqual(shipped);
  });

  it("is a function of its input alone, whatever the object quantised before", () => {
    const latent = normalMatrix(35, 0.4);
    const moments = { secondMoment: normalMatrix(35, 1e-3, 2).map(Math.abs) };
    const { quantiser, values } = quantised(spec, latent, 5, 7, moments);
    const other = normalMatrix(35, 2, 3);
    quantiser.quantise(other, contextFor(quantiser, other));
    expect(quantiser.quantise(latent, contextFor(quantiser, latent, moments))).toEqual(values);
  });

  it("takes zeros, equal weights and a single weight", () => {
    for (const weights of [new Float32Array(12), new Float32Array(12).fill(0.3), new Float32Array(12).fill(-0.3)]) {
      const { quantiser, values } = quantised(spec, weights, 4, 3);
      expect(values.every(Number.isFinite)).toBe(true);
      expect([...shippedValues(quantiser.ship())].every(Number.isFinite)).toBe(true);
      expect([...quantiser.initialScales(weights)].every(Number.isFinite)).toBe(true);
      const gradient = new Float32Array(12).fill(1);
      quantiser.backward(weights, gradient);
      expect(gradient.every(Number.isFinite)).toBe(true);
    }
    for (const weight of [0, 0.3, -0.3, 1e-30, -1e30]) {
      expect(quantised(spec, Float32Array.of(weight), 1, 1).values.every(Number.isFinite)).toBe(true);
    }
  });
});

/** Beside those of one plane, which the table names. */
const planesOf: Record<string, string[]> = { ttq: ["ternary", "ternary"], "nearest of five": ["ternary", "ternary"] };

describe.each(quantisedSpecs.map((spec) => ({ spec, name: specName(spec) })))("$name", ({ spec }) => {
  const levels = "bits" in spec ? new Array<string>(spec.bits).fill("binary") : (planesOf[spec.kind === "custom" ? spec.name : spec.kind] ?? [levelsOf(spec)]);

  it(`ships ${levels.join(" + ")}, each with its own levels only`, () => {
    fc.assert(
      fc.property(matrices, ({ rows, columns, latent }) => {
        const shipped = quantised(spec, latent, rows, columns).quantiser.ship();
        const planes = shipped.kind === "planes" ? shipped.planes : [];
        expect(planes.map((plane) => plane.levels)).toEqual(levels);
        for (const { levels: own, codes, scales } of planes) {
          expect(codes.length).toBe(rows * columns);
          expect([1, columns]).toContain(scales.length);
          expect(codes.every((code) => Math.abs(code) <= 1 && (own === "ternary" || code !== 0))).toBe(true);
        }
      }),
    );
  });

  it("reports codes with the sign of the value", () => {
    fc.assert(
      fc.property(matrices, ({ rows, columns, latent }) => {
        const { quantiser, values } = quantised(spec, latent, rows, columns);
        const unscaled = new Set(["binary", "ternary", "binary-connect", "ternary-connect", "sign", "threshold"]).has(spec.kind);
        // A learned or fitted scale may be 0 and hide the code.
        const wrong = (value: number, index: number): boolean =>
          (unscaled || value !== 0) && Math.sign(quantiser.codes[index]!) !== Math.sign(value);
        expect(values.findIndex(wrong)).toBe(-1);
      }),
    );
  });
});

it("full precision has no codes and copies the weights", () => {
  const latent = Float32Array.of(0.1, -2, 0);
  const { quantiser, values } = quantised({ kind: "full-precision" }, latent, 1, 3);
  expect(values).toEqual(latent);
  expect(quantiser.codes.length).toBe(0);
});

describe("symmetries", () => {
  const deterministic = quantisedSpecs.filter((spec) => !("sampling" in spec) || spec.sampling === "deterministic");

  it.each(deterministic.map((spec) => ({ spec, name: specName(spec) })))("$name: columns may be permuted", ({ spec }) => {
    const [rows, columns] = [6, 21];
    const latent = normalMatrix(rows * columns, 0.5);
    const secondMoment = normalMatrix(rows * columns, 1e-3, 5).map(Math.abs);
    // Another order of adding changes the last bits of a mean.
    const order = (column: number): number => (column * 8 + 3) % columns;
    const permute = (matrix: Float32Array): Float32Array =>
      matrix.map((_, index) => matrix[Math.floor(index / columns) * columns + order(index % columns)]!);
    const expected = permute(quantised(spec, latent, rows, columns, { secondMoment }).values);
    const { values } = quantised(spec, permute(latent), rows, columns, { secondMoment: permute(secondMoment) });
    values.forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 6));
  });

  const scaled = new Set(["twn", "ttq", "lab", "laq", "alternating"]);
  const equivariant = deterministic.filter((spec) => scaled.has(spec.kind) || (spec.kind === "dorefa" && spec.bits === 1));

  it.each(equivariant.map((spec) => ({ spec, name: specName(spec) })))("$name: scales with the weights", ({ spec }) => {
    fc.assert(
      fc.property(matrices, fc.constantFrom(0.125, 4, 1024), ({ rows, columns, latent: any }, factor) => {
        // A power of two changes no rounding but that of subnormal numbers.
        const latent = any.map((weight) => (Math.abs(weight) < 1e-30 ? 0 : weight));
        const expected = quantised(spec, latent, rows, columns).values.map((value) => value * factor);
        const { values } = quantised(spec, latent.map((weight) => weight * factor), rows, columns);
        const largest = Math.max(...expected.map(Math.abs), 1e-30);
        const distances = values.map((value, index) => Math.abs(value - expected[index]!) / largest);
        expect(Math.max(...distances)).toBeLessThan(1e-6);
      }),
    );
  });

  const invariant = deterministic.filter(({ kind }) => kind === "sign" || kind === "threshold");

  it.each(invariant.map((spec) => ({ spec, name: specName(spec) })))("$name: does not see a common factor", ({ spec }) => {
    const latent = normalMatrix(200, 1);
    expect(quantised(spec, latent.map((weight) => weight * 8), 10, 20).values).toEqual(quantised(spec, latent, 10, 20).values);
  });
});
