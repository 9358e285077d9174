import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { integerAt, normalAt, permutation, randomStream, uniformAt } from "../../src/numbers/random.js";

const count = 100_000;

describe("random streams", () => {
  it("uniform numbers fill [0, 1) evenly in every stream (chi-square)", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 10_000 }), (seed, step) => {
        const stream = randomStream(seed, "sampling", step);
        const bins = new Array<number>(64).fill(0);
        for (let index = 0; index < count; index++) {
          bins[Math.floor(uniformAt(stream, index) * 64)]!++;
        }
        const expected = count / 64;
        const chiSquare = bins.reduce((sum, bin) => sum + (bin - expected) ** 2 / expected, 0);
        // 63 degrees of freedom: mean 63, above 131 with probability 1e-6.
        expect(chiSquare).toBeLessThan(131);
        expect(chiSquare).toBeGreaterThan(20);
      }),
      { numRuns: 20, seed: 2 },
    );
  });

  it("normal numbers have mean 0, variance 1 and the normal's tails", () => {
    const stream = randomStream(1, "initial-weights", 0);
    const numbers = Array.from({ length: count }, (_, index) => normalAt(stream, index));
    const moment = (power: number): number => numbers.reduce((sum, number) => sum + number ** power, 0) / count;
    expect(Math.abs(moment(1))).toBeLessThan(0.013);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.02);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.15);
    expect(numbers.filter((number) => Math.abs(number) > 1.96).length / count).toBeCloseTo(0.05, 2);
  });

  it("differ by seed, by purpose and by step", () => {
    const streams = [
      randomStream(1, "sampling", 0),
      randomStream(2, "sampling", 0),
      randomStream(1, "window-order", 0),
      randomStream(1, "sampling", 1),
    ];
    const numbers = streams.flatMap((stream) => Array.from({ length: 1000 }, (_, index) => uniformAt(stream, index)));
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

describe("permutation", () => {
  it("holds each index once", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 500 }), (seed, length) => {
        const order = permutation(randomStream(seed, "window-order", 0), length);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, index) => index));
      }),
    );
  });

  it("puts each index first equally often", () => {
    const firsts = new Array<number>(5).fill(0);
    for (let step = 0; step < 10_000; step++) {
      firsts[permutation(randomStream(3, "window-order", step), 5)[0]!]!++;
    }
    // Standard error 40.
    firsts.forEach((times) => expect(Math.abs(times - 2000)).toBeLessThan(180));
  });
});

it("integers stay below their bound", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 1_000_000 }), (index, bound) => {
      const drawn = integerAt(randomStream(9, "window-offset", 1), index, bound);
      expect(Number.isInteger(drawn) && drawn >= 0 && drawn < bound).toBe(true);
    }),
  );
});
