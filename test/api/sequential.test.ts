import * as tf from "@tensorflow/tfjs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import { batchNorm } from "../../src/normalisers/table.js";
import { binary } from "../../src/quantisers/quantisers.js";
import { characterModel } from "../../src/api/tasks.js";
import { experiment } from "../../src/api/experiment.js";
import { data } from "../../src/api/data.js";
import { chooseBackend } from "../../src/rnn/backend.js";
import { gru } from "../../src/rnn/layers/gru.js";
import { lstm } from "../../src/rnn/layers/lstm.js";
import { trainingBatches } from "../../src/rnn/training/trainingBatches.js";
import { readRun } from "../../src/runs/readRun.js";
import { eventsOf } from "../runs/events.js";

/** An experiment can be given a TensorFlow.js model: what it reads out of it, and what it refuses. */

const text = data.fromString("fox", "the quick brown fox jumps over the lazy dog; ".repeat(60));
const task = characterModel(text, { sequenceLength: 8, batchSize: 4 });
const recurrent = () =>
  lstm({ units: 12, quantiser: binary(), initialState: "zero", returnSequences: true, inputShape: [8, text.symbols] });

beforeAll(async () => {
  await buildNative("dist/native");
  await chooseBackend();
});

function specOf(...layers: tf.layers.Layer[]) {
  return experiment({ task, model: tf.sequential({ layers }), steps: 1 }).spec;
}

test("the layer's own options become the spec's", () => {
  expect(specOf(recurrent(), tf.layers.dense({ units: text.symbols })).layers).toEqual([
    {
      cell: "lstm",
      units: 12,
      quantiser: { input: binary(), recurrent: binary() },
      normaliser: batchNorm(),
      cellNormaliser: batchNorm(),
      initialState: "zero",
      dropout: 0,
      recurrentDropout: 0,
      zoneout: { hidden: 0, cell: 0 },
    },
  ]);
});

test("another model is refused with what it holds", () => {
  const foreign = tf.layers.lstm({ units: 12, returnSequences: true, inputShape: [8, text.symbols] });
  expect(() => specOf(foreign, tf.layers.dense({ units: text.symbols }))).toThrow(/this one has: LSTM, Dense/);
  expect(() => specOf(recurrent())).toThrow(/this one has: TritloomLstm$/);
  const dense = () => tf.layers.dense({ units: text.symbols });
  expect(() => specOf(recurrent(), dense(), dense())).toThrow(/one tf.layers.dense after them; this one has: TritloomLstm, Dense, Dense/);
});

test("a softmax layer of another width is refused with the width it needs", () => {
  expect(() => specOf(recurrent(), tf.layers.dense({ units: 5 }))).toThrow(`units: ${text.symbols}`);
});

test("a layer that gives only its last state is refused", () => {
  const last = lstm({ units: 12, inputShape: [8, text.symbols] });
  expect(() => specOf(last, tf.layers.dense({ units: text.symbols }))).toThrow(/returnSequences: true/);
});

test("layers and model together are refused", () => {
  const model = tf.sequential({ layers: [recurrent(), tf.layers.dense({ units: text.symbols })] });
  expect(() => experiment({ task, model, layers: [recurrent().spec], steps: 1 })).toThrow(/both layers and model/);
});

describe("training begins with the weights of the model", () => {
  const deterministic = { kind: "ternary", sampling: "deterministic" } as const;
  const options = { quantiser: deterministic, returnSequences: true } as const;
  const cases: [string, () => tf.layers.Layer[], object][] = [
    ["an LSTM", () => [lstm({ ...options, units: 12, inputShape: [8, text.symbols] })], {}],
    ["an LSTM under layer normalisation", () => [lstm({ ...options, units: 12, normaliser: { kind: "layer" }, cellNormaliser: { kind: "layer" }, inputShape: [8, text.symbols] })], {}],
    ["a GRU with learned scales", () => [gru({ ...options, units: 12, quantiser: { kind: "ttq", threshold: 0.05 }, inputShape: [8, text.symbols] })], {}],
    ["a stack", () => [lstm({ ...options, units: 12, inputShape: [8, text.symbols] }), gru({ ...options, units: 9, normaliser: { kind: "weight" }, reset: "before", seed: 2 })], {}],
    ["averaged weights", () => [lstm({ ...options, units: 12, inputShape: [8, text.symbols] })], { averaging: { kind: "exponential", decay: 0.9 }, stopAfter: 3 }],
  ];

  test.each(cases)("%s: the first loss is the fitted model's own", async (_, layers, more) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), "tritloom-start-"));
    const model = tf.sequential({ layers: [...layers(), tf.layers.dense({ units: text.symbols, activation: "softmax" })] });
    const { xs, ys, targets } = firstMinibatch();
    model.compile({ optimizer: tf.train.adam(0.02), loss: "categoricalCrossentropy" });
    await model.fit(xs, ys, { epochs: 3, batchSize: 4, shuffle: false, verbose: 0 });
    const trained = experiment({ task, model, steps: 1, seed: 3, ...more });
    const own = tf.tidy(() => {
      const shares = (model.apply(xs, { training: true }) as tf.Tensor3D).dataSync();
      return targets.reduce((sum, target, at) => sum - Math.log(shares[at * text.symbols + target]!), 0) / targets.length;
    });
    const run = await trained.train({ runs: folder });
    const { spec } = await readRun(run.dir);
    const first = (await eventsOf(run.dir)).find((event) => event.type === "step")!;
    // Single precision, and the softmax once by TensorFlow.js.
    expect(first.loss).toBeCloseTo(own, 4);
    expect(spec.startWeights).toEqual({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const initial = await experiment({ task, layers: spec.layers, steps: 1, seed: 3 }).train({ runs: folder });
    const firstOfInitial = (await eventsOf(initial.dir)).find((event) => event.type === "step")!;
    expect(Math.abs(firstOfInitial.loss - own)).toBeGreaterThan(0.01);
    [xs, ys, model].forEach((disposable) => disposable.dispose());
    await rm(folder, { recursive: true, force: true });
  });

  /** What step 1 of seed 3 reads, one-hot and batch-major, and its targets in the same order. */
  function firstMinibatch(): { xs: tf.Tensor; ys: tf.Tensor; targets: number[] } {
    const data = task.data();
    const { input, targets } = trainingBatches(data, { timesteps: 8, batch: 4 }, 3, false).at(0);
    const symbols = input.kind === "symbols" ? input.symbols : new Int32Array(0);
    const byRow = (ids: Int32Array): number[] => Array.from({ length: 32 }, (_, at) => ids[(at % 8) * 4 + Math.floor(at / 8)]!);
    const oneHot = (ids: number[]): tf.Tensor => tf.tidy(() => tf.reshape(tf.cast(tf.oneHot(tf.tensor1d(ids, "int32"), text.symbols), "float32"), [4, 8, text.symbols]));
    return { xs: oneHot(byRow(symbols)), ys: oneHot(byRow(targets)), targets: byRow(targets) };
  }

  test("as they are when the experiment is made", () => {
    const layer = recurrent();
    const model = tf.sequential({ layers: [layer, tf.layers.dense({ units: text.symbols })] });
    const checksum = () => experiment({ task, model, steps: 1 }).spec.startWeights!.sha256;
    const before = checksum();
    expect(checksum()).toBe(before);
    layer.setWeights(layer.getWeights().map((weight) => tf.add(weight, 1)));
    expect(checksum()).not.toBe(before);
    model.dispose();
  });
});

test("a model of another input width, or another activation before the softmax, is refused", () => {
  const narrow = lstm({ units: 12, returnSequences: true, inputShape: [8, 5] });
  expect(() => specOf(narrow, tf.layers.dense({ units: text.symbols }))).toThrow(`reads 5 values at each timestep, the task has ${text.symbols}`);
  expect(() => specOf(recurrent(), tf.layers.dense({ units: text.symbols, activation: "relu" }))).toThrow(/activation 'relu'.*"softmax"/);
});
