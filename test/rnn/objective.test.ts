import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import type { RecurrentKernel } from "../../src/rnn/kernels/contract.js";
import { type Objective, ObjectiveSlopes } from "../../src/rnn/training/objective.js";
import { softmaxCrossEntropy } from "../../src/rnn/training/softmax.js";
import { kernelForms } from "../native/instructionSets.js";

/** The gradients of all that training can lower in place of the cross-entropy, against PyTorch's. */

interface Golden {
  rows: number;
  classes: number;
  logits: number[];
  teacher: number[];
  targets: number[];
  weights: number[];
  objectives: { smoothing: number; weighted: boolean; temperature: number | null; share: number; loss: number; slopes: number[] }[];
}

const golden = JSON.parse(readFileSync(new URL("golden/training_pytorch.json", import.meta.url), "utf8")) as Golden;
const logits = { rows: golden.rows, columns: golden.classes, values: Float32Array.from(golden.logits) };
const targets = Int32Array.from(golden.targets);

beforeAll(async () => {
  await buildNative("dist/native");
});

function objectiveOf({ smoothing, weighted, temperature, share }: Golden["objectives"][number]): Objective {
  return {
    ...(weighted && { classWeights: Float32Array.from(golden.weights) }),
    labelSmoothing: smoothing,
    ...(temperature !== null && { distillation: { logits: Float32Array.from(golden.teacher), temperature, share } }),
  };
}

/** The objective in double precision, as its definition says. */
function lossOf(values: readonly number[], { classWeights, labelSmoothing = 0, distillation }: Objective): number {
  const { rows, classes } = golden;
  const weights = classWeights ?? new Float32Array(classes).fill(1);
  let [sum, total, divergence] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const own = logSoftmax(values.slice(row * classes, (row + 1) * classes));
    const target = targets[row]!;
    total += weights[target]!;
    own.forEach((log, column) => {
      sum -= weights[column]! * ((1 - labelSmoothing) * Number(column === target) + labelSmoothing / classes) * log;
    });
    if (distillation) {
      const { temperature } = distillation;
      const soft = (scores: readonly number[]) => logSoftmax(scores.slice(row * classes, (row + 1) * classes).map((score) => score / temperature));
      const [learned, taught] = [soft(values), soft(golden.teacher)];
      divergence += taught.reduce((all, log, column) => all + Math.exp(log) * (log - learned[column]!), 0) / rows;
    }
  }
  const entropy = sum / total;
  return distillation ? (1 - distillation.share) * entropy + distillation.share * distillation.temperature ** 2 * divergence : entropy;
}

function logSoftmax(scores: readonly number[]): number[] {
  const sum = Math.log(scores.reduce((all, score) => all + Math.exp(score), 0));
  return scores.map((score) => score - sum);
}

const plain = {} as RecurrentKernel;
const forms: readonly { readonly name: string; open: () => RecurrentKernel }[] = [...kernelForms, { name: "TypeScript", open: () => plain }];

describe.each(forms)("objectives, $name", ({ open }) => {
  it.each(golden.objectives)("smoothing $smoothing, weighted $weighted, temperature $temperature, share $share: PyTorch's gradient", (one) => {
    const slopes = new Float32Array(golden.logits.length);
    softmaxCrossEntropy(open(), logits, targets, slopes);
    new ObjectiveSlopes(open()).apply(logits, targets, slopes, objectiveOf(one));
    // Each probability has an error of a few units of 2^-24, kernels' exponentials up to 2^-21; nothing multiplies it by more than 4.
    slopes.forEach((slope, index) => expect(Math.abs(slope - one.slopes[index]!)).toBeLessThan(2 ** -19));
  });
});

describe("the definition written out here", () => {
  it.each(golden.objectives)("smoothing $smoothing, weighted $weighted, temperature $temperature, share $share: PyTorch's loss, and its finite differences are the gradient", (one) => {
    const objective = objectiveOf(one);
    expect(lossOf(golden.logits, objective)).toBeCloseTo(one.loss, 6);
    const slopes = new Float32Array(golden.logits.length);
    softmaxCrossEntropy(plain, logits, targets, slopes);
    new ObjectiveSlopes(plain).apply(logits, targets, slopes, objective);
    const step = 1e-5;
    const moved = (index: number, by: number) => golden.logits.map((value, at) => value + (at === index ? by : 0));
    slopes.forEach((slope, index) => {
      const difference = (lossOf(moved(index, step), objective) - lossOf(moved(index, -step), objective)) / (2 * step);
      // Single precision of numbers up to 4; the differences themselves are good to 1e-9.
      expect(Math.abs(slope - difference)).toBeLessThan(2e-6);
    });
  });
});

it("targets that all weigh nothing have no gradient, smoothed or not", () => {
  const classWeights = Float32Array.of(0, 0, 0, 0, 5);
  const none = Int32Array.of(0, 1, 2, 3, 0, 1);
  for (const labelSmoothing of [0, 0.1]) {
    const slopes = new Float32Array(golden.logits.length);
    softmaxCrossEntropy(plain, logits, none, slopes);
    new ObjectiveSlopes(plain).apply(logits, none, slopes, { classWeights, labelSmoothing });
    expect(slopes.every((slope) => Math.abs(slope) === 0)).toBe(true);
  }
});
