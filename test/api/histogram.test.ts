import fc from "fast-check";
import { expect, test } from "vitest";
import { histogram, histogramRange, histogramSvg } from "../../src/display/histogram.js";

test("every weight is counted once, also those beyond the range", () => {
  const weights = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(weights, fc.double({ min: 1.5, max: 50, noNaN: true }), (values, range) => {
      const counts = histogram(Float32Array.from(values), range);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
    }),
  );
});

test("the range holds W0, and widens with the weights but not with a few outliers", () => {
  const gate = (latent: Float32Array) => [{ gate: "g", latent, shares: null }];
  expect(histogramRange(gate(new Float32Array(100)))).toBe(1.5);
  const wide = Float32Array.from({ length: 1000 }, (_, index) => (index / 1000) * 8);
  expect(histogramRange(gate(wide))).toBeCloseTo(8 * 0.99, 1);
  wide[999] = 1e6;
  expect(histogramRange(gate(wide))).toBeLessThan(8);
});

test("text from outside cannot break out of the picture", () => {
  const svg = histogramSvg('<script>"&', [{ gate: "<b>", latent: Float32Array.of(0), shares: [0, 1, 0] }]);
  expect(svg).not.toMatch(/<script|<b>/);
});
