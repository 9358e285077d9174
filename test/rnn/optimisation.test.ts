import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import { adam, adamW, sgd } from "../../src/api/optimisers.js";
import type { LearningRateSpec, OptimiserSpec } from "../../src/experiment/spec.js";
import { adamStep } from "../../src/rnn/training/adam.js";
import { averageStep } from "../../src/rnn/training/averaging.js";
import { chooseBackend } from "../../src/rnn/backend.js";
import type { TrainingState } from "../../src/rnn/training/checkpoint.js";
import { updateParameters } from "../../src/rnn/training/optimiser.js";
import { clipGradients } from "../../src/rnn/training/clipping.js";
import { tensorKernel } from "../../src/rnn/kernels/tensorKernel.js";
import { type BuiltInRate, learningRateAt } from "../../src/rnn/training/learningRate.js";
import { orthogonalMatrix } from "../../src/numbers/orthogonal.js";
import { OutputLayer } from "../../src/rnn/training/output.js";
import { gradientNorm } from "../../src/rnn/training/parameters.js";
import { sgdStep } from "../../src/rnn/training/sgd.js";
import { afterValidation, noValidations } from "../../src/rnn/training/validationHistory.js";
import { finiteDifferences } from "./finiteDifferences.js";
import { randomArray, relativeDifference } from "./lstmProblem.js";
import { nativeKernel } from "./trainingProblem.js";

beforeAll(async () => {
  await buildNative("dist/native");
  await chooseBackend();
});

const kernels = [
  ["native", nativeKernel],
  ["tensor", tensorKernel],
] as const;

interface GoldenAdamW {
  options: { lr: number; betas: [number, number]; eps: number; weight_decay: number };
  start: number[];
  gradients: number[][];
  end: number[];
}
const { adamw } = JSON.parse(readFileSync(new URL("golden/training_pytorch.json", import.meta.url), "utf8")) as { adamw: GoldenAdamW[] };

describe.each(kernels)("%s kernel", (_, kernel) => {
  const stateOf = (arrays: Readonly<Record<string, readonly number[]>>): TrainingState => {
    const zeros = () => Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, new Float32Array(values.length)]));
    const parameters = Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, Float32Array.from(values)]));
    return { stepsDone: 0, parameters, firstMoments: zeros(), secondMoments: zeros(), reportedCodes: {}, history: noValidations };
  };
  const updated = (optimiser: OptimiserSpec, arrays: Readonly<Record<string, readonly number[]>>, gradients: readonly number[][], rate: number) => {
    const state = stateOf(arrays);
    for (const gradient of gradients) {
      state.stepsDone++;
      const own = Object.fromEntries(Object.keys(arrays).map((name) => [name, Float32Array.from(gradient)]));
      updateParameters(optimiser, kernel(), state, Object.keys(arrays), own, rate);
    }
    return state.parameters;
  };

  it.each(adamw)("AdamW as PyTorch has it: $options", ({ options, start, gradients, end }) => {
    const { lr, betas, eps, weight_decay: weightDecay } = options;
    const optimiser = adamW({ beta1: betas[0], beta2: betas[1], epsilon: eps, weightDecay });
    const parameters = updated(optimiser, { "layers.0.recurrentWeights": start, "output.weights": start, embedding: start, "output.bias": start }, gradients, lr);
    const [matrix, ...rest] = [parameters["layers.0.recurrentWeights"]!, parameters["output.weights"]!, parameters["embedding"]!];
    // Six steps of single precision, of numbers up to 4.
    matrix.forEach((value, index) => expect(Math.abs(value - end[index]!)).toBeLessThan(6 * 4 * 2 ** -23));
    rest.forEach((values) => expect(values).toEqual(matrix));
    const plain = updated(adam({ beta1: betas[0], beta2: betas[1], epsilon: eps }), { "output.bias": start }, gradients, lr);
    expect(parameters["output.bias"]).toEqual(plain["output.bias"]);
  });

  it("each group of parameters has its own factor of the learning rate", () => {
    const groups = {
      input: ["layers.0.inputWeights", "layers.1.reverse.inputScales", "embedding"],
      recurrent: ["layers.0.recurrentWeights", "layers.0.reverse.recurrentScales"],
      vectors: ["layers.0.gammaInput", "layers.0.betaRecurrent", "layers.1.initialHidden"],
      output: ["output.weights", "output.bias", "output.scales"],
    } as const;
    const { start, gradients } = adamw[1]!;
    const arrays = Object.fromEntries(Object.values(groups).flat().map((name) => [name, start]));
    for (const make of [adamW, sgd]) {
      const factors = { input: 0.5, vectors: 0, output: 3 };
      const parameters = updated(make({ rateFactors: factors }), arrays, gradients, 0.01);
      for (const [group, names] of Object.entries(groups)) {
        for (const name of names) {
          const alone = updated(make(), { [name]: start }, gradients, 0.01 * ({ recurrent: 1, ...factors } as Record<string, number>)[group]!);
          expect(parameters[name], name).toEqual(alone[name]);
        }
      }
      expect([...parameters["layers.0.gammaInput"]!]).toEqual(start);
    }
  });

  it("Adam: the moments and the step of the paper's code", () => {
    const [parameter, expected] = [Float32Array.of(1, -2, 0.5), [1, -2, 0.5]];
    const moments = { first: new Float32Array(3), second: new Float32Array(3) };
    const [m, v] = [[0, 0, 0], [0, 0, 0]];
    for (let step = 1; step <= 5; step++) {
      const gradient = Float32Array.of(0.3 * step, -1e-6, 0);
      adamStep(kernel(), parameter, gradient, moments, 0.01, step, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
      gradient.forEach((slope, index) => {
        m[index] = 0.9 * m[index]! + 0.1 * slope;
        v[index] = 0.999 * v[index]! + 0.001 * slope ** 2;
        const rate = (0.01 * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step);
        expected[index]! -= (rate * m[index]!) / (Math.sqrt(v[index]!) + 1e-8);
      });
    }
    expect(relativeDifference(parameter, expected)).toBeLessThan(1e-6);
  });

  it("the softmax layer's gradients are finite differences of its loss", () => {
    const [rows, units, symbols] = [5, 4, 3];
    const layer = new OutputLayer(kernel(), rows, units, symbols);
    const weights = { weights: randomArray(units * symbols, 1), bias: randomArray(symbols, 2) };
    const hidden = randomArray(rows * units, 3);
    const targets = Int32Array.of(0, 2, 1, 1, 0);
    const { loss, gradients } = layer.lossAndGradients(weights, hidden, targets);
    const exact = (w: ArrayLike<number>, b: ArrayLike<number>, h: ArrayLike<number>): number =>
      referenceLoss(w, b, h, targets, units);
    expect(loss).toBeCloseTo(exact(weights.weights, weights.bias, hidden), 5);
    expect(layer.loss(weights, hidden, targets).loss).toBeCloseTo(loss, 6);
    const checks = [
      [gradients.weights, weights.weights, (w: number[]) => exact(w, weights.bias, hidden)],
      [gradients.bias, weights.bias, (b: number[]) => exact(weights.weights, b, hidden)],
      [gradients.hidden, hidden, (h: number[]) => exact(weights.weights, weights.bias, h)],
    ] as const;
    for (const [gradient, values, lossAt] of checks) {
      const differences = finiteDifferences(values, (moved) => lossAt(moved), 1e-5);
      expect(relativeDifference(gradient, differences)).toBeLessThan(1e-5);
    }
  });
});

describe("learning rates", () => {
  const rates = (spec: BuiltInRate, steps: number, reductions = 0): number[] =>
    Array.from({ length: steps }, (_, step) => learningRateAt(spec, step, steps, reductions));

  it("constant stays, geometric falls by one factor from end to end", () => {
    expect(rates({ kind: "constant", rate: 0.002 }, 3)).toEqual([0.002, 0.002, 0.002]);
    const geometric = { kind: "geometric", from: 0.004, to: 0.001 } as const;
    expect(rates(geometric, 3)).toEqual([0.004, expect.closeTo(0.002, 12), expect.closeTo(0.001, 12)]);
    expect(rates(geometric, 1)).toEqual([0.004]);
  });

  it("cosine goes half a wave from one rate to the other", () => {
    const expected = [0.01, 0.01 - 0.009 * 0.5 * (1 - Math.SQRT1_2), 0.0055, 0.0055 - 0.009 * 0.5 * Math.SQRT1_2, 0.001];
    rates({ kind: "cosine", from: 0.01, to: 0.001 }, 5).forEach((rate, step) => expect(rate).toBeCloseTo(expected[step]!, 12));
    expect(rates({ kind: "cosine", from: 0.01, to: 0.001 }, 1)).toEqual([0.01]);
  });

  it("plateau is lowered by its factor at each reduction", () => {
    const plateau = { kind: "plateau", from: 20, factor: 0.25, patience: 1 } as const;
    expect([0, 1, 2].map((reductions) => rates(plateau, 1, reductions)[0])).toEqual([20, 5, 1.25]);
  });

  it("one-cycle climbs to its peak and falls to almost zero", () => {
    const cycle = rates({ kind: "one-cycle", peak: 0.01, warmup: 0.2 }, 101);
    const peak = cycle.indexOf(Math.max(...cycle));
    expect(cycle[0]).toBeCloseTo(0.01 / 25, 12);
    expect(cycle[peak]).toBeCloseTo(0.01, 5);
    expect([20, 21]).toContain(peak);
    expect(cycle[100]).toBeCloseTo(0.01 / 25e4, 12);
    cycle.slice(1, peak).forEach((rate, index) => expect(rate).toBeGreaterThan(cycle[index]!));
    cycle.slice(peak + 1).forEach((rate, index) => expect(rate).toBeLessThan(cycle[peak + index]!));
  });
});

describe("the history of validations", () => {
  const plateau = { kind: "plateau", from: 1, factor: 0.5, patience: 2 } as const;
  const after = (losses: readonly number[], rate: LearningRateSpec = plateau) =>
    losses.reduce((history, loss, index) => afterValidation(history, loss, rate, index + 1), noValidations);

  it("counts validations without a better one, and lowers the rate after each patience of them", () => {
    expect(after([3, 2])).toEqual({ best: 2, sinceBest: 0, sinceReduction: 0, reductions: 0 });
    // An equal one is not better.
    expect(after([3, 2, 2])).toEqual({ best: 2, sinceBest: 1, sinceReduction: 1, reductions: 0 });
    expect(after([3, 2, 2, 4])).toEqual({ best: 2, sinceBest: 2, sinceReduction: 0, reductions: 1 });
    expect(after([3, 2, 2, 4, 5, 6, 7])).toEqual({ best: 2, sinceBest: 5, sinceReduction: 1, reductions: 2 });
    expect(after([3, 2, 2, 4, 1])).toEqual({ best: 1, sinceBest: 0, sinceReduction: 0, reductions: 1 });
    expect(after([3, Number.NaN])).toMatchObject({ best: 3, sinceBest: 1 });
  });

  it("lowers no rate that does not wait for plateaus", () => {
    expect(after([1, 2, 3, 4], { kind: "constant", rate: 1 })).toEqual({ best: 1, sinceBest: 3, sinceReduction: 3, reductions: 0 });
  });
});

describe("gradient descent", () => {
  it("with momentum is PyTorch's: the velocity remembers, the rate enters at the end", () => {
    const [parameter, velocity] = [Float32Array.of(1, -2), new Float32Array(2)];
    let [p, v] = [1, 0];
    for (const [step, gradient] of [0.5, -0.25, 2].entries()) {
      sgdStep(parameter, Float32Array.of(gradient, 0), velocity, 0.1 / (step + 1), 0.9);
      v = 0.9 * v + gradient;
      p -= (0.1 / (step + 1)) * v;
    }
    expect(parameter[0]).toBeCloseTo(p, 6);
    expect(parameter[1]).toBe(-2);
  });

  it("without momentum keeps no velocity", () => {
    const [parameter, velocity] = [Float32Array.of(1), new Float32Array(1)];
    sgdStep(parameter, Float32Array.of(2), velocity, 0.25, 0);
    sgdStep(parameter, Float32Array.of(2), velocity, 0.25, 0);
    expect([parameter[0], velocity[0]]).toEqual([0, 0]);
  });
});

describe("clipping", () => {
  const arrays = fc.array(fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { maxLength: 5 }), { minLength: 1, maxLength: 4 });
  const gradients = arrays.map((lists) => lists.map((list) => Float32Array.from(list)));
  const limits = fc.double({ min: 0.01, max: 50, noNaN: true });
  const euclidean = (all: readonly Float32Array[]): number => Math.hypot(...all.flatMap((array) => [...array]));

  it("by norm keeps the direction and never exceeds the limit; below it nothing changes", () => {
    fc.assert(
      fc.property(gradients, limits, (all, limit) => {
        const before = all.map((array) => array.slice());
        const norm = gradientNorm(all);
        expect(norm).toBeCloseTo(euclidean(before), 3);
        clipGradients(all, norm, { kind: "norm", limit });
        const factor = norm > limit ? limit / norm : 1;
        all.forEach((array, at) => array.forEach((value, index) => expect(value).toBeCloseTo(before[at]![index]! * factor, 4)));
        expect(euclidean(all)).toBeLessThanOrEqual(Math.min(norm, limit) * (1 + 1e-5) + 1e-6);
      }),
    );
  });

  it("by value cuts each element by itself, and none leaves all", () => {
    fc.assert(
      fc.property(gradients, limits, (all, limit) => {
        const before = all.map((array) => array.slice());
        clipGradients(all, euclidean(all), { kind: "none" });
        expect(all).toEqual(before);
        clipGradients(all, euclidean(all), { kind: "value", limit });
        all.forEach((array, at) =>
          array.forEach((value, index) => {
            const whole = before[at]![index]!;
            expect(value).toBe(Math.abs(whole) > limit ? Math.fround(Math.sign(whole) * limit) : whole);
          }),
        );
      }),
    );
  });
});

describe("the moving average of parameters", () => {
  it("forgets its start quickly: its decay grows with the steps up to the chosen one", () => {
    const average = Float32Array.of(100);
    let expected = 100;
    for (let step = 1; step <= 200; step++) {
      averageStep(average, Float32Array.of(1), 0.9, step);
      const decay = Math.min(0.9, (1 + step) / (10 + step));
      expected = decay * expected + (1 - decay);
    }
    expect(average[0]).toBeCloseTo(expected, 4);
    // 0.9 throughout would have left 99 * 0.9^10 of the start after ten steps; the young average has left less than 1 %.
    const young = Float32Array.of(100);
    Array.from({ length: 10 }, (_, index) => averageStep(young, Float32Array.of(1), 0.9, index + 1));
    expect(young[0]! - 1).toBeLessThan(0.01 * 99 * 0.9 ** 10);
  });
});

it("orthogonal matrices are orthonormal along their shorter side", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), fc.nat(), (rows, columns, seed) => {
      const matrix = orthogonalMatrix(rows, columns, seed, 0);
      const [vectors, length] = [Math.min(rows, columns), Math.max(rows, columns)];
      const at = (vector: number, index: number): number =>
        matrix[rows <= columns ? vector * columns + index : index * columns + vector]!;
      for (let i = 0; i < vectors; i++) {
        for (let j = 0; j <= i; j++) {
          const dot = Array.from({ length }, (_, index) => at(i, index) * at(j, index)).reduce((a, b) => a + b);
          expect(dot).toBeCloseTo(Number(i === j), 4);
        }
      }
    }),
    { numRuns: 50 },
  );
});

function referenceLoss(weights: ArrayLike<number>, bias: ArrayLike<number>, hidden: ArrayLike<number>, targets: Int32Array, units: number): number {
  const symbols = bias.length;
  const losses = Array.from(targets, (target, row) => {
    const logits = Array.from({ length: symbols }, (_, symbol) =>
      Array.from({ length: units }, (__, k) => hidden[row * units + k]! * weights[k * symbols + symbol]!).reduce((a, b) => a + b, bias[symbol]!),
    );
    return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - logits[target]!;
  });
  return losses.reduce((a, b) => a + b) / losses.length;
}
