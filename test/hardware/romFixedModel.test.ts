import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fixModel } from "../../src/hardware/fixModel.js";
import { fittingFormat, integerRange, quantise, realValue } from "../../src/hardware/fixedPoint.js";
import type { AcceleratorModel } from "../../src/hardware/acceleratorModel.js";
import type { FixedLstm } from "../../src/hardware/fixedModel.js";
import type { FixedModelOptions } from "../../src/hardware/fixModel.js";
import { lstmOf, randomModel, withLstm } from "./randomModel.js";

function fixedLstm(model: AcceleratorModel, options?: FixedModelOptions): FixedLstm {
  return fixModel(model, options).layers[0] as FixedLstm;
}

const reals = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 40 });
const formats = fc.record({
  bits: fc.integer({ min: 2, max: 31 }),
  fractionBits: fc.integer({ min: -40, max: 60 }),
  signed: fc.boolean(),
});

describe("quantise", () => {
  test("gives the nearest number of the format, and counts exactly the values outside it", () => {
    fc.assert(
      fc.property(reals, formats, (values, format) => {
        const { integers, saturated } = quantise(values, format, "values");
        const { least, most } = integerRange(format);
        const step = 2 ** -format.fractionBits;
        let outside = 0;
        values.forEach((value, index) => {
          const integer = integers[index]!;
          expect(integer).toBeGreaterThanOrEqual(least);
          expect(integer).toBeLessThanOrEqual(most);
          const above = value >= (most + 0.5) * step;
          const below = value < (least - 0.5) * step;
          outside += above || below ? 1 : 0;
          if (!above && !below) {
            expect(Math.abs(realValue(integer, format) - value)).toBeLessThanOrEqual(step / 2);
          } else {
            expect(integer).toBe(above ? most : least);
          }
        });
        expect(saturated).toBe(outside);
      }),
    );
  });

  test("leaves numbers of the format as they are", () => {
    fc.assert(
      fc.property(formats, fc.double({ min: 0, max: 1, noNaN: true }), (format, place) => {
        const { least, most } = integerRange(format);
        const integer = Math.round(least + place * (most - least));
        const { integers, saturated } = quantise([realValue(integer, format)], format, "values");
        expect([integers[0], saturated]).toEqual([integer, 0]);
      }),
    );
  });

  test("rounds ties upwards", () => {
    const format = { bits: 8, fractionBits: 0, signed: true };
    expect([...quantise([-1.5, -0.5, 0.5, 1.5, 127.5, -128.5], format, "values").integers]).toEqual([-1, 0, 1, 2, 127, -128]);
    expect(quantise([127.49, 127.5, -128.5, -128.51], format, "values").saturated).toBe(2);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("refuses %s by name and index", (value) => {
    const format = { bits: 8, fractionBits: 0, signed: true };
    expect(() => quantise([0, value], format, "shift")).toThrow(
      `shift[1] is ${value}, which has no fixed-point form; retrain or repair the model.`,
    );
  });

  test.each([
    [1, true],
    [33, true],
    [0, false],
    [32, false],
    [7.5, true],
  ])("refuses %s bits (signed: %s)", (bits, signed) => {
    expect(() => quantise([0], { bits, fractionBits: 0, signed }, "values")).toThrow(/format of values has .* bits/);
  });
});

describe("fittingFormat", () => {
  test("holds every value, and one more fraction bit would not", () => {
    fc.assert(
      fc.property(reals, fc.integer({ min: 2, max: 32 }), (values, bits) => {
        fc.pre(values.some((value) => value !== 0));
        const format = fittingFormat(values, bits, "values");
        expect(quantise(values, format, "values").saturated).toBe(0);
        const finer = { ...format, fractionBits: format.fractionBits + 1 };
        expect(quantise(values, finer, "values").saturated).toBeGreaterThan(0);
      }),
    );
  });

  test.each([
    [[1], 16, 14],
    [[-1], 16, 15],
    [[0.999], 16, 15],
    [[0, 0], 16, 15],
    [[3.99, -4], 12, 9],
    [[4], 12, 8],
    [[1 - 2 ** -16], 16, 14],
  ])("of %j in %i bits has %i fraction bits", (values, bits, fractionBits) => {
    expect(fittingFormat(values, bits, "values")).toEqual({ bits, fractionBits, signed: true });
  });
});

describe("the fixed model", () => {
  test.each(["binary", "ternary"] as const)("has the very codes of a %s model", (precision) => {
    const model = randomModel({ units: 7, symbols: 5, precision });
    const { inputWeights } = lstmOf(model);
    const fixed = fixedLstm(model);
    expect(fixed.inputWeights).toEqual({ precision, rows: 5, columns: 28, codes: "codes" in inputWeights && inputWeights.codes });
    expect(fixed.recurrentWeights).toMatchObject({ precision, rows: 7, columns: 28 });
  });

  test("brings every constant within half a step of the trained number", () => {
    const model = randomModel({ units: 31, symbols: 5, precision: "full" });
    const fixed = fixedLstm(model);
    for (const name of ["gainRecurrent", "gainInput", "shift", "gainCell", "shiftCell", "initialHidden", "initialCell"] as const) {
      const { format, integers, saturated } = fixed[name];
      expect(saturated).toBe(0);
      lstmOf(model)[name].forEach((value, index) => {
        expect(Math.abs(realValue(integers[index]!, format) - value)).toBeLessThanOrEqual(2 ** -format.fractionBits / 2);
      });
    }
    expect(fixed.shift.format.bits).toBe(16);
    expect(fixed.recurrentWeights).toMatchObject({ precision: "full", format: { bits: 12 }, saturated: 0 });
  });

  test("counts initial states beyond the state formats", () => {
    const model = randomModel({ units: 3, symbols: 2, precision: "ternary" });
    const changed = withLstm(model, { initialHidden: Float32Array.of(1.5, -1, 0.5), initialCell: Float32Array.of(-9, 8, 7.99) });
    const fixed = fixedLstm(changed, { cellBits: 12 });
    expect([...fixed.initialHidden.integers, fixed.initialHidden.saturated]).toEqual([2047, -2048, 1024, 1]);
    expect([...fixed.initialCell.integers, fixed.initialCell.saturated]).toEqual([-2048, 2047, 2045, 2]);
  });

  test("refuses a vector of the wrong length by name", () => {
    const model = withLstm(randomModel({ units: 3, symbols: 2, precision: "ternary" }), { shift: new Float32Array(11) });
    expect(() => fixModel(model)).toThrow("layers[0].shift has 11 values, but the model needs 12.");
  });
});
