import { beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import type { ExperimentSpec } from "../../src/experiment/spec.js";
import { architectureOf } from "../../src/rnn/architecture.js";
import { Network, type NetworkState } from "../../src/rnn/training/network.js";
import { Trainer } from "../../src/rnn/training/trainer.js";
import { trainingBatches } from "../../src/rnn/training/trainingBatches.js";
import { relativeDifference } from "./lstmProblem.js";
import { both, nativeKernel, normalisers, smallGru, smallLstm, smallSpec, specOf, verseData } from "./trainingProblem.js";

/** Steps of several minibatches. */

const verse = verseData(20);

beforeAll(async () => {
  await buildNative("dist/native");
});

function withBatch(spec: ExperimentSpec, batchSize: number, accumulate?: number): ExperimentSpec {
  return { ...spec, task: { ...spec.task, batchSize } as ExperimentSpec["task"], ...(accumulate !== undefined && { accumulate }) };
}

const ternary = { kind: "ternary", sampling: "stochastic" } as const;
const weights = verse.symbols.map((_, index) => (index % 3) + 0.25);

describe("four minibatches of 2 sequences are one of 8", () => {
  it.each<[string, ExperimentSpec]>([
    ["layer normalisation, drawn weights", smallSpec({ ...normalisers["layer"]!, quantiser: both(ternary) })],
    ["weight normalisation, weights of classes", smallSpec(normalisers["weight"], { classWeights: weights })],
    ["smoothed labels with weights", smallSpec(normalisers["none"], { classWeights: weights, labelSmoothing: 0.2 })],
  ])("%s", (_, spec) => {
    const windows = Math.floor((verse.train.length - 12) / 12);
    // Both cut the text into the same windows in the same order only where nothing is left over.
    const data = { ...verse, train: verse.train.slice(0, verse.train.length - (windows % 8) * 12) };
    const [whole, parts] = [withBatch(spec, 8), withBatch(spec, 2, 4)].map((one) => Trainer.create(one, data, nativeKernel()));
    for (let step = 0; step < 2; step++) {
      const [one, other] = [whole!.step(), parts!.step()];
      expect(other.loss).toBeCloseTo(one.loss, 5);
      expect([other.predictions, other.correct, other.step]).toEqual([one.predictions, one.correct, one.step]);
      for (const name of whole!.updated) {
        // Two orders of the same sums in single precision.
        expect(relativeDifference(parts!.gradients[name]!, whole!.gradients[name]!), name).toBeLessThan(2e-4);
      }
    }
    [whole, parts].forEach((trainer) => trainer!.dispose());
  });
});

it("carries states from one minibatch to the next, and draws masks for each but weights once", () => {
  const layer = { initialState: "carried", recurrentDropout: 0.3 } as const;
  const spec = specOf([smallLstm({ ...layer, quantiser: both(ternary) }), smallGru(layer)], { accumulate: 3 });
  const trainer = Trainer.create(spec, verse, nativeKernel());
  const network = new Network(architectureOf(spec, verse), { timesteps: 12, batch: 8 }, nativeKernel(), spec.seed);
  const batches = trainingBatches(verse, { timesteps: 12, batch: 8 }, spec.seed, true);
  let start: NetworkState | undefined;
  for (const step of [0, 1]) {
    const sums = new Map<string, Float64Array>();
    const parameters = Object.fromEntries(Object.entries(trainer.parameters).map(([name, values]) => [name, values.slice()]));
    for (let index = 0; index < 3; index++) {
      const { gradients, end } = network.lossAndGradients(parameters, batches.at(3 * step + index), { number: step, masks: 3 * step + index }, { start });
      start = end;
      for (const [name, gradient] of Object.entries(gradients)) {
        const sum = sums.get(name) ?? new Float64Array(gradient.length);
        sums.set(name, sum.map((value, at) => value + gradient[at]! / 3));
      }
    }
    trainer.step();
    for (const name of trainer.updated) {
      expect(relativeDifference(trainer.gradients[name]!, sums.get(name)!), name).toBeLessThan(1e-5);
    }
  }
  [trainer, network].forEach((one) => one.dispose());
});
