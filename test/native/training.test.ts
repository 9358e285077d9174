import { describe, expect, it } from "vitest";
import type { Matrix } from "../../src/rnn/kernels/contract.js";
import { kernelForms } from "./instructionSets.js";
import { expectClose, kernelWith, randomFloats, uniformNumbers } from "./lstmCases.js";

function matrix(rows: number, columns: number, seed: number): Matrix {
  return { rows, columns, values: randomFloats(rows * columns, uniformNumbers(seed)) };
}

/** op(a)·op(b) in double precision, each element by itself. */
function reference(a: Matrix, b: Matrix, transposeA: boolean, transposeB: boolean): Float64Array {
  const [rows, depth] = transposeA ? [a.columns, a.rows] : [a.rows, a.columns];
  const columns = transposeB ? b.rows : b.columns;
  return Float64Array.from({ length: rows * columns }, (_, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns];
    let sum = 0;
    for (let k = 0; k < depth; k++) {
      const left = transposeA ? a.values[k * a.columns + row]! : a.values[row * a.columns + k]!;
      const right = transposeB ? b.values[column * b.columns + k]! : b.values[k * b.columns + column]!;
      sum += left * right;
    }
    return sum;
  });
}

const shapes = [
  [1, 1, 1],
  [3, 5, 2],
  [1, 70, 130],
  [13, 64, 65],
  [67, 515, 83],
  [130, 33, 40],
] as const;
const transposes = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;
const products = shapes.flatMap((shape) => transposes.map((which) => [...shape, ...which] as const));

describe.each(kernelForms)("multiply, $name", ({ open }) => {
  it.each(products)("%i x %i x %i, transposed %s %s", (rows, depth, columns, transposeA, transposeB) => {
    const a = transposeA ? matrix(depth, rows, 1) : matrix(rows, depth, 1);
    const b = transposeB ? matrix(columns, depth, 2) : matrix(depth, columns, 2);
    const out = new Float32Array(rows * columns).fill(7);
    expect(open().multiply(a, b, { transposeA, transposeB, out })).toBe(out);
    expectClose(out, reference(a, b, transposeA, transposeB), 1e-5, "product");
  });
});

it("a product has the same bits for every number of threads", () => {
  const [a, b] = [matrix(203, 700, 3), matrix(700, 90, 4)];
  const single = kernelWith({ threads: 1 }).multiply(a, b);
  for (const threads of [2, 3, 7]) {
    expect(kernelWith({ threads }).multiply(a, b)).toEqual(single);
  }
});

describe.each(kernelForms)("softmaxCrossEntropy, $name", ({ open }) => {
  it.each([
    [1, 1],
    [4, 3],
    [50, 83],
  ])("loss and gradient of %i rows and %i classes equal double precision", (rows, classes) => {
    const random = uniformNumbers(5);
    const logits: Matrix = { rows, columns: classes, values: randomFloats(rows * classes, random, 20) };
    const targets = Int32Array.from({ length: rows }, () => Math.floor(((random() + 1) / 2) * classes));
    let loss = 0;
    const gradient = new Float64Array(rows * classes);
    targets.forEach((target, row) => {
      const scores = Float64Array.from(logits.values.subarray(row * classes, (row + 1) * classes));
      const sum = scores.reduce((total, score) => total + Math.exp(score), 0);
      loss += (Math.log(sum) - scores[target]!) / rows;
      scores.forEach((score, index) => {
        gradient[row * classes + index] = (Math.exp(score) / sum - Number(index === target)) / rows;
      });
    });
    const kernel = open();
    const actual = new Float32Array(rows * classes);
    const kept = [logits.values.slice(), targets.slice()];
    expect(kernel.softmaxCrossEntropy?.(logits, targets, actual)).toBeCloseTo(loss, 5);
    expectClose(actual, gradient, 2e-6, "gradient", 1 / rows);
    expect(kernel.softmaxCrossEntropy?.(logits, targets)).toBeCloseTo(loss, 5);
    expect([logits.values, targets]).toEqual(kept);
  });

  it("survives logits that overflow exp, and shows NaN", () => {
    const kernel = open();
    const far: Matrix = { rows: 1, columns: 3, values: Float32Array.of(1000, -1000, 999) };
    expect(kernel.softmaxCrossEntropy?.(far, Int32Array.of(0))).toBeCloseTo(Math.log(1 + Math.exp(-1)), 5);
    const broken: Matrix = { rows: 1, columns: 3, values: Float32Array.of(0, Number.NaN, 1) };
    expect(kernel.softmaxCrossEntropy?.(broken, Int32Array.of(0))).toBeNaN();
  });

  it("refuses targets out of range", () => {
    const logits = matrix(2, 3, 6);
    expect(() => open().softmaxCrossEntropy?.(logits, Int32Array.of(0, 3))).toThrow("targets[1] is 3");
  });
});

describe.each(kernelForms)("adamUpdate, $name", ({ open }) => {
  it("equals the formula in double precision, for odd lengths", () => {
    const length = 1003;
    const constants = { stepSize: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    const kernel = open();
    const random = uniformNumbers(8);
    const parameters = randomFloats(length, random);
    const gradient = randomFloats(length, random);
    const first = randomFloats(length, random);
    const second = randomFloats(length, random, 0.5, 0.6);
    const expectedFirst = Float64Array.from(first, (value, i) => 0.9 * value + 0.1 * gradient[i]!);
    const expectedSecond = Float64Array.from(second, (value, i) => 0.999 * value + 0.001 * gradient[i]! ** 2);
    const expected = Float64Array.from(
      parameters,
      (value, i) => value - (0.01 * expectedFirst[i]!) / (Math.sqrt(expectedSecond[i]!) + 1e-8),
    );
    kernel.adamUpdate?.(parameters, gradient, first, second, constants);
    expectClose(parameters, expected, 1e-6, "parameters");
    expectClose(first, expectedFirst, 1e-6, "first moment");
    expectClose(second, expectedSecond, 1e-6, "second moment");
  });

  it("refuses arrays of different lengths", () => {
    const [long, short] = [new Float32Array(4), new Float32Array(3)];
    const constants = { stepSize: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8 };
    expect(() => open().adamUpdate?.(long, short, long, long, constants)).toThrow("gradient has 3 elements");
  });
});
