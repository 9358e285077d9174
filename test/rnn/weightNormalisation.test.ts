import { describe, expect, it } from "vitest";
import { normaliseColumns, normaliseColumnsBackward } from "../../src/rnn/training/weightNormalisation.js";
import { finiteDifferences } from "./finiteDifferences.js";
import { randomArray, relativeDifference } from "./lstmProblem.js";

const [rows, columns] = [5, 4];
const values = randomArray(rows * columns, 1);
const gamma = randomArray(columns, 2);
const slopes = randomArray(rows * columns, 3);

/** Gain, direction and dot product column by column, in double precision. */
function loss(matrix: ArrayLike<number>, gains: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < columns; j++) {
    const column = Array.from({ length: rows }, (_, i) => matrix[i * columns + j]!);
    column.forEach((value, i) => (sum += (slopes[i * columns + j]! * gains[j]! * value) / Math.hypot(...column)));
  }
  return sum;
}

describe("weight normalisation", () => {
  it("gives each column the length of its gain and keeps its direction", () => {
    const out = new Float32Array(rows * columns);
    normaliseColumns(values, gamma, rows, columns, out);
    for (let j = 0; j < columns; j++) {
      const of = (matrix: Float32Array): number[] => Array.from({ length: rows }, (_, i) => matrix[i * columns + j]!);
      expect(Math.hypot(...of(out))).toBeCloseTo(Math.abs(gamma[j]!), 5);
      const cosine = of(out).reduce((sum, value, i) => sum + value * of(values)[i]!, 0) / Math.hypot(...of(out)) / Math.hypot(...of(values));
      expect(cosine).toBeCloseTo(Math.sign(gamma[j]!), 5);
    }
  });

  it("has the gradients of finite differences", () => {
    const gradient = slopes.slice();
    const gradGamma = new Float32Array(columns);
    normaliseColumnsBackward(values, gamma, gradient, gradGamma);
    expect(relativeDifference(gradient, finiteDifferences(values, (moved) => loss(moved, gamma)))).toBeLessThan(1e-5);
    expect(relativeDifference(gradGamma, finiteDifferences(gamma, (moved) => loss(values, moved)))).toBeLessThan(1e-5);
  });

  it("leaves a column of zeros alone", () => {
    const holed = values.map((value, at) => (at % columns === 1 ? 0 : value));
    const out = holed.slice();
    normaliseColumns(out, gamma, rows, columns, out);
    const gradient = slopes.slice();
    const gradGamma = new Float32Array(columns).fill(7);
    normaliseColumnsBackward(holed, gamma, gradient, gradGamma);
    const column = (matrix: Float32Array): Float32Array => matrix.filter((_, at) => at % columns === 1);
    expect([...column(out), ...column(gradient), gradGamma[1]].every((value) => value === 0)).toBe(true);
    expect([...out, ...gradient, ...gradGamma].every(Number.isFinite)).toBe(true);
  });

  it("an array of another length is an error that names it", () => {
    expect(() => normaliseColumns(values, new Float32Array(3), rows, columns, values)).toThrow(/gamma has 3 elements; this matrix needs 4/);
    expect(() => normaliseColumnsBackward(values, gamma, new Float32Array(2), gamma)).toThrow(/gradient has 2/);
  });
});
