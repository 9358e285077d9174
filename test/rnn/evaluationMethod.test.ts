import { beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import { deployableMethod, methodInWords } from "../../src/experiment/evaluationMethod.js";
import type { EvaluationMethod } from "../../src/experiment/evaluationMethod.js";
import type { ExperimentSpec, LstmSpec } from "../../src/experiment/spec.js";
import { chooseBackend } from "../../src/rnn/backend.js";
import type { Minibatch } from "../../src/rnn/training/minibatch.js";
import type { NamedTensors } from "../../src/files/namedTensors.js";
import { parameterShapes } from "../../src/rnn/training/parameters.js";
import { makeQuantiser } from "../../src/quantisers/make.js";
import { layerSeed, randomStream } from "../../src/numbers/random.js";
import { Trainer } from "../../src/rnn/training/trainer.js";
import { orderedWindows } from "../../src/rnn/training/windows.js";
import { referenceNetworkLoss } from "./referenceNetwork.js";
import { both, classificationSpec, nativeKernel, normalisers, sequenceData, smallGru, smallLstm, smallSpec, specOf, train, verseData } from "./trainingProblem.js";

/** An evaluation is computed as it says: its loss is that of plain loops in double precision at weights drawn, or not, as told. */

const whole = verseData();
/** Two minibatches of 8 windows of 12. */
const data = { ...whole, validation: whole.validation.slice(0, 220), test: whole.test.slice(100, 320) };
const shape = { timesteps: 12, batch: 8 };
const layer = { units: 5 };

beforeAll(async () => {
  await buildNative("dist/native");
  await chooseBackend();
});

function trained(changes: Partial<ExperimentSpec>, own: Partial<LstmSpec> = {}): { trainer: Trainer; spec: ExperimentSpec } {
  const spec = smallSpec({ ...layer, ...own }, { steps: 6, validateEvery: 2, ...changes });
  const trainer = Trainer.create(spec, data, nativeKernel());
  while (!trainer.isFinished) {
    trainer.step();
    if (trainer.stepsDone % spec.validateEvery === 0) {
      trainer.validate();
    }
  }
  return { trainer, spec };
}

/** Mean loss over the test part's windows, each minibatch at weights of its own: drawn with the number that it has, or the rule's. */
function referenceLoss({ trainer, spec }: ReturnType<typeof trained>, sampling: "stochastic" | "deterministic", group = "", from = trainer.checkpoint()): number {
  const { architecture } = trainer;
  const latent = latentOf(from, trainer, group);
  const quantiser = spec.layers[0]!.quantiser.input;
  const losses = [...minibatches()].map((minibatch, number) => {
    const draw = (name: "input" | "recurrent", rows: number): Float32Array =>
      makeQuantiser(quantiser, rows, 4 * layer.units)
        .quantise(latent[`layers.0.${name}Weights`]!, { stream: randomStream(layerSeed(spec.seed, 0), `${name}-weights`, -2 - number), sampling })
        .slice();
    const weights = { "layers.0.inputWeights": draw("input", data.symbols.length), "layers.0.recurrentWeights": draw("recurrent", layer.units) };
    return referenceNetworkLoss(architecture, shape, { ...latent, ...weights }, minibatch);
  });
  return losses.reduce((sum, loss) => sum + loss) / losses.length;
}

function* minibatches(): Generator<Minibatch> {
  for (const { input, targets, continues } of orderedWindows(data.test, shape, "test")) {
    yield { input: input.kind === "symbols" ? { kind: "symbols", symbols: input.symbols.slice() } : input, targets: targets.slice(), continues };
  }
}

function latentOf({ tensors }: NamedTensors, { architecture }: Trainer, group: string): Record<string, Float32Array> {
  return Object.fromEntries(Object.keys(parameterShapes(architecture)).map((name) => [name, tensors[group + name]!.data as Float32Array]));
}

/** Single precision against double, through at most 12 timesteps: losses near 3 nats. */
const digits = 5;

describe("the author-style loss of the test part", () => {
  it("of a finished run without a tail is of weights drawn anew for each minibatch", () => {
    const run = trained({});
    const { loss, how } = run.trainer.authorStyle("test");
    expect(how.weights).toEqual({ rule: "redrawn", averaged: false, at: "last-step" });
    expect(loss).toBeCloseTo(referenceLoss(run, "stochastic"), digits);
    expect(Math.abs(loss - referenceLoss(run, "deterministic"))).toBeGreaterThan(1e-3);
  });

  it.each([0.01, 0.34, 1])("of a run that ends in a tail of %s follows the rule of its last step", (deterministicTail) => {
    const run = trained({ deterministicTail });
    const { loss, how } = run.trainer.authorStyle("test");
    const isThere = deterministicTail * run.spec.steps >= 1;
    expect(how.weights).toMatchObject({ rule: isThere ? "deterministic" : "redrawn" });
    expect(loss).toBeCloseTo(referenceLoss(run, isThere ? "deterministic" : "stochastic"), digits);
  });

  it("before the tail is of drawn weights, in it of the deterministic ones", () => {
    const spec = smallSpec(layer, { steps: 6, deterministicTail: 0.5 });
    const trainer = Trainer.create(spec, data, nativeKernel());
    const rules = Array.from({ length: 7 }, (_, step) => {
      const { rule } = trainer.authorStyle("test").how.weights;
      expect(trainer.validate().how.weights.rule).toBe(rule);
      if (step < 6) {
        trainer.step();
      }
      return rule;
    });
    expect(rules).toEqual([...Array<string>(4).fill("redrawn"), ...Array<string>(3).fill("deterministic")]);
  });

  it("of a run stopped early is of the best validation's weights, by the rule of their step", () => {
    const learningRate = { kind: "geometric", from: 0.05, to: 100 } as const;
    const wild = { ...smallSpec().optimiser, learningRate };
    const run = trained({ steps: 12, deterministicTail: 0.5, stopAfter: 5, optimiser: wild });
    const { loss, how } = run.trainer.authorStyle("test");
    expect(run.trainer.stepsDone).toBeGreaterThan(8);
    expect(how.weights).toEqual({ rule: "redrawn", averaged: false, at: "best-validation" });
    expect(loss).toBeCloseTo(referenceLoss(run, "stochastic", "best."), digits);
    const restored = Trainer.restore(run.spec, data, nativeKernel(), run.trainer.checkpoint());
    expect(restored.authorStyle("test")).toEqual({ loss, how, bpc: loss / Math.LN2, accuracy: expect.any(Number) });
  });

  it("of averaged weights is of draws from the average", () => {
    const run = trained({ averaging: { kind: "exponential", decay: 0.9 } });
    const { loss, how } = run.trainer.authorStyle("test");
    expect(how.weights).toEqual({ rule: "redrawn", averaged: true, at: "last-step" });
    const { tensors } = run.trainer.checkpoint();
    const group = Object.keys(tensors).find((name) => name.endsWith("layers.0.inputWeights") && /average/.test(name))!.replace("layers.0.inputWeights", "");
    expect(loss).toBeCloseTo(referenceLoss(run, "stochastic", group), digits);
  });

  it("of an opened run is that of the run itself", () => {
    const { trainer, spec } = trained({});
    const opened = Trainer.restore(spec, data, nativeKernel(), trainer.checkpoint());
    expect(opened.authorStyle("test")).toEqual(trainer.authorStyle("test"));
    expect(opened.validate()).toEqual(trainer.validate());
  });
});

it("the last validation and the last weights report of a finished run are redrawn too", () => {
  const spec = smallSpec(layer, { steps: 4, optimiser: { ...smallSpec().optimiser, learningRate: { kind: "constant", rate: 1e-9 } } });
  const trainer = Trainer.create(spec, data, nativeKernel());
  train(trainer, 3);
  trainer.weightReport();
  train(trainer, 1);
  // The latent weights stand still: only another draw changes codes.
  expect(Math.min(...trainer.weightReport().map(({ flips }) => flips))).toBeGreaterThan(0.05);
  expect(trainer.validate().how).toMatchObject({ weights: { rule: "redrawn" }, mostMinibatches: 32 });
});

describe("what an evaluation says of itself", () => {
  const perTimestep = { kind: "batch", epsilon: 1e-5, statistics: "per-timestep" } as const;
  const layerNorm = normalisers["layer"]!;
  const plain = { quantiser: both({ kind: "full-precision" }) } as const;
  const cases: [string, ExperimentSpec, [rule: string, statistics: string, reading: string], [statistics: string, reading: string]][] = [
    ["ternary", specOf([smallLstm(layer)]), ["redrawn", "minibatch", "windows"], ["frozen", "stream"]],
    ["full precision", specOf([smallLstm({ ...layer, ...plain })]), ["full-precision", "minibatch", "windows"], ["frozen", "stream"]],
    ["a drawn output over full precision", specOf([smallLstm({ ...layer, ...plain })], { output: { quantiser: { kind: "binary", sampling: "stochastic" } } }), ["redrawn", "minibatch", "windows"], ["frozen", "stream"]],
    ["a rule without chance", specOf([smallLstm({ ...layer, quantiser: both({ kind: "ternary", sampling: "deterministic" }) })]), ["deterministic", "minibatch", "windows"], ["frozen", "stream"]],
    ["loss-aware", specOf([smallLstm({ ...layer, quantiser: both({ kind: "lab" }) })]), ["deterministic", "minibatch", "windows"], ["frozen", "stream"]],
    ["ternary weight networks", specOf([smallGru({ ...layer, quantiser: both({ kind: "twn", factor: 0.7 }) })]), ["deterministic", "minibatch", "windows"], ["frozen", "stream"]],
    ["layer normalisation", specOf([smallLstm({ ...layer, ...layerNorm })]), ["redrawn", "none", "windows"], ["none", "stream"]],
    ["batch normalisation of the cell alone", specOf([smallLstm({ ...layer, normaliser: { kind: "none" } })]), ["redrawn", "minibatch", "windows"], ["frozen", "stream"]],
    ["carried state", specOf([smallLstm({ ...layer, initialState: "carried" })]), ["redrawn", "minibatch", "carried-windows"], ["frozen", "stream"]],
    ["classes", classificationSpec([smallLstm(layer)]), ["redrawn", "minibatch", "sequences"], ["frozen", "sequences"]],
    ["classes with statistics of each timestep", classificationSpec([smallLstm({ ...layer, normaliser: perTimestep, cellNormaliser: perTimestep })]), ["redrawn", "minibatch", "sequences"], ["frozen-per-timestep", "sequences"]],
  ];

  it.each(cases)("%s", (_, spec, [rule, statistics, reading], [frozen, deployed]) => {
    const source = spec.task.kind === "classification" ? sequenceData() : data;
    const trainer = Trainer.create({ ...spec, steps: 1 }, source, nativeKernel());
    train(trainer, 1);
    expect(trainer.authorStyle("test").how).toMatchObject({ weights: { rule }, statistics, reading, mostMinibatches: null });
    const how = deployableMethod(spec.layers, spec.task.kind === "classification" ? "sequences" : "stream");
    expect(how).toEqual({ weights: { rule: "shipped" }, statistics: frozen, reading: deployed, mostMinibatches: null });
    trainer.dispose();
  });

  it("becomes one phrase", () => {
    const authorStyle: EvaluationMethod = { weights: { rule: "redrawn", averaged: true, at: "best-validation" }, statistics: "minibatch", reading: "windows", mostMinibatches: 32 };
    expect(methodInWords(authorStyle)).toBe(
      "stochastic weights drawn anew for each minibatch, moving average of the latent weights, of the best validation, " +
        "statistics of the minibatch, windows from the initial state, at most 32 minibatches",
    );
    expect(methodInWords(deployableMethod([smallLstm()], "stream"))).toBe("shipped weights, frozen constants, one continuous stream");
  });
});
