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
  const recurrent = model.layers.slice(0, -1).filter((layer) => layer instanceof RecurrentLayer);
  if (recurrent.length === 0 || recurrent.length !== model.layers.length - 1 || output?.getClassName() !== "Dense") {
    const found = model.layers.map((layer) => layer.getClassName()).join(", ");
    throw new TypeError(
      `tl.experiment() trains a model of tl.layers.lstm or tl.layers.gru and one tf.layers.dense after them; this one has: ${found}`,
    );
  }
  recurrent.forEach((layer, index) => {
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
  return { layers: recurrent.map(({ spec }) => spec), ...(weights && { weights }) };
}

/** I of the first layer. */
function inputsOf(task: TaskSpec, data: TaskData): number {
  if (data.kind === "sequences") {
    return data.width;
  }
  return task.kind === "word-model" ? task.embedding : data.symbols.length;
}

function weightsOf(recurrent: readonly RecurrentLayer[], output: tf.layers.Layer, inputs: number): Parameters | undefined {
  const latent = recurrent.map((layer) => layer.latent);
  if (!output.built || latent.includes(undefined)) {
    return undefined;
  }
  const [first] = latent;
  if (first!.inputs !== inputs) {
    throw new RangeError(
      `The model reads ${first!.inputs} values at each timestep, the task has ${inputs}: give its first layer inputShape: [null, ${inputs}]`,
    );
  }
  const [matrix, bias] = output.getWeights().map((tensor) => tensor.dataSync<"float32">().slice());
  return {
    ...Object.fromEntries(latent.flatMap((one, index) => Object.entries(withLayerPrefix(index, one!.parameters)))),
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
