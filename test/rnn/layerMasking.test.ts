import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import { chooseBackend } from "../../src/rnn/backend.js";
import { gru } from "../../src/rnn/layers/gru.js";
import type { GruLayerConfig, LstmLayerConfig } from "../../src/rnn/layers/layerConfig.js";
import { lstm } from "../../src/rnn/layers/lstm.js";
import type { RecurrentLayer } from "../../src/rnn/layers/recurrentLayer.js";
import { toOurGates } from "./gateOrder.js";
import { plain, randomTensor, setByName, weightOf } from "./layerProblem.js";
import { randomArray, relativeDifference } from "./lstmProblem.js";

/** Padded timesteps behind `tf.layers.masking`: states are carried on, outputs repeat, statistics leave them out. */

const [batch, timesteps, inputs, units] = [6, 7, 3, 5];
/** At the end, at the beginning, in between, nowhere and everywhere. */
const padded: readonly (readonly number[])[] = [[], [4, 5, 6], [0, 1], [2, 3], [1, 6], [0, 1, 2, 3, 4, 5, 6]];

let tensorsBefore: number;

beforeAll(async () => {
  await buildNative("dist/native");
  await chooseBackend();
});

beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
});

afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

/** [rows.length, T, I] without a zero but in padding, where all values are. */
function sequences(rows: readonly (readonly number[])[], length = timesteps): tf.Tensor3D {
  const values = randomArray(rows.length * length * inputs, 5).map((value) => (value === 0 ? 1 : value));
  rows.forEach((at, row) => at.forEach((t) => values.fill(0, (row * length + t) * inputs, (row * length + t + 1) * inputs)));
  return tf.tensor3d(values, [rows.length, length, inputs]);
}

function masked(...layers: tf.layers.Layer[]): tf.Sequential {
  return tf.sequential({ layers: [tf.layers.masking({ maskValue: 0, inputShape: [null as unknown as number, inputs] }), ...layers] });
}

interface Cell {
  readonly order: string;
  readonly theirs: (returnSequences: boolean) => tf.layers.Layer;
  readonly ours: (returnSequences: boolean) => RecurrentLayer;
}

const cells: Readonly<Record<string, Cell>> = {
  lstm: {
    order: "ifgo",
    theirs: (returnSequences) => tf.layers.lstm({ units, recurrentActivation: "sigmoid", returnSequences }),
    ours: (returnSequences) => lstm({ units, ...plain, returnSequences }),
  },
  gru: {
    order: "zrn",
    theirs: (returnSequences) => tf.layers.gru({ units, recurrentActivation: "sigmoid", returnSequences }),
    ours: (returnSequences) => gru({ units, ...plain, reset: "before", returnSequences }),
  },
};

/** Gives both the same random weights. */
function share(theirs: tf.layers.Layer, ours: RecurrentLayer, order: string, seed: number): void {
  theirs.setWeights(theirs.getWeights().map((weight, index) => randomTensor(weight.shape, seed + index)));
  const [kernel, recurrent, bias] = theirs.getWeights().map((weight) => [weight.shape[0]!, weight.dataSync()] as const);
  setByName(ours, {
    inputWeights: toOurGates(kernel![1], kernel![0], units, order),
    recurrentWeights: toOurGates(recurrent![1], units, units, order),
    betaRecurrent: toOurGates(bias![1], 1, units, order),
  });
}

describe.each(Object.entries(cells))("%s in full precision without a normaliser is the layer of TensorFlow.js", (_, { order, theirs, ours }) => {
  it.each([
    ["the last output", [false]],
    ["all outputs", [true]],
    ["a stack", [true, false]],
    ["a stack with all outputs", [true, true]],
  ] as const)("%s, with its gradient", (__, stack) => {
    tf.tidy(() => {
      const [theirLayers, ourLayers] = [stack.map(theirs), stack.map(ours)];
      const [theirModel, ourModel] = [masked(...theirLayers), masked(...ourLayers)];
      theirLayers.forEach((layer, index) => share(layer, ourLayers[index]!, order, 10 * index + 2));
      const xs = sequences(padded);
      const [expected, actual] = [theirModel, ourModel].map((model) => model.predict(xs) as tf.Tensor);
      expect(actual!.shape).toEqual(expected!.shape);
      // Single precision through 14 steps of products of at most 5 terms; the same bound as without a mask.
      expect(relativeDifference(actual!.dataSync(), expected!.dataSync())).toBeLessThan(1e-5);
      const slopes = randomTensor(expected!.shape, 60);
      // Of the first layer's input matrix.
      const gradient = (model: tf.Sequential) => {
        const matrix = model.layers[1]!.trainableWeights[0]!.read() as tf.Variable;
        const { grads } = tf.variableGrads(() => tf.sum(tf.mul(model.apply(xs, { training: true }) as tf.Tensor, slopes)), [matrix]);
        return grads[matrix.name]!.dataSync();
      };
      expect(relativeDifference(gradient(ourModel), toOurGates(gradient(theirModel), inputs, units, order))).toBeLessThan(1e-5);
      [theirModel, ourModel].forEach((model) => model.dispose());
    });
  });
});

const perTimestep = { kind: "batch", statistics: "per-timestep" } as const;
const forms: [string, (options: Partial<LstmLayerConfig & GruLayerConfig>) => RecurrentLayer][] = [
  ["lstm, batch normalisation", (options) => lstm({ units, ...options })],
  ["lstm, batch statistics in inference", (options) => lstm({ units, inferenceStatistics: "batch", ...options })],
  ["lstm, RMS normalisation", (options) => lstm({ units, normaliser: { kind: "rms" }, cellNormaliser: { kind: "rms" }, ...options })],
  ["lstm, layer normalisation, with zoneout", (options) => lstm({ units, normaliser: { kind: "layer" }, cellNormaliser: { kind: "layer" }, zoneout: { hidden: 0.2, cell: 0.3 }, ...options })],
  ["lstm, weight normalisation, loss-aware", (options) => lstm({ units, quantiser: { kind: "laq" }, normaliser: { kind: "weight" }, ...options })],
  ["lstm, states in fixed point", (options) => lstm({ units, state: { hiddenBits: 12, cellBits: 16, cellRange: 8 }, ...options })],
  ["gru, reset after, binary", (options) => gru({ units, quantiser: { kind: "binary", sampling: "stochastic" }, ...options })],
  ["gru, reset before", (options) => gru({ units, reset: "before", inferenceStatistics: "batch", ...options })],
];

/** Tensor and native kernel, through a division by the root of a variance. */
const tolerance = 1e-4;

describe("quantised and normalised, padding changes nothing", () => {
  it.each(forms)("after the sequences: %s", (_, make) => {
    tf.tidy(() => {
      const layer = make({ returnSequences: true });
      const model = masked(layer);
      const short = sequences(Array.from({ length: batch }, () => []), 4);
      const long = tf.concat([short, tf.zeros<tf.Rank.R3>([batch, 3, inputs])], 1);
      model.apply(short, { training: true });
      const [expected, actual] = [short, long].map((xs) => model.predict(xs) as tf.Tensor3D) as [tf.Tensor3D, tf.Tensor3D];
      expect(relativeDifference(tf.slice(actual, [0, 0, 0], [-1, 4, -1]).dataSync(), expected.dataSync())).toBeLessThan(tolerance);
      const last = tf.slice(expected, [0, 3, 0], [-1, 1, -1]);
      for (const t of [4, 5, 6]) {
        expect(relativeDifference(tf.slice(actual, [0, t, 0], [-1, 1, -1]).dataSync(), last.dataSync())).toBeLessThan(tolerance);
      }
      model.dispose();
    });
  });

  it.each(forms.filter(([name]) => !name.includes("zoneout")))("beside the sequences, in training, with gradients and moving statistics: %s", (_, make) => {
    tf.tidy(() => {
      const few = sequences([[], [4, 5, 6], [0], [2, 3]]);
      const many = tf.concat([few, tf.zeros<tf.Rank.R3>([2, timesteps, inputs])], 0);
      const results = [few, many].map((xs) => {
        const layer = make({ returnSequences: true, initialState: "zero" });
        const model = masked(layer);
        model.apply(xs);
        const slopes = randomTensor([4, timesteps, units], 70);
        let outputs: Float32Array | undefined;
        const { grads } = tf.variableGrads(() => {
          const few = tf.slice(model.apply(xs, { training: true }) as tf.Tensor3D, [0, 0, 0], [4, -1, -1]);
          outputs = few.dataSync<"float32">();
          return tf.sum(tf.mul(few, slopes));
        }, layer.trainableWeights.map((weight) => weight.read() as tf.Variable));
        const moving = layer.weights.filter(({ originalName }) => originalName.includes("moving_")).map((weight) => weight.read().dataSync());
        const gradients = layer.trainableWeights.map((weight) => grads[(weight.read() as tf.Variable).name]!.dataSync());
        model.dispose();
        return [outputs!, ...moving, ...gradients];
      });
      const [alone, beside] = results;
      alone!.forEach((values, index) => expect(relativeDifference(beside![index]!, values), `part ${index}`).toBeLessThan(tolerance));
    });
  });

  it("moving statistics weigh timesteps by their sequences", () => {
    tf.tidy(() => {
      // One more timestep, of one sequence alone: the mean of the input product is that of all five rows.
      const layer = lstm({ units, quantiser: { kind: "full-precision" } });
      const model = masked(layer);
      const xs = sequences([[], [2, 3, 4, 5, 6], [2, 3, 4, 5, 6]]);
      model.apply(xs, { training: true });
      const weights = weightOf(layer, "inputWeights");
      const values = xs.arraySync();
      const rows = values.flatMap((row) => row.filter((step) => step.some((value) => value !== 0)));
      expect(rows).toHaveLength(11);
      const products = rows.map((row) => Array.from({ length: 4 * units }, (_, column) => row.reduce((sum, value, at) => sum + value * weights[at * 4 * units + column]!, 0)));
      const mean = Array.from({ length: 4 * units }, (_, column) => products.reduce((sum, row) => sum + row[column]!, 0) / rows.length);
      const variance = mean.map((center, column) => products.reduce((sum, row) => sum + (row[column]! - center) ** 2, 0) / rows.length);
      expect(relativeDifference(weightOf(layer, "moving_mean_input"), mean)).toBeLessThan(1e-5);
      expect(relativeDifference(weightOf(layer, "moving_variance_input"), variance)).toBeLessThan(1e-5);
      model.dispose();
    });
  });
});

it("learns from sequences of different length in fit()", async () => {
  const lengths = Array.from({ length: 48 }, (_, index) => 2 + (index % 6));
  const xs = sequences(lengths.map((length) => Array.from({ length: timesteps - length }, (_, index) => length + index)));
  // The sign of the first number of the last timestep.
  const labels = tf.tidy(() => xs.arraySync().map((row, index) => (row[lengths[index]! - 1]![0]! > 0 ? 1 : 0)));
  const ys = tf.tidy(() => tf.oneHot(tf.tensor1d(labels, "int32"), 2));
  const model = masked(lstm({ units: 12 }), tf.layers.dense({ units: 2, activation: "softmax", kernelInitializer: tf.initializers.glorotUniform({ seed: 4 }) }));
  const optimizer = tf.train.adam(0.03);
  model.compile({ optimizer, loss: "categoricalCrossentropy" });
  const { history } = await model.fit(xs, ys, { epochs: 12, batchSize: 24, shuffle: false, verbose: 0 });
  const losses = history["loss"] as number[];
  expect(losses.at(-1)!).toBeLessThan(0.8 * losses[0]!);
  [xs, ys, model, optimizer].forEach((disposable) => disposable.dispose());
});

it("a mask of another shape is refused, and padding of a timestep that has statistics of its own", () => {
  tf.tidy(() => {
    const layer = lstm({ units, inputShape: [timesteps, inputs] });
    const xs = sequences(padded);
    expect(() => layer.apply(xs, { mask: tf.ones([batch, 3], "bool") })).toThrow("The mask has shape [6, 3]; input of 6 sequences of 7 timesteps needs [6, 7].");
    layer.dispose();
    const apart = lstm({ units, normaliser: perTimestep, inputShape: [timesteps, inputs] });
    const mask = tf.tensor2d(Array.from({ length: batch }, () => Array.from({ length: timesteps }, (_, t) => t < 5)), undefined, "bool");
    expect(() => apart.apply(xs, { training: true, mask })).toThrow(/no sequence of this minibatch reaches timestep 5.*statistics "shared"/);
    apart.dispose();
  });
});
