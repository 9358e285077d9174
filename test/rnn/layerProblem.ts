import * as tf from "@tensorflow/tfjs";
import type { RecurrentLayer } from "../../src/rnn/layers/recurrentLayer.js";
import { integerAt, randomStream } from "../../src/numbers/random.js";
import { randomArray } from "./lstmProblem.js";

/** Full precision without normalisation: what other libraries' layers are. */
export const plain = { quantiser: { kind: "full-precision" }, normaliser: { kind: "none" }, initialState: "zero" } as const;

export function randomTensor(shape: number[], seed: number): tf.Tensor {
  return tf.tensor(randomArray(shape.reduce((a, b) => a * b), seed), shape);
}

/** Sets the layer's weights whose names are given; the others stay. */
export function setByName(layer: RecurrentLayer, values: Record<string, Float32Array>): void {
  const weights = layer.weights.map((variable) => {
    const own = values[nameOf(variable.originalName)];
    return own === undefined ? variable.read() : tf.tensor(own, variable.shape as number[]);
  });
  layer.setWeights(weights);
}

/** A layer's weight or its gradient by the last part of its name, read at once. */
export function byName(tensors: tf.NamedTensorMap, name: string): Float32Array {
  const key = Object.keys(tensors).find((candidate) => nameOf(candidate) === name);
  return tensors[key!]!.dataSync<"float32">();
}

export function weightOf(layer: RecurrentLayer, name: string): Float32Array {
  return layer.weights.find(({ originalName }) => nameOf(originalName) === name)!.read().dataSync<"float32">().slice();
}

/** "lstm_1/inputWeights_3" is inputWeights. */
function nameOf(path: string): string {
  return path.split("/").at(-1)!.replace(/_\d+$/, "");
}

export const [examples, timesteps, symbols] = [64, 8, 4];

/** Say at each timestep which symbol came before. */
export function previousSymbolTask(): { xs: tf.Tensor3D; ys: tf.Tensor3D } {
  const stream = randomStream(1, "sampling", 0);
  const ids = Array.from({ length: examples }, (_, example) =>
    Array.from({ length: timesteps }, (__, t) => integerAt(stream, example * timesteps + t, symbols)),
  );
  const oneHot = (rows: number[][]): tf.Tensor3D =>
    tf.tidy(() => tf.cast(tf.oneHot(tf.tensor2d(rows, [examples, timesteps], "int32"), symbols), "float32") as tf.Tensor3D);
  return { xs: oneHot(ids), ys: oneHot(ids.map((row) => [0, ...row.slice(0, -1)])) };
}

/** The layer and a softmax over the symbols, compiled with Adam; every random number is seeded. */
export function previousSymbolModel(layer: RecurrentLayer, rate = 0.02): { model: tf.Sequential; optimizer: tf.Optimizer } {
  const kernelInitializer = tf.initializers.glorotUniform({ seed: 4 });
  const model = tf.sequential({
    layers: [layer, tf.layers.dense({ units: symbols, activation: "softmax", kernelInitializer })],
  });
  const optimizer = tf.train.adam(rate);
  model.compile({ optimizer, loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  return { model, optimizer };
}

/** Losses of each epoch. */
export async function fitted(model: tf.Sequential, { xs, ys }: { xs: tf.Tensor; ys: tf.Tensor }, epochs: number): Promise<number[]> {
  const { history } = await model.fit(xs, ys, { epochs, batchSize: 32, shuffle: false, verbose: 0 });
  return history["loss"] as number[];
}
