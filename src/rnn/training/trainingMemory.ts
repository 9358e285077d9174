import { totalmem } from "node:os";
import { gatesOf } from "../../cells/cells.js";
import type { TaskData } from "../../data/contract.js";
import type { ExperimentSpec } from "../../experiment/spec.js";
import { architectureOf } from "../architecture.js";
import { outputUnits } from "../bidirectional.js";
import { type DeployedLayer, type DeployedModel, matricesOf } from "../shipping/deployedModel.js";
import type { MinibatchShape } from "./minibatch.js";
import { mapParameters } from "./parameters.js";
import { minibatchShape } from "./trainingBatches.js";

/** A network, or its minibatches, that this machine has not the memory for. */
export class TooLargeError extends Error {
  override readonly name = "TooLargeError";
}

const bytesOfFloat = 4;
/** Arrays of each parameter's size: the latent weights, their gradient, and two moments. */
const copiesOfParameters = 4;

/**
 * Bytes that training takes at least: parameters with gradient and moments, gates and hidden states of all timesteps of a minibatch, its
 * logits and their gradient; of a teacher its matrices, and hidden states and logits of the minibatch.
 * @param teacher what ships of the network that the spec's distillation names
 */
export function leastTrainingBytes(spec: ExperimentSpec, data: TaskData, teacher?: DeployedModel): { readonly parameters: number; readonly bytes: number } {
  const architecture = architectureOf(spec, data);
  const shape = minibatchShape(spec.task, data);
  const read = shape.timesteps * shape.batch;
  const lengths = Object.values(mapParameters(architecture, (_, length) => length));
  const parameters = lengths.reduce((sum, length) => sum + length, 0);
  // What the backward pass reads of each unit: gates and the hidden state.
  const perTimestep = sumOf(spec.layers, (layer) => (gatesOf(layer) + 1) * outputUnits(layer));
  const activations = read * perTimestep + 2 * predictionsOf(architecture, shape) * architecture.outputs.length;
  return { parameters, bytes: bytesOfFloat * (copiesOfParameters * parameters + activations + (teacher ? teacherNumbers(teacher, shape) : 0)) };
}

/** Numbers that a teacher takes at least, which only reads forward: its matrices as numbers, hidden states and logits of a minibatch. */
function teacherNumbers(teacher: DeployedModel, shape: MinibatchShape): number {
  const { layers, outputWeights } = teacher;
  const hidden = shape.timesteps * shape.batch * sumOf(layers, ({ spec }) => outputUnits(spec));
  return sumOf(layers, matrixNumbers) + outputWeights.rows * outputWeights.columns + hidden + predictionsOf(teacher, shape) * outputWeights.columns;
}

function matrixNumbers(layer: DeployedLayer): number {
  const own = sumOf(matricesOf(layer), ({ matrix: { rows, columns } }) => rows * columns);
  return own + (layer.reverse ? matrixNumbers(layer.reverse) : 0);
}

function predictionsOf({ readout }: Pick<DeployedModel, "readout">, { timesteps, batch }: MinibatchShape): number {
  return readout === "every-timestep" ? timesteps * batch : batch;
}

function sumOf<T>(items: readonly T[], numberOf: (item: T) => number): number {
  return items.reduce((sum, item) => sum + numberOf(item), 0);
}

/**
 * @param teacher as of `leastTrainingBytes`
 * @param available bytes of memory; default: all that the machine has
 * @throws TooLargeError before anything is allocated, naming sizes and what to choose smaller
 */
export function requireMemory(spec: ExperimentSpec, data: TaskData, teacher?: DeployedModel, available = totalmem()): void {
  const { parameters, bytes } = leastTrainingBytes(spec, data, teacher);
  if (bytes > available) {
    const gigabytes = (count: number) => `${(count / 1e9).toFixed(1)} GB`;
    throw new TooLargeError(
      `Training this network of ${parameters.toLocaleString("en-US")} parameters takes at least ${gigabytes(bytes)} of memory, and this ` +
        `machine has ${gigabytes(available)}: choose fewer units or layers, a smaller batchSize, or shorter sequences${teacher ? ", or a smaller teacher, which counts too" : ""}.`,
    );
  }
}
