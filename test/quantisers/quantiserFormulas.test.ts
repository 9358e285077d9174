import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quantiserSchema } from "../../src/quantisers/quantiserSpec.js";
import type { QuantiserSpec } from "../../src/quantisers/quantiserSpec.js";
import { shippedValues } from "../../src/rnn/shipping/deployedModel.js";
import { descending } from "../../src/quantisers/descending.js";
import { matrices, normalMatrix, quantised, specName, squaredError } from "./quantiserProblem.js";
import type { MatrixCase } from "./quantiserProblem.js";

interface Golden {
  readonly rows: number;
  readonly columns: number;
  readonly latent: number[];
  readonly secondMoment: number[];
  readonly scales: number[];
  readonly cases: { readonly spec: unknown; readonly values: number[] }[];
  readonly gateCases: { readonly spec: unknown; readonly gates: number; readonly values: number[] }[];
}

const golden = JSON.parse(readFileSync(new URL("../rnn/golden/quantisers_pytorch.json", import.meta.url), "utf8")) as Golden;

/** Moments over many orders of magnitude, with zeros among them. */
const withMoments: fc.Arbitrary<MatrixCase & { readonly secondMoment: Float32Array }> = matrices.chain((matrix) => {
  const moment = fc.oneof(fc.constant(0), fc.double({ min: -14, max: 0, noNaN: true }).map((exponent) => 10 ** exponent));
  const size = matrix.latent.length;
  return fc
    .array(moment, { minLength: size, maxLength: size })
    .map((moments) => ({ ...matrix, secondMoment: Float32Array.from(moments) }));
});

describe("PyTorch's values of the papers' formulas", () => {
  const cases = golden.cases.map(({ spec, values }) => ({ spec: quantiserSchema.parse(spec), values }));

  it.each(cases.map((one) => ({ ...one, name: specName(one.spec) })))("$name", ({ spec, values: expected }) => {
    const { values } = quantised(spec, Float32Array.from(golden.latent), golden.rows, golden.columns, {
      secondMoment: Float32Array.from(golden.secondMoment),
      scales: Float32Array.from(golden.scales),
    });
    expected.forEach((value, index) => expect(values[index]).toBeCloseTo(value, 6));
  });

  const gateCases = golden.gateCases.map(({ spec, ...more }) => ({ spec: quantiserSchema.parse(spec), ...more }));

  it.each(gateCases)("$spec.kind with a scale of its own for each of $gates gates", ({ spec, gates, values: expected }) => {
    const moments = { secondMoment: Float32Array.from(golden.secondMoment) };
    const { values } = quantised(spec, Float32Array.from(golden.latent), golden.rows, golden.columns, moments, gates);
    expected.forEach((value, index) => expect(values[index]).toBeCloseTo(value, 6));
  });
});

describe("scales of gates", () => {
  const specs: QuantiserSpec[] = [
    { kind: "lab", scales: "gate" },
    { kind: "laq", scales: "gate", iterations: 10 },
    { kind: "laq", scales: "gate", solver: "exact" },
  ];

  it.each(specs)("are those of a matrix for each gate, as is all else: $kind $solver", (spec) => {
    fc.assert(
      fc.property(withMoments, fc.integer({ min: 1, max: 4 }), ({ rows, columns, latent, secondMoment }, gates) => {
        // A matrix of `gates` copies side by side, the g-th times g + 1.
        const wide = (matrix: Float32Array, factor: (gate: number) => number): Float32Array =>
          Float32Array.from({ length: rows * columns * gates }, (_, index) => {
            const [row, column] = [Math.floor(index / (columns * gates)), index % (columns * gates)];
            const gate = Math.floor(column / columns);
            return factor(gate) * matrix[row * columns + (column % columns)]!;
          });
        const moments = { secondMoment: wide(secondMoment, (gate) => (gate + 1) ** 2) };
        const { quantiser, values } = quantised(spec, wide(latent, (gate) => gate + 1), rows, columns * gates, moments, gates);
        const shipped = quantiser.ship();
        const [plane] = shipped.kind === "planes" ? shipped.planes : [];
        expect(plane!.scales.length).toBe(gates);
        expect([...shippedValues(shipped)]).toEqual([...values].map((value) => value + 0));
        for (let gate = 0; gate < gates; gate++) {
          const scaled = (matrix: Float32Array, factor: number): Float32Array => matrix.map((value) => value * factor);
          const alone = quantised({ ...spec, scales: "matrix" } as QuantiserSpec, scaled(latent, gate + 1), rows, columns, {
            secondMoment: scaled(secondMoment, (gate + 1) ** 2),
          });
          const own = values.filter((_, index) => Math.floor((index % (columns * gates)) / columns) === gate);
          expect(own).toEqual(alone.values);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("are one scale where there is one block of columns, or where none were asked for", () => {
    const latent = normalMatrix(24, 1);
    const ofMatrix = quantised({ kind: "lab" }, latent, 2, 12).values;
    expect(quantised({ kind: "lab", scales: "gate" }, latent, 2, 12).values).toEqual(ofMatrix);
    expect(quantised({ kind: "lab" }, latent, 2, 12, {}, 4).values).toEqual(ofMatrix);
    expect(quantised({ kind: "lab", scales: "matrix" }, latent, 2, 12, {}, 4).values).toEqual(ofMatrix);
    expect(quantised({ kind: "lab", scales: "gate" }, latent, 2, 12, {}, 4).values).not.toEqual(ofMatrix);
  });
});

/** Rounding of values to single precision may add this share of the largest possible error. */
function slack(latent: Float32Array, d?: ArrayLike<number>): number {
  return 1e-6 * squaredError(latent, new Float32Array(latent.length), d) + 1e-30;
}

/** No scale for the same codes brings the (weighted) squared error lower. */
function expectBestScale(values: Float32Array, latent: Float32Array, d?: ArrayLike<number>): void {
  const error = squaredError(values, latent, d);
  for (const factor of [0, 0.5, 0.9, 0.99, 1.01, 1.1, 2]) {
    const other = values.map((value) => value * factor);
    expect(error).toBeLessThanOrEqual(squaredError(other, latent, d) + slack(latent, d));
  }
}

describe("what the scales minimise", () => {
  it("TWN: the squared error for its own mask", () => {
    fc.assert(
      fc.property(matrices, fc.float({ min: Math.fround(0.1), max: 2, noNaN: true }), ({ rows, columns, latent }, factor) => {
        expectBestScale(quantised({ kind: "twn", factor }, latent, rows, columns).values, latent);
      }),
    );
  });

  it("one-bit DoReFa: the squared error for the signs", () => {
    fc.assert(
      fc.property(matrices, ({ rows, columns, latent }) => {
        expectBestScale(quantised({ kind: "dorefa", bits: 1 }, latent, rows, columns).values, latent);
      }),
    );
  });

  it("LAB: the error weighted with the root of the moment, over scales and all signs", () => {
    fc.assert(
      fc.property(withMoments, fc.infiniteStream(fc.boolean()), ({ rows, columns, latent, secondMoment }, flips) => {
        const { values } = quantised({ kind: "lab" }, latent, rows, columns, { secondMoment });
        const d = secondMoment.map((moment) => Math.sqrt(moment) + 1e-8);
        expectBestScale(values, latent, d);
        const flipped = values.map((value) => (flips.next().value ? value : -value));
        expect(squaredError(values, latent, d)).toBeLessThanOrEqual(squaredError(flipped, latent, d) + slack(latent, d));
      }),
    );
  });

  it("LAB and LAQ: without moments all weights count alike, as with equal ones", () => {
    const latent = normalMatrix(60, 0.3);
    for (const spec of [{ kind: "lab" }, { kind: "laq", iterations: 10 }] satisfies QuantiserSpec[]) {
      const without = quantised(spec, latent, 6, 10).values;
      for (const moment of [0, 1e-9, 4]) {
        const { values } = quantised(spec, latent, 6, 10, { secondMoment: new Float32Array(60).fill(moment) });
        without.forEach((value, index) => expect(values[index]).toBeCloseTo(value, 6));
      }
    }
  });

  it("LAB and LAQ: the weights that the loss feels decide the scale", () => {
    const latent = Float32Array.of(0.1, -0.1, 2, -2);
    const secondMoment = Float32Array.of(1, 1, 0, 0);
    expect(quantised({ kind: "lab" }, latent, 2, 2, { secondMoment }).values[0]).toBeCloseTo(0.1, 6);
    const heavy = Float32Array.of(1, 1, 1, 1);
    expect(quantised({ kind: "lab" }, latent, 2, 2, { secondMoment: heavy }).values[0]).toBeCloseTo(1.05, 6);
    expect([...quantised({ kind: "laq", iterations: 10 }, latent, 2, 2, { secondMoment: heavy }).values]).toEqual([0, 0, 2, -2]);
  });
});

/** Errors after each number of turns. */
function errors(turns: number[], spec: (iterations: number) => QuantiserSpec, matrix: MatrixCase, moments?: Float32Array): number[] {
  const d = moments?.map((moment) => Math.sqrt(moment) + 1e-8);
  return turns.map((iterations) => {
    const more = { secondMoment: moments };
    return squaredError(quantised(spec(iterations), matrix.latent, matrix.rows, matrix.columns, more).values, matrix.latent, d);
  });
}

function expectFalling(found: number[], tolerance: number): void {
  found.slice(1).forEach((error, index) => expect(error).toBeLessThanOrEqual(found[index]! + tolerance));
}

/** The least error over all codes, each with its best scale: d-weighted least squares. */
function leastError(latent: Float32Array, d: Float32Array): number {
  const codes = [-1, 0, 1];
  const all = Array.from(latent).reduce<number[][]>((found) => found.flatMap((some) => codes.map((code) => [...some, code])), [[]]);
  return Math.min(
    ...all.map((some) => {
      const sum = some.reduce((total, code, index) => total + d[index]! * code * latent[index]!, 0);
      const kept = some.reduce((total, code, index) => total + d[index]! * code * code, 0);
      return squaredError(Float32Array.from(some, (code) => (kept === 0 ? 0 : (code * sum) / kept)), latent, d);
    }),
  );
}

const root = (moments: Float32Array): Float32Array => moments.map((moment) => Math.sqrt(moment) + 1e-8);

describe("LAQ's exact solver", () => {
  const exact = { kind: "laq", solver: "exact" } as const;
  const weight = fc.float({ min: -3, max: 3, noNaN: true });
  const few = fc.array(fc.tuple(weight, fc.float({ min: 0, max: 4, noNaN: true })), { minLength: 1, maxLength: 7 });

  it("has the least weighted error of all codes and scales, by brute force", () => {
    fc.assert(
      fc.property(few, (pairs) => {
        const latent = Float32Array.from(pairs, ([value]) => value);
        const secondMoment = Float32Array.from(pairs, ([, moment]) => moment);
        const d = root(secondMoment);
        const { values } = quantised(exact, latent, 1, latent.length, { secondMoment });
        expect(squaredError(values, latent, d)).toBeLessThanOrEqual(leastError(latent, d) + slack(latent, d));
      }),
      { numRuns: 200 },
    );
  });

  it("is never worse than the alternating one, and better where that stops too early", () => {
    fc.assert(
      fc.property(withMoments, ({ rows, columns, latent, secondMoment }) => {
        const d = root(secondMoment);
        const errorOf = (spec: QuantiserSpec): number => squaredError(quantised(spec, latent, rows, columns, { secondMoment }).values, latent, d);
        expect(errorOf(exact)).toBeLessThanOrEqual(errorOf({ kind: "laq", iterations: 100 }) + slack(latent, d));
      }),
    );
    // Keeping 5 alone is a fixed point with error 4 + 4; the scale 3 for all has (5-3)^2 + 1 + 1.
    const latent = Float32Array.of(2, -5, 2);
    const values = (spec: QuantiserSpec): number[] => [...quantised(spec, latent, 1, 3).values];
    expect(values({ kind: "laq", iterations: 100 })).toEqual([0, -5, 0]);
    expect(values(exact)).toEqual([3, -3, 3]);
  });

  it("orders every magnitude, whatever their number", () => {
    const sizes = new Float32Array(2 ** 22 + 1);
    sizes.forEach((_, index) => (sizes[index] = Math.abs(Math.sin(index * 1.7))));
    for (const some of [sizes.subarray(0, 1000), sizes]) {
      const order = descending(some);
      const isThere = new Uint8Array(some.length);
      order.forEach((index) => (isThere[index] = 1));
      expect(isThere.indexOf(0)).toBe(-1);
      expect(order.every((index, place) => place === 0 || some[index]! <= some[order[place - 1]!]!)).toBe(true);
    }
  });
});

describe("solvers that alternate", () => {
  it("LAQ's weighted error never rises with the turns", () => {
    fc.assert(
      fc.property(withMoments, ({ secondMoment, ...matrix }) => {
        const d = secondMoment.map((moment) => Math.sqrt(moment) + 1e-8);
        const found = errors([1, 2, 3, 5, 10, 30], (iterations) => ({ kind: "laq", iterations }), matrix, secondMoment);
        expectFalling(found, slack(matrix.latent, d));
      }),
    );
  });

  it("LAQ ends at a fixed point: nearest codes, best scale", () => {
    fc.assert(
      fc.property(withMoments, ({ rows, columns, latent, secondMoment }) => {
        const { values, quantiser } = quantised({ kind: "laq", iterations: 100 }, latent, rows, columns, { secondMoment });
        expectBestScale(values, latent, secondMoment.map((moment) => Math.sqrt(moment) + 1e-8));
        const shipped = quantiser.ship();
        const alpha = shipped.kind === "planes" ? shipped.planes[0]!.scales[0]! : NaN;
        values.forEach((value, index) => {
          const nearest = Math.min(...[-alpha, 0, alpha].map((level) => Math.abs(latent[index]! - level)));
          expect(Math.abs(latent[index]! - value)).toBeLessThanOrEqual(nearest + 1e-6 * alpha);
        });
      }),
    );
  });

  it.each([2, 3, 4])("alternating, %i bits: the error never rises with the turns and is not above the greedy one", (bits) => {
    fc.assert(
      fc.property(matrices, (matrix) => {
        const found = errors([0, 1, 2, 3, 5, 20], (iterations) => ({ kind: "alternating", bits, iterations }), matrix);
        expectFalling(found, slack(matrix.latent));
      }),
      { numRuns: 60 },
    );
  });

  it.each([2, 3, 4])("alternating, %i bits: each weight has the nearest of its column's levels", (bits) => {
    fc.assert(
      fc.property(matrices, ({ rows, columns, latent }) => {
        const { values, quantiser } = quantised({ kind: "alternating", bits, iterations: 2 }, latent, rows, columns);
        const shipped = quantiser.ship();
        const planes = shipped.kind === "planes" ? shipped.planes : [];
        latent.forEach((weight, index) => {
          const scales = planes.map((plane) => plane.scales[index % columns]!);
          const levels = scales.reduce((sums, scale) => sums.flatMap((sum) => [sum - scale, sum + scale]), [0]);
          const nearest = Math.min(...levels.map((level) => Math.abs(weight - level)));
          const largest = Math.max(...levels);
          // Scales that are rounded to whole multiples of the least single-precision number move a level by so many of them.
          expect(Math.abs(weight - values[index]!)).toBeLessThanOrEqual(nearest + 1e-6 * largest + bits * 2 ** -149);
        });
      }),
      { numRuns: 40 },
    );
  });

  it("alternating: k bits hold a column of 2^k symmetric levels exactly", () => {
    const [rows, columns] = [16, 19];
    // 1, 1/2 and 1/4 with all signs, another factor in each column.
    const latent = Float32Array.from({ length: rows * columns }, (_, index) => {
      const [row, column] = [Math.floor(index / columns), index % columns];
      return (column + 1) * (((row >> 2) & 1 ? 1 : -1) + ((row >> 1) & 1 ? 0.5 : -0.5) + (row & 1 ? 0.25 : -0.25));
    });
    const { values } = quantised({ kind: "alternating", bits: 3, iterations: 2 }, latent, rows, columns);
    values.forEach((value, index) => expect(value / latent[index]!).toBeCloseTo(1, 5));
  });

  it("alternating: more bits, less error", () => {
    const matrix = { rows: 40, columns: 33, latent: normalMatrix(40 * 33, 0.2) };
    const found = [2, 3, 4].map((bits) => errors([2], (iterations) => ({ kind: "alternating", bits, iterations }), matrix)[0]!);
    expect(found[1]).toBeLessThan(found[0]! / 2);
    expect(found[2]).toBeLessThan(found[1]! / 2);
  });
});

describe("DoReFa's levels", () => {
  it.each([2, 3, 8])("%i bits: 2^k levels, evenly from -1 to 1", (bits) => {
    const { values } = quantised({ kind: "dorefa", bits }, normalMatrix(100_000, 1), 1000, 100);
    const levels = [...new Set(values)].sort((a, b) => a - b);
    expect(levels.length).toBe(2 ** bits);
    levels.forEach((level, index) => expect(level).toBeCloseTo((2 * index) / (2 ** bits - 1) - 1, 6));
  });
});
