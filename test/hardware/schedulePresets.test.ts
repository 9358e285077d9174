import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findPreset, largestMacUnitsWithin, presets, shapeOf } from "../../src/hardware/schedule/presets.js";

describe("presets", () => {
  it("carry the label that says they are remembered", () => {
    for (const preset of presets) {
      expect(preset.source).toMatch(/remembered .* not verified/);
    }
  });

  it("agree with each other: two operations per MAC unit and cycle give the published GOPS", () => {
    for (const { macUnits, clockMegahertz, published } of presets) {
      expect((2 * macUnits * clockMegahertz) / 1000).toBe(published.gops);
    }
  });

  it("are found by name and precision, or named all", () => {
    const network = { cell: "gru", reset: "before", inputs: 10, inputKind: "one-hot", units: 8 } as const;
    expect(shapeOf(network, findPreset("high-speed", "binary"))).toEqual({
      ...network,
      macUnits: 1000,
      precision: "binary",
      clockMegahertz: 400,
    });
    expect(() => findPreset("high-speed", "full")).toThrow(
      /No preset high-speed for full weights; there are full-precision \(full\), low-power/,
    );
  });
});

describe("the most MAC units within an area", () => {
  it("fit, and one more does not", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999 }), fc.integer({ min: 1, max: 90 }), fc.nat(5000), (most, perUnit, fixed) => {
        const areaOf = (macUnits: number): number => fixed + perUnit * macUnits;
        expect(largestMacUnitsWithin(areaOf(most), areaOf)).toBe(most);
        expect(largestMacUnitsWithin(areaOf(most + 1) - 0.5, areaOf)).toBe(most);
      }),
    );
  });

  it("are few questions, whose answers may take long", () => {
    let asked = 0;
    const areaOf = (macUnits: number): number => {
      asked++;
      return Math.ceil(macUnits / 8);
    };
    expect(largestMacUnitsWithin(125, areaOf)).toBe(1000);
    expect(asked).toBeLessThan(25);
  });

  it("never exceed what a shape may have, and are refused where not one fits", () => {
    expect(largestMacUnitsWithin(1, () => 1)).toBe(1_000_000);
    expect(() => largestMacUnitsWithin(10, (macUnits) => 11 * macUnits)).toThrow(
      "An accelerator with one MAC unit takes 11, more than the area of 10; give a larger area.",
    );
    expect(() => largestMacUnitsWithin(Number.NaN, () => 1)).toThrow(RangeError);
  });
});
