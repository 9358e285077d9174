import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { integerRange, realValue } from "../../src/hardware/fixedPoint.js";
import { activationNames, lookUp, lookUpTable, preactivationFormat } from "../../src/hardware/lookUpTable.js";
import type { ActivationName } from "../../src/hardware/lookUpTable.js";

/** By other formulas than the product's: sigmoid through tanh, tanh through exponentials. */
const functions: Record<ActivationName, (x: number) => number> = {
  sigmoid: (x) => 0.5 + 0.5 * Math.tanh(x / 2),
  tanh: (x) => 1 - 2 / (Math.exp(2 * x) + 1),
};

const options = fc.record({
  entries: fc.constantFrom(16, 32, 128, 256, 1024, 4096),
  interpolation: fc.constantFrom("linear" as const, "none" as const),
});

test("no real number is further from the function than the error bound, and some is nearly as far", () => {
  fc.assert(
    fc.property(fc.constantFrom(...activationNames), fc.integer({ min: 4, max: 14 }), options, (name, activationBits, own) => {
      const table = lookUpTable(name, activationBits, own);
      const { least, most } = integerRange(table.input);
      const distance = (preactivation: number, x: number): number =>
        Math.abs(realValue(lookUp(table, preactivation), table.output) - functions[name](x));
      let worst = Math.max(distance(least, -40), distance(most, 40));
      for (let preactivation = least; preactivation <= most; preactivation++) {
        worst = Math.max(worst, distance(preactivation, realValue(preactivation, table.input)));
      }
      expect(table.errorBound).toBeCloseTo(worst, 12);
    }),
    { numRuns: 40 },
  );
});

describe("tables", () => {
  test("rise, and stay in their range", () => {
    fc.assert(
      fc.property(fc.constantFrom(...activationNames), fc.integer({ min: 4, max: 12 }), options, (name, activationBits, own) => {
        const table = lookUpTable(name, activationBits, own);
        const { least, most } = integerRange(table.input);
        const ends = name === "sigmoid" ? [0, 2 ** (activationBits - 1)] : [-(2 ** (activationBits - 1)), 2 ** (activationBits - 1) - 1];
        let before = -Infinity;
        for (let preactivation = least; preactivation <= most; preactivation++) {
          const result = lookUp(table, preactivation);
          expect(result >= before && result >= ends[0]! && result <= ends[1]!).toBe(true);
          before = result;
        }
      }),
      { numRuns: 30 },
    );
  });

  test("of the default are within two steps of the result", () => {
    for (const name of activationNames) {
      const { errorBound, entries, segmentBits } = lookUpTable(name, 12, {});
      expect([entries, segmentBits]).toEqual([256, 7]);
      expect(errorBound).toBeLessThan(2 * 2 ** -11);
    }
  });

  test("gain from more words", () => {
    const bound = (entries: number): number => lookUpTable("tanh", 14, { entries }).errorBound;
    expect(bound(256)).toBeLessThan(bound(64) / 10);
    expect(bound(64)).toBeLessThan(bound(16) / 5);
  });

  test("without interpolation have coarser pre-activations, each with a word of its own", () => {
    expect(preactivationFormat(12, {})).toEqual({ bits: 15, fractionBits: 11, signed: true });
    expect(preactivationFormat(12, { interpolation: "none" })).toEqual({ bits: 8, fractionBits: 4, signed: true });
    const table = lookUpTable("tanh", 12, { interpolation: "none" });
    expect(Array.from(table.values, (_, word) => lookUp(table, word - 128))).toEqual([...table.values]);
  });
});

describe("options out of range are refused by name and value", () => {
  test.each([100, 8, 8192, 0, 256.5, Number.NaN])("entries %s", (entries) => {
    expect(() => preactivationFormat(12, { entries })).toThrow(`lookUp.entries is ${entries}; choose a power of two from 16 to 4096.`);
  });

  test("interpolation", () => {
    expect(() => preactivationFormat(12, { interpolation: "cubic" as "none" })).toThrow('lookUp.interpolation is "cubic"; choose "linear" or "none".');
  });
});
