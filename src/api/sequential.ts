import type * as tf from "@tensorflow/tfjs";
import type { TaskData } from "../data/contract.js";
import type { LayerSpec } from "../experiment/spec.js";
import type { TaskSpec } from "../experiment/taskSpec.js";
import { RecurrentLayer } from "../rnn/layers/recurrentLayer.js";
import { withLayerPrefix } from "../rnn/training/parameters.js";
import type { Parameters } from "../rnn/training/parameters.js";
import { shown } from "../experiment/options.js";

/** What an experiment reads out of a model. */
export interface ModelStart {
  readonly layers: LayerSpec[];
  /**
   * Copies of the model's weights as they are now, by the network's names: latent matrices, gains, shifts, initial states, learned
   * scales, and the output layer. Absent while the model is not built. Its moving statistics are not among them: training takes those
   * of the minibatch, and what ships has population statistics that are measured anew.
   */
  readonly weights?: Parameters;
}

/**
 * Reads layers and weights out of a `tf.sequential` made of our recurrent layers and a dense layer over the outputs.
 * @throws TypeError or RangeError for another model, naming what it has
 */
export function readModel(model: tf.Sequential, task: TaskSpec, data: TaskData): ModelStart {
  const output = model.layers.at(-1);
  const recurrent = model.layers.slice(0, -1).flatMap((layer) => recurrentOf(layer) ?? []);
  if (recurrent.length === 0 || recurrent.length !== model.layers.length - 1 || output?.getClassName() !== "Dense") {
    const found = model.layers.map((layer) => layer.getClassName()).join(", ");
    throw new TypeError(
      `tl.experiment() trains a model of tl.layers.lstm or tl.layers.gru and one tf.layers.dense after them; this one has: ${found}`,
    );
  }
  recurrent.forEach(({ forward: layer }, index) => {
    const isRead = index < recurrent.length - 1 || task.kind !== "classification";
    if ((layer.getConfig()["returnSequences"] === true) !== isRead) {
      throw new TypeError(
        isRead
          ? `${layer.name} is read at every timestep: give it returnSequences: true`
          : `Of ${layer.name} a classification reads the last timestep: leave returnSequences out`,
      );
    }
  });
  checkOutput(output, data);
  const weights = weightsOf(recurrent, output, inputsOf(task, data));
  const layers = recurrent.map(({ forward, reverse }): LayerSpec => ({ ...forward.spec, ...(reverse && { bidirectional: true }) }));
  return { layers, ...(weights && { weights }) };
}

/** A layer of ours, or the two that `tf.layers.bidirectional` made of one. */
interface Recurrent {
  readonly forward: RecurrentLayer;
  readonly reverse?: RecurrentLayer;
}

/** @throws TypeError where the directions are not concatenated, or the layer reads from the end alone */
function recurrentOf(layer: tf.layers.Layer): Recurrent | undefined {
  if (layer instanceof RecurrentLayer) {
    if (layer.getConfig()["goBackwards"] === true) {
      throw new TypeError(`${layer.name} reads from the end alone, which no layer of an experiment does: leave goBackwards out, or take tf.layers.bidirectional`);
    }
    return { forward: layer };
  }
  // TensorFlow.js declares neither.
  const { forwardLayer: forward, backwardLayer: reverse, mergeMode } = layer as { forwardLayer?: unknown; backwardLayer?: unknown; mergeMode?: unknown };
  if (!(forward instanceof RecurrentLayer && reverse instanceof RecurrentLayer)) {
    return undefined;
  }
  if (mergeMode !== "concat") {
    throw new TypeError(`${layer.name} merges its directions by ${shown(mergeMode)}; an experiment reads both side by side: give it mergeMode: "concat"`);
  }
  return { forward, reverse };
}

/** I of the first layer. */
function inputsOf(task: TaskSpec, data: TaskData): number {
  if (data.kind === "sequences") {
    return data.width;
  }
  return task.kind === "word-model" ? task.embedding : data.symbols.length;
}

function weightsOf(recurrent: readonly Recurrent[], output: tf.layers.Layer, inputs: number): Parameters | undefined {
  const latent = recurrent.flatMap(({ forward, reverse }, layer) =>
    [forward, ...(reverse ? [reverse] : [])].map((own) => ({ own: own.latent, layer, direction: own === reverse ? "reverse" : "forward" }) as const),
  );
  if (!output.built || latent.some(({ own }) => own === undefined)) {
    return undefined;
  }
  const [first] = latent.map(({ own }) => own);
  if (first!.inputs !== inputs) {
    throw new RangeError(
      `The model reads ${first!.inputs} values at each timestep, the task has ${inputs}: give its first layer inputShape: [null, ${inputs}]`,
    );
  }
  const [matrix, bias] = output.getWeights().map((tensor) => tensor.dataSync<"float32">().slice());
  return {
    ...Object.fromEntries(
      latent.flatMap(({ own, layer, direction }) => Object.entries(withLayerPrefix(layer, own!.parameters, direction))),
    ),
    "output.weights": matrix!,
    ...(bias && { "output.bias": bias }),
  };
}

function checkOutput(output: tf.layers.Layer, data: TaskData): void {
  const classes = data.kind === "symbols" ? data.symbols.length : data.classes.length;
  const { units, activation } = output.getConfig();
  if (activation !== "softmax" && activation !== "linear") {
    throw new TypeError(`The dense layer has the activation ${shown(activation)}; an experiment takes the softmax of it: give it "softmax", or none`);
  }
  if (units !== classes) {
    throw new RangeError(`The dense layer has ${units} units, the data ${classes} symbols or classes: give it units: ${classes}`);
  }
}
