import { describe, expect, it } from "vitest";
import type { Matrix, RecurrentKernel } from "../../src/rnn/kernels/contract.js";
import { classWeightsOf } from "../../src/rnn/training/classWeights.js";
import { OutputLayer } from "../../src/rnn/training/output.js";
import { randomArray } from "./lstmProblem.js";

/** op(a)·op(b) in plain loops: the only part of a kernel that the output layer needs. */
const plainProduct: RecurrentKernel["multiply"] = (a, b, { transposeA = false, transposeB = false, out } = {}) => {
  const at = ({ values, columns }: Matrix, transposed: boolean, row: number, column: number): number =>
    values[transposed ? column * columns + row : row * columns + column]!;
  const [rows, depth] = transposeA ? [a.columns, a.rows] : [a.rows, a.columns];
  const width = transposeB ? b.rows : b.columns;
  const to = out ?? new Float32Array(rows * width);
  for (let index = 0; index < to.length; index++) {
    const [row, column] = [Math.floor(index / width), index % width];
    to[index] = Array.from({ length: depth }, (_, k) => at(a, transposeA, row, k) * at(b, transposeB, k, column)).reduce((sum, term) => sum + term, 0);
  }
  return to;
};

const [rows, units, classes] = [5, 3, 4];
const weights = { weights: randomArray(units * classes, 1), bias: randomArray(classes, 2) };
const hidden = randomArray(rows * units, 3);
const targets = Int32Array.of(0, 2, 2, 1, 2);

/** sum(w_t loss_t) / sum(w_t) in double precision: what PyTorch's CrossEntropyLoss(weight=w) is. */
function weightedLoss(of: { weights: ArrayLike<number>; bias: ArrayLike<number> }, classWeights: readonly number[]): number {
  let [sum, total] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const logits = Array.from({ length: classes }, (_, v) =>
      Array.from({ length: units }, (__, k) => hidden[row * units + k]! * of.weights[k * classes + v]!).reduce((one, term) => one + term, of.bias[v]!),
    );
    const target = targets[row]!;
    sum += classWeights[target]! * (Math.log(logits.reduce((one, logit) => one + Math.exp(logit), 0)) - logits[target]!);
    total += classWeights[target]!;
  }
  return sum / total;
}

describe("class weights", () => {
  it.each([[[1, 1, 1, 1]], [[0.5, 3, 2, 7]], [[0, 1, 0.25, 0]]])("%j: gradients are finite differences of the weighted mean loss", (classWeights) => {
    const layer = new OutputLayer({ multiply: plainProduct } as RecurrentKernel, rows, units, classes);
    const unweighted = layer.loss(weights, hidden, targets).loss;
    const { loss, gradients } = layer.lossAndGradients(weights, hidden, targets, { classWeights: Float32Array.from(classWeights) });
    expect(loss).toBe(unweighted);
    for (const name of ["weights", "bias"] as const) {
      const step = 1e-5;
      const difference = (index: number): number => {
        const moved = (by: number) => ({ ...weights, [name]: Float64Array.from(weights[name], (value, at) => value + (at === index ? by : 0)) });
        return (weightedLoss(moved(step), classWeights) - weightedLoss(moved(-step), classWeights)) / (2 * step);
      };
      // Single precision of numbers around 1.
      gradients[name].forEach((value, index) => expect(Math.abs(value - difference(index))).toBeLessThan(5e-6));
    }
  });

  it("of targets that all weigh nothing there is no gradient", () => {
    const layer = new OutputLayer({ multiply: plainProduct } as RecurrentKernel, rows, units, classes);
    const { gradients } = layer.lossAndGradients(weights, hidden, targets, { classWeights: Float32Array.of(0, 0, 0, 5) });
    expect([...gradients.weights, ...gradients.bias, ...gradients.hidden].every((value) => value === 0)).toBe(true);
  });

  it("that are balanced are those of scikit-learn's compute_class_weight", () => {
    const labelled = { values: new Float32Array(6), labels: Int32Array.of(0, 0, 0, 1, 1, 3) };
    const data = { kind: "sequences", timesteps: 1, width: 1, classes: ["a", "b", "c", "d"], train: labelled, validation: labelled, test: labelled } as const;
    expect([...classWeightsOf({ classWeights: "balanced" }, data)!]).toEqual([0.5, 0.75, 0, 1.5]);
    expect(classWeightsOf({}, data)).toBeUndefined();
  });
});
