import { beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import type { LstmPass, LstmShape, RecurrentKernel } from "../../src/rnn/kernels/contract.js";
import { Network } from "../../src/rnn/training/network.js";
import { parameterShapes } from "../../src/rnn/training/parameters.js";
import { Trainer } from "../../src/rnn/training/trainer.js";
import type { StepReport } from "../../src/rnn/training/trainer.js";
import { TrainingDivergedError } from "../../src/rnn/training/trainingDivergedError.js";
import { orderedWindows } from "../../src/rnn/training/windows.js";
import { both, nativeKernel, normalisers, smallGru, smallLstm, smallSpec, specOf, train, verseData } from "./trainingProblem.js";

const data = verseData();

beforeAll(async () => {
  await buildNative("dist/native");
});

describe("training learns the verse", () => {
  const ternary = both({ kind: "ternary", sampling: "stochastic" });
  it.each([
    ["a ternary LSTM, batch normalised", specOf([smallLstm({ units: 24 })])],
    ["a ternary LSTM, layer normalised", specOf([smallLstm({ units: 24, ...normalisers["layer"]! })])],
    ["a full-precision LSTM", specOf([smallLstm({ units: 24, quantiser: both({ kind: "full-precision" }), ...normalisers["none"]! })])],
    ["a binary GRU", specOf([smallGru({ units: 24, quantiser: both({ kind: "binary", sampling: "stochastic" }) })])],
    ["a stack of two", specOf([smallLstm({ units: 24, quantiser: ternary }), smallGru({ units: 24, quantiser: ternary })])],
  ])("%s", (_, spec) => {
    const trainer = Trainer.create(spec, data, nativeKernel());
    const [first] = train(trainer, 1);
    const last = train(trainer, 399).at(-1)!;
    // A window starts anywhere in the verse: its first characters cannot be known.
    expect(last.loss).toBeLessThan(0.45 * first!.loss);
    trainer.dispose();
  });
});

describe("a loss that grows beyond reason stops training", () => {
  const diverging = (rate: number): Trainer => {
    const optimiser = { kind: "sgd", momentum: 0, learningRate: { kind: "constant", rate }, clipping: { kind: "none" } } as const;
    return Trainer.create(smallSpec(normalisers["none"], { optimiser }), data, nativeKernel());
  };

  /** The native kernel, but for one number of one gradient. */
  function withBrokenGradient(name: "gammaRecurrent"): RecurrentKernel {
    const kernel = nativeKernel();
    const lstm = (shape: LstmShape): LstmPass => {
      const pass = kernel.lstm(shape);
      const backward: LstmPass["backward"] = (gradHidden) => {
        const gradients = pass.backward(gradHidden);
        gradients[name][3] = Number.NaN;
        return gradients;
      };
      return { shape, forward: pass.forward.bind(pass), backward, dispose: pass.dispose.bind(pass) };
    };
    return Object.create(kernel, { lstm: { value: lstm } }) as RecurrentKernel;
  }

  function failureOf(run: () => StepReport[]): TrainingDivergedError {
    try {
      run();
    } catch (error) {
      expect(error).toBeInstanceOf(TrainingDivergedError);
      return error as TrainingDivergedError;
    }
    throw new Error("did not diverge");
  }

  it("says at which step and rate, which loss, and what to try", () => {
    const trainer = diverging(1e5);
    const error = failureOf(() => train(trainer, 20));
    expect(error.step).toBe(trainer.stepsDone + 1);
    expect(error.message).toMatch(new RegExp(`^Training diverged at step ${error.step}: the loss is [\\d.e+]+, at learning rate 1.00e\\+5\\.`));
    expect(error.message).toMatch(/Try a lower learning rate.*clipping/);
  });

  it("names the parameter whose gradient is not finite", () => {
    const trainer = Trainer.create(smallSpec(), data, withBrokenGradient("gammaRecurrent"));
    const { message } = failureOf(() => train(trainer, 1));
    expect(message).toMatch(/^Training diverged at step 1: the loss is 2\.\d+, and the gradient of layers\.0\.gammaRecurrent is not finite/);
    expect(trainer.stepsDone).toBe(0);
  });

  it("leaves the state of the step before, again and again", () => {
    const trainer = diverging(1e5);
    const states = [trainer.checkpoint()];
    failureOf(() =>
      Array.from({ length: 20 }, () => {
        const report = trainer.step();
        states.push(trainer.checkpoint());
        return report;
      }),
    );
    expect(trainer.checkpoint()).toEqual(states.at(-1));
    expect(states).toHaveLength(trainer.stepsDone + 1);
    expect(() => trainer.step()).toThrow(`step ${trainer.stepsDone + 1}`);
    expect(trainer.checkpoint()).toEqual(states.at(-1));
  });
});

it("validation takes the weights that training takes: loss-aware ones follow from Adam's moments", () => {
  const spec = smallSpec({ quantiser: both({ kind: "laq", iterations: 10 }) }, { output: { quantiser: { kind: "lab" } } });
  const trainer = Trainer.create(spec, data, nativeKernel());
  train(trainer, 20);
  const { tensors } = trainer.checkpoint();
  const group = (prefix: string): Record<string, Float32Array> =>
    Object.fromEntries(Object.keys(parameterShapes(trainer.architecture)).map((name) => [name, tensors[prefix + name]!.data as Float32Array]));
  const shape = { timesteps: 12, batch: 8 };
  const network = new Network(trainer.architecture, shape, nativeKernel(), spec.seed);
  const losses: number[] = [];
  for (const minibatch of orderedWindows(data.validation, shape, "validation")) {
    losses.push(network.lossAndGradients(group(""), minibatch, { number: -2 }, { secondMoments: group("moments.second.") }).loss);
  }
  expect(trainer.validate().loss).toBeCloseTo(losses.reduce((sum, loss) => sum + loss) / losses.length, 10);
});

it("the weight report counts the codes of the next draw and the changes since the last report", () => {
  const output = { quantiser: { kind: "binary", sampling: "stochastic" } } as const;
  const trainer = Trainer.create(specOf([smallLstm(), smallGru()], { output }), data, nativeKernel());
  trainer.weightReport();
  const titles = trainer.weightReport().map(({ matrix, flips }) => [matrix, flips]);
  const names = ["layer 1 input", "layer 1 recurrent", "layer 2 input", "layer 2 recurrent", "output"];
  expect(titles).toEqual(names.map((name) => [name, 0]));
  train(trainer, 1);
  for (const { minus, zero, plus, flips, matrix, histogram } of trainer.weightReport()) {
    expect(minus + zero + plus).toBeCloseTo(1, 12);
    expect(histogram.shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 12);
    expect(Math.min(minus, plus, flips)).toBeGreaterThan(0);
    expect(zero > 0).toBe(matrix !== "output");
  }
});

it("the weight report leaves out full-precision matrices", () => {
  const quantiser = { input: { kind: "full-precision" }, recurrent: { kind: "sign" } } as const;
  const trainer = Trainer.create(smallSpec({ quantiser }), data, nativeKernel());
  expect(trainer.weightReport().map(({ matrix }) => matrix)).toEqual(["layer 1 recurrent"]);
});

it("the latent matrices are those of the checkpoint, with W0 of the paper", () => {
  const trainer = Trainer.create(specOf([smallLstm(), smallGru()]), data, nativeKernel());
  train(trainer, 2);
  const { rows, columns, values, saturation } = trainer.latent("recurrent", 1);
  expect([rows, columns]).toEqual([16, 48]);
  expect(values).toEqual(trainer.checkpoint().tensors["layers.1.recurrentWeights"]!.data);
  // Half of Glorot's uniform bound of the matrix.
  expect(saturation).toBeCloseTo(0.5 * Math.sqrt(6 / (16 + 48)), 6);
  expect(() => trainer.latent("input", 2)).toThrow("There is no layer 2: the network has 2, numbered from 0.");
});

it("a text too short for one minibatch is refused with the length that is needed", () => {
  const short = { ...data, train: data.train.slice(0, 90) };
  expect(() => Trainer.create(smallSpec(), short, nativeKernel())).toThrow(/has 90 symbols.*needs 108/);
});
