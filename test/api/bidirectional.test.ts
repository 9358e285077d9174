import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import { displaySymbol } from "../../src/display/host.js";
import * as tl from "../../src/api/index.js";
import { readModel } from "../../src/api/sequential.js";
import type { SequenceData } from "../../src/data/contract.js";
import { chooseBackend } from "../../src/rnn/backend.js";
import { sequenceLogits, softmax } from "../../src/rnn/inference/predict.js";
import { Trainer } from "../../src/rnn/training/trainer.js";
import { parametersInWords } from "../../src/runs/specInWords.js";
import { largestDifference } from "../interop/streamCases.js";
import { testimonies } from "../interop/witness.js";
import { temporaryFolder } from "../temporaryFolder.js";

/** `tl.bidirectional()` as a cell writes it. */

const folder = temporaryFolder("file");
const wrong = (value: unknown): never => value as never;

const [timesteps, width] = [7, 2];
const sequences = Array.from({ length: 60 }, (_, n) => Array.from({ length: timesteps }, (_unused, t) => [Math.sin(n * 3 + t), Math.cos(n + 2 * t)]));
const labels = sequences.map((sequence) => (sequence[0]![0]! > 0 ? "up" : "down"));
const waves = tl.data.fromArrays("waves", { sequences, labels });
const task = () => tl.classification(waves, { batchSize: 6 });
const stack = () => [tl.bidirectional(tl.lstm({ units: 5 })), tl.bidirectional(tl.gru({ units: 4 }))];

function train(layers: Parameters<typeof tl.experiment>[0]["layers"]): Promise<tl.Run> {
  return tl.experiment({ task: task(), layers, steps: 6, validateEvery: 3, seed: 3 }).train({ runs: folder.path });
}

beforeAll(async () => {
  await buildNative("dist/native");
  await chooseBackend();
});

describe("a run", () => {
  let run: tl.Run;
  beforeAll(async () => {
    run = await train(stack());
  });

  it("says what it is", async () => {
    expect(run.spec.name).toBe("waves ternary bidirectional 5-4");
    expect(parametersInWords(run.spec)).toMatchObject({ "layer 1 cell": "LSTM, bidirectional", "layer 2 cell": "GRU, reset after, bidirectional" });
    const text = (await run.size())[displaySymbol]()["text/plain"]!;
    expect(text).toMatch(/layer 2 reverse recurrent weights/);
    expect((await run.weights("input", { layer: 1, direction: "reverse" }))[displaySymbol]()["text/plain"]).toMatch(/^reverse input weights: /);
    await expect(run.weights("input", wrong({ direction: "backwards" }))).rejects.toThrow(/direction of run\.weights\(\) is "backwards": give "forward" or "reverse"/);
  });

  it("predicts what its evaluation scores, also when it is opened again", async () => {
    const predictions = (await run.predict("test")) as tl.SequencePredictions;
    const { deployable } = await run.evaluate("test");
    expect(predictions.score).toEqual(deployable);
    const opened = (await (await tl.openRun(run.dir)).predict("test")) as tl.SequencePredictions;
    expect(opened.logits).toEqual(predictions.logits);
  });

  it("is traced in both directions", async () => {
    const trace = await run.trace(sequences[3]!);
    const predictions = (await run.predict([sequences[3]!])) as tl.SequencePredictions;
    const last = trace.logits.subarray(-2);
    expect(largestDifference([...last], predictions.logits)).toBeLessThan(1e-5);
    const [first, second] = trace.layers;
    expect([first!.hidden.length, first!.reverse!.hidden.length, first!.reverse!.cell!.length]).toEqual([7 * 5, 7 * 5, 7 * 5]);
    expect([second!.hidden.length, second!.reverse!.hidden.length, second!.reverse!.cell]).toEqual([7 * 4, 7 * 4, undefined]);
    // Only the other end differs: the states that have read no more than the same timesteps stay, in the order of the sequence.
    const changed = await run.trace([...sequences[3]!.slice(0, 6), [0.9, -0.9]]);
    expect(changed.layers[0]!.hidden.subarray(0, 6 * 5)).toEqual(first!.hidden.subarray(0, 6 * 5));
    expect(changed.layers[0]!.reverse!.hidden.subarray(6 * 5)).not.toEqual(first!.reverse!.hidden.subarray(6 * 5));
    expect(trace.toString()).toMatch(/\|h1 forward\| .*\|c1 reverse\| .*\|h2 reverse\|/);
    expect(trace[displaySymbol]()["text/html"]).toContain("cell state c of layer 1 (lstm, reverse)");
  });

  it("has no accelerator, and no graph of one timestep", async () => {
    await expect(run.accelerator()).rejects.toThrow(/^The accelerator takes layers that read timesteps as they come \(without tl\.bidirectional\(\)\); this model has a bidirectional layer/);
    const file = path.join(folder.path, "model.qonnx.onnx");
    await expect(run.exportOnnx(file, { dialect: "qonnx" })).rejects.toThrow(/a QONNX graph is one timestep, and a bidirectional layer reads whole sequences; choose the dialect onnx/);
  });
});

it("ONNX Runtime computes the same of its files", async () => {
  const constant = { normaliser: tl.weightNorm() };
  const cases = [
    { layers: [tl.bidirectional(tl.gru({ units: 5, ...constant })), tl.bidirectional(tl.gru({ units: 4, ...constant }))], operator: "GRU" },
    { layers: stack(), operator: "Scan" },
    { layers: [tl.bidirectional(tl.lstm({ units: 5, normaliser: tl.batchNorm({ statistics: "per-timestep" }) }))], operator: "Scan" },
  ];
  const values = Array.from({ length: timesteps * 3 }, (_unused, at) => sequences[at % 3]![Math.floor(at / 3)]!).flat();
  const inputs = { input: { type: "float32", shape: [timesteps, 3, width], values } } as const;
  const expected: Float32Array[] = [];
  const files: string[] = [];
  for (const [index, { layers }] of cases.entries()) {
    const run = await train(layers);
    files.push((await run.exportOnnx(path.join(folder.path, `${index}.onnx`))).file);
    expected.push(((await run.predict(sequences.slice(0, 3))) as tl.SequencePredictions).logits);
  }
  const witnesses = await testimonies(files.map((file) => ({ file, program: "onnxruntime", runs: [inputs] })));
  witnesses.forEach((witness, index) => {
    expect(witness.operators).toContain(cases[index]!.operator);
    expect(JSON.parse(witness.metadata["tritloom.layers"]!)[0]).toMatchObject({ bidirectional: true });
    expect(largestDifference(witness.runs[0]!["logits"]!.values, expected[index]!), cases[index]!.operator).toBeLessThan(1e-4);
    expect(witness.runs[0]!["final_hidden_0_reverse"]!.shape).toEqual([3, 5]);
  });
});

describe("what cannot be", () => {
  it.each<[string, () => unknown, RegExp]>([
    ["a layer twice", () => tl.bidirectional(tl.bidirectional(tl.lstm({ units: 4 }))), /^tl\.bidirectional\(\) got a layer that is bidirectional already: leave one of the two out$/],
    ["a carried state", () => tl.bidirectional(tl.gru({ units: 4, initialState: "carried" })), /initialState "carried".*use initialState "learned" or "zero"$/],
    ["options", () => tl.bidirectional(wrong({ units: 4 })), /takes a layer, as tl\.bidirectional\(tl\.lstm\(\{ units: 64 \}\)\), not/],
    ["nothing", () => tl.bidirectional(wrong(undefined)), /takes a layer, as .*, not undefined$/],
    [
      "a text",
      () => tl.experiment({ task: tl.characterModel(tl.data.fromString("fox", "the quick brown fox ".repeat(60)), { sequenceLength: 8, batchSize: 4 }), layers: [stack()[0]!], steps: 1 }),
      /^layers\[0\] of tl\.experiment\(\): a character-model must not see the future, which a bidirectional layer reads: use the layer without tl\.bidirectional\(\)\.$/,
    ],
  ])("%s", (_, mistake, message) => {
    expect(mistake).toThrow(message);
  });
});

describe("tf.layers.bidirectional around a layer of ours", () => {
  const own = { quantiser: tl.fullPrecision(), normaliser: tl.noNorm() };
  let inputs: tf.Tensor3D;
  beforeAll(() => {
    inputs = tf.tensor3d(sequences.slice(0, 6));
  });
  const lstm = (options: object = {}) => tl.layers.lstm({ units: 5, ...own, returnSequences: true, ...options });
  const gru = (options: object = {}) => tl.layers.gru({ units: 4, ...own, ...options });
  const model = (): tf.Sequential =>
    tf.sequential({
      layers: [
        tf.layers.bidirectional({ layer: lstm() as never, mergeMode: "concat", inputShape: [timesteps, width] }),
        tf.layers.bidirectional({ layer: gru() as never, mergeMode: "concat" }),
        tf.layers.dense({ units: 2, activation: "softmax" }),
      ],
    });

  /** A layer with given weights, over [B, T, I]. */
  function read(layer: tf.layers.Layer, weights: tf.Tensor[], input: tf.Tensor): tf.Tensor {
    layer.build(input.shape);
    layer.setWeights(weights);
    return layer.apply(input) as tf.Tensor;
  }

  it("reads from both ends, with initial weights of each direction's own", () => {
    const both = model();
    const [below, above] = both.layers.map((layer) => layer.getWeights());
    const [forward, reverse] = [below!.slice(0, below!.length / 2), below!.slice(below!.length / 2)];
    expect(forward[0]!.arraySync()).not.toEqual(reverse[0]!.arraySync());
    const first = tf.concat([read(lstm(), forward, inputs), tf.reverse(read(lstm(), reverse, tf.reverse(inputs, 1)), 1)], 2);
    const [upwards, downwards] = [above!.slice(0, above!.length / 2), above!.slice(above!.length / 2)];
    const second = tf.concat([read(gru(), upwards, first), read(gru(), downwards, tf.reverse(first, 1))], 1);
    const expected = both.layers[2]!.apply(second) as tf.Tensor;
    const predicted = both.predict(inputs) as tf.Tensor;
    expect(largestDifference([...predicted.dataSync()], expected.dataSync())).toBeLessThan(1e-6);
  });

  it("learns, and is itself again from its configuration and weights", async () => {
    const both = model();
    both.compile({ optimizer: tf.train.adam(0.02), loss: "sparseCategoricalCrossentropy" });
    const targets = tf.tensor1d(labels.map((label) => Number(label === "up")));
    const { history } = await both.fit(tf.tensor3d(sequences), targets, { epochs: 12, batchSize: 20, verbose: 0 });
    const losses = history["loss"] as number[];
    expect(losses.at(-1)!).toBeLessThan(0.5 * losses[0]!);
    const copy = tf.Sequential.fromConfig(tf.Sequential as never, both.getConfig() as never) as tf.Sequential;
    copy.setWeights(both.getWeights());
    expect((copy.predict(inputs) as tf.Tensor).arraySync()).toEqual((both.predict(inputs) as tf.Tensor).arraySync());
  });

  it("goes into an experiment with the weights of both directions", async () => {
    const both = model();
    const { spec, data } = tl.experiment({ task: task(), model: both, steps: 1 });
    expect(spec.layers.map(({ cell, units, bidirectional }) => [cell, units, bidirectional])).toEqual([["lstm", 5, true], ["gru", 4, true]]);
    const { kernel } = await tl.environment();
    const trainer = Trainer.create(spec, data, kernel, readModel(both, spec.task, data).weights);
    const { logits } = await sequenceLogits(trainer.deploy().model, data as SequenceData, "test", kernel);
    trainer.dispose();
    const predicted = both.predict(tf.tensor3d((data as SequenceData).test.values, [6, timesteps, width])) as tf.Tensor;
    expect(largestDifference([...softmax(logits, 2)], predicted.dataSync())).toBeLessThan(1e-5);
    const sum = tf.sequential({ layers: [tf.layers.bidirectional({ layer: gru() as never, mergeMode: "sum", inputShape: [timesteps, width] }), tf.layers.dense({ units: 2 })] });
    expect(() => tl.experiment({ task: task(), model: sum, steps: 1 })).toThrow(/merges its directions by 'sum'; .* give it mergeMode: "concat"/);
    const backwards = tf.sequential({ layers: [gru({ goBackwards: true, inputShape: [timesteps, width] }), tf.layers.dense({ units: 2 })] });
    expect(() => tl.experiment({ task: task(), model: backwards, steps: 1 })).toThrow(/reads from the end alone.*leave goBackwards out/);
  });

  it("leaves padding out on either side", () => {
    const masked = (input: tf.Tensor3D, goBackwards: boolean): number[] => {
      const layer = lstm({ goBackwards, returnSequences: false, seed: 5 });
      return [...(layer.apply(input, { mask: tf.any(tf.notEqual(input, 0), 2) } as never) as tf.Tensor).dataSync()];
    };
    const padded = tf.concat([inputs, tf.zeros([6, 3, width])], 1) as tf.Tensor3D;
    for (const goBackwards of [false, true]) {
      expect(largestDifference(masked(padded, goBackwards), masked(inputs, goBackwards))).toBeLessThan(1e-6);
    }
  });
});
