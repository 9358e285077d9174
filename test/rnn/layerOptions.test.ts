import * as tf from "@tensorflow/tfjs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { chooseBackend } from "../../src/rnn/backend.js";
import { tensorKernel } from "../../src/rnn/kernels/tensorKernel.js";
import { gru } from "../../src/rnn/layers/gru.js";
import type { LstmLayerConfig } from "../../src/rnn/layers/layerConfig.js";
import { useLayerKernel } from "../../src/rnn/layers/layerKernel.js";
import { lstm } from "../../src/rnn/layers/lstm.js";
import type { RecurrentLayer } from "../../src/rnn/layers/recurrentLayer.js";
import { byName, plain, randomTensor, setByName, weightOf } from "./layerProblem.js";
import { randomArray, randomWeights, relativeDifference } from "./lstmProblem.js";
import { referenceHidden } from "./referenceLstm.js";

/** What each option of the layers does. */

beforeAll(async () => {
  await chooseBackend();
  useLayerKernel(tensorKernel());
});
afterAll(() => useLayerKernel(undefined));

let tensorsBefore: number;
beforeEach(() => (tensorsBefore = tf.memory().numTensors));
afterEach(() => expect(tf.memory().numTensors).toBe(tensorsBefore));

const [batch, length, inputs, units] = [4, 5, 3, 6];
const fullPrecision = { kind: "full-precision" } as const;

/** Calls the layer and reads the result. */
function run(layer: RecurrentLayer, input: tf.Tensor, training = false): Float32Array {
  return tf.tidy(() => (layer.apply(input, { training }) as tf.Tensor).dataSync<"float32">().slice());
}

describe("statistics of batch normalisation in inference", () => {
  const base = { units, quantiser: fullPrecision, returnSequences: true };

  it.each([
    ["lstm", lstm],
    ["gru that resets before", (config: LstmLayerConfig) => gru({ ...config, reset: "before" })],
    ["gru that resets after", (config: LstmLayerConfig) => gru({ ...config, reset: "after" })],
  ])("%s, per timestep: after one training call inference gives what that call gave, and shorter sequences its beginning", (_, make) => {
    const normaliser = { kind: "batch", statistics: "per-timestep" } as const;
    const layer = make({ ...base, normaliser, inputShape: [length, inputs] });
    tf.tidy(() => {
      const sequence = randomTensor([batch, length, inputs], 1) as tf.Tensor3D;
      const trained = run(layer, sequence, true);
      expect(relativeDifference(run(layer, sequence), trained)).toBeLessThan(1e-3);
      const beginning = tf.slice(tf.tensor3d(trained, [batch, length, units]), [0, 0, 0], [batch, 2, units]).dataSync();
      const short = run(layer, tf.slice(sequence, [0, 0, 0], [batch, 2, inputs]));
      expect(relativeDifference(short, beginning)).toBeLessThan(1e-3);
      const long = tf.zeros([batch, length + 1, inputs]);
      expect(() => run(layer, long)).toThrow(/statistics for 5 timesteps.*this sequence has 6.*"shared"/);
      expect(() => run(layer, long, true)).toThrow(/each of 5 timesteps, and a training sequence has 6/);
    });
    layer.dispose();
  });

  it("per timestep without a known length is an error that says what to give", () => {
    const layer = lstm({ units, normaliser: { kind: "batch", statistics: "per-timestep" } });
    expect(() => layer.build([null, null, inputs])).toThrow(/inputShape of \[timesteps, inputs\]/);
  });

  it("shared: one set pooled over the timesteps, averaged over the training calls", () => {
    const layer = gru({ ...base });
    tf.tidy(() => {
      // With zero recurrent weights the input's product is all there is, and it is known.
      run(layer, tf.zeros([1, 1, inputs]));
      setByName(layer, { recurrentWeights: new Float32Array(3 * units * units) });
      const kernel = tf.tensor2d(weightOf(layer, "inputWeights"), [inputs, 3 * units]);
      const moments = [1, 2].map((seed) => {
        const sequence = randomTensor([batch, length, inputs], seed) as tf.Tensor3D;
        run(layer, sequence, true);
        const product = tf.matMul(tf.reshape(sequence, [batch * length, inputs]), kernel);
        return tf.moments(product, 0);
      });
      const mean = tf.mean(tf.stack(moments.map((of) => of.mean)), 0).dataSync();
      const variance = tf.mean(tf.stack(moments.map((of) => of.variance)), 0).dataSync();
      expect(relativeDifference(weightOf(layer, "moving_mean_input"), mean)).toBeLessThan(1e-5);
      expect(relativeDifference(weightOf(layer, "moving_variance_input"), variance)).toBeLessThan(1e-5);
    });
    layer.dispose();
  });

  it("of the batch, by explicit choice: the result depends on who else is in it", () => {
    const layer = lstm({ units, inferenceStatistics: "batch" });
    tf.tidy(() => {
      const sequence = randomTensor([batch, length, inputs], 4) as tf.Tensor3D;
      const whole = run(layer, sequence);
      const part = run(layer, tf.slice(sequence, [0, 0, 0], [2, length, inputs]));
      expect(relativeDifference(part, whole.slice(0, part.length))).toBeGreaterThan(0.01);
    });
    layer.dispose();
  });

  it("only the cell's: products by layer, cell by batch", () => {
    const cellNormaliser = { kind: "batch" } as const;
    const layer = lstm({ ...base, normaliser: { kind: "layer" }, cellNormaliser });
    tf.tidy(() => {
      const sequence = randomTensor([batch, 1, inputs], 4);
      const trained = run(layer, sequence, true);
      expect(relativeDifference(run(layer, sequence), trained)).toBeLessThan(1e-3);
      expect(layer.weights.filter(({ originalName }) => originalName.includes("moving"))).toHaveLength(2);
    });
    layer.dispose();
  });
});

describe("regularisers", () => {
  const config = { units, quantiser: fullPrecision, normaliser: { kind: "none" }, returnSequences: true } as const;

  it("dropout zeroes outputs in training and scales the others up, and does nothing in inference", () => {
    const [dropped, whole] = [lstm({ ...config, dropout: 0.4 }), lstm(config)];
    tf.tidy(() => {
      const sequence = randomTensor([20, 10, inputs], 1);
      const [kept, all] = [run(dropped, sequence, true), run(whole, sequence, true)];
      const factors = kept.map((value, at) => value / all[at]!);
      expect(factors.every((factor) => factor === 0 || Math.abs(factor - 1 / 0.6) < 1e-4)).toBe(true);
      const share = factors.filter((factor) => factor === 0).length / factors.length;
      expect(share).toBeGreaterThan(0.35);
      expect(share).toBeLessThan(0.45);
      expect(run(dropped, sequence)).toEqual(run(whole, sequence));
    });
    [dropped, whole].forEach((layer) => layer.dispose());
  });

  it("dropout's gradient is that of its own mask, also when another call came between", () => {
    const layer = gru({ ...config, dropout: 0.5, recurrentDropout: 0.5, zoneout: { hidden: 0.3 } });
    tf.tidy(() => {
      const sequence = randomTensor([batch, length, inputs], 1);
      run(layer, sequence);
      const gradient = (f: () => tf.Tensor): Float32Array => byName(tf.variableGrads(() => tf.sum(f())).grads, "inputWeights").slice();
      const once = (): tf.Tensor => layer.apply(sequence, { training: true }) as tf.Tensor;
      const reset = (): void => setByName(layer, { training_calls: Float32Array.of(0) });
      const [first, second] = [gradient(once), gradient(once)];
      expect(relativeDifference(first, second)).toBeGreaterThan(0.01);
      reset();
      const both = gradient(() => tf.add(once(), once()));
      expect(relativeDifference(both, first.map((value, at) => value + second[at]!))).toBeLessThan(1e-5);
    });
    layer.dispose();
  });

  it("zoneout keeps old states in training, and mixes by its rates in inference", () => {
    const layer = lstm({ ...config, initialState: "zero", zoneout: { hidden: 0.3, cell: 0.2 } });
    const shape = { timesteps: length, batch, inputs, units, normalisation: "none", cellNormalisation: "none", epsilon: 0 } as const;
    const weights = { ...randomWeights(shape), initialHidden: new Float32Array(units), initialCell: new Float32Array(units) };
    const values = randomArray(length * batch * inputs, 3);
    tf.tidy(() => {
      const sequence = tf.transpose(tf.tensor3d(values, [length, batch, inputs]), [1, 0, 2]);
      run(layer, sequence);
      setByName(layer, { ...weights });
      const shares = (rate: number): Float32Array => new Float32Array(length * batch * units).fill(rate);
      const expected = referenceHidden(shape, weights, { kind: "dense", values }, { zoneoutHidden: shares(0.3), zoneoutCell: shares(0.2) });
      const actual = tf.transpose(layer.apply(sequence) as tf.Tensor, [1, 0, 2]).dataSync();
      expect(relativeDifference(actual, expected)).toBeLessThan(1e-5);

      const hidden = run(layer, randomTensor([20, 10, inputs], 3), true);
      const later = Array.from(hidden.keys()).filter((at) => at % (10 * units) >= units);
      const kept = later.filter((at) => hidden[at] === hidden[at - units]).length / later.length;
      expect(kept).toBeGreaterThan(0.25);
      expect(kept).toBeLessThan(0.35);
    });
    layer.dispose();
  });

  it("recurrent dropout changes what a state does to the next one, in training only", () => {
    const [dropped, whole] = [gru({ ...config, recurrentDropout: 0.5 }), gru(config)];
    tf.tidy(() => {
      const sequence = randomTensor([batch, 2, inputs], 1);
      const at = (values: Float32Array, t: number): Float32Array => values.filter((_, index) => Math.floor(index / units) % 2 === t);
      const [with_, without] = [run(dropped, sequence, true), run(whole, sequence, true)];
      expect(at(with_, 0)).toEqual(at(without, 0));
      expect(relativeDifference(at(with_, 1), at(without, 1))).toBeGreaterThan(0.001);
      expect(run(dropped, sequence)).toEqual(run(whole, sequence));
    });
    [dropped, whole].forEach((layer) => layer.dispose());
  });
});

it("stochastic weights are drawn anew in each training call and are the same in each inference call", () => {
  const layer = lstm({ units, normaliser: { kind: "none" } });
  tf.tidy(() => {
    const sequence = randomTensor([batch, length, inputs], 4);
    expect(run(layer, sequence, true)).not.toEqual(run(layer, sequence, true));
    expect(run(layer, sequence)).toEqual(run(layer, sequence));
  });
  layer.dispose();
});

it("the seed determines weights and draws", () => {
  const layers = [1, 1, 2].map((seed) => gru({ units, seed }));
  tf.tidy(() => {
    const sequence = randomTensor([batch, length, inputs], 4);
    const [first, again, other] = layers.map((layer) => run(layer, sequence, true));
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });
  layers.forEach((layer) => layer.dispose());
});

it("an input with more lengths than it keeps work space for stays right", () => {
  const layer = gru({ units, ...plain });
  tf.tidy(() => {
    const sequences = [1, 2, 3, 4, 5, 6].map((timesteps) => randomTensor([2, timesteps, inputs], timesteps));
    const first = sequences.map((sequence) => run(layer, sequence));
    expect(sequences.map((sequence) => run(layer, sequence))).toEqual(first);
  });
  layer.dispose();
});

it("inference with moving statistics has no gradient, and says what has", () => {
  const layer = lstm({ units });
  tf.tidy(() => {
    const sequence = randomTensor([batch, length, inputs], 4);
    expect(() => tf.grad((x) => layer.apply(x) as tf.Tensor)(sequence)).toThrow(/inferenceStatistics: "batch" or training: true/);
  });
  layer.dispose();
  // TensorFlow.js itself keeps what a gradient that throws had saved.
  tensorsBefore = tf.memory().numTensors;
});

describe("configuration", () => {
  it("the cell's normaliser follows the products' batch normalisation and no other", () => {
    const batchNormaliser = { kind: "batch", epsilon: 1e-3, statistics: "shared" };
    expect(lstm({ units, normaliser: { kind: "batch", epsilon: 1e-3 } }).spec).toMatchObject({ cellNormaliser: batchNormaliser });
    expect(lstm({ units, normaliser: { kind: "layer" } }).spec).toMatchObject({ cellNormaliser: { kind: "none" } });
  });

  it("one quantiser is for both matrices, or each has its own", () => {
    const [binary, sign] = [{ kind: "binary", sampling: "stochastic" }, { kind: "sign" }] as const;
    expect(gru({ units, quantiser: binary }).spec.quantiser).toEqual({ input: binary, recurrent: binary });
    expect(gru({ units, quantiser: { input: binary, recurrent: sign } }).spec.quantiser).toEqual({ input: binary, recurrent: sign });
  });

  it.each<[string, object, RegExp]>([
    ["no units", { units: 0 }, /units of tl\.layers\.lstm\(\) is 0: give a whole number above 0/],
    ["half a unit", { units: 2.5 }, /units .*is 2\.5: give a whole number/],
    ["dropout of all", { dropout: 1 }, /dropout .*is 1: give a number of at least 0 and below 1/],
    ["an unknown quantiser", { quantiser: { kind: "ternery" } }, /quantiser\.kind .*is "ternery": give .*"ternary"/],
    ["an epsilon of zero", { normaliser: { kind: "layer", epsilon: 0 } }, /normaliser\.epsilon .*is 0: give a number above 0/],
    ["weight normalisation of the cell", { cellNormaliser: { kind: "weight" } }, /cellNormaliser\.kind .*is "weight": give "none", "batch", "layer" or "rms"/],
    ["two epsilons", { cellNormaliser: { kind: "batch", epsilon: 0.5 } }, /cellNormaliser\.epsilon is 0\.5 and normaliser\.epsilon 0\.00001/],
    ["two forms of statistics", { cellNormaliser: { kind: "batch", statistics: "per-timestep" } }, /cellNormaliser\.statistics is per-timestep and/],
    ["an unknown state", { initialState: "kept" }, /initialState .*is "kept": give "learned", "zero" or "carried"/],
  ])("%s is an error that names option and value", (_, options, message) => {
    expect(() => lstm({ units, ...options })).toThrow(message);
  });
});
