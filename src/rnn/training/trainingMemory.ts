import { totalmem } from "node:os";
import { gatesOf } from "../../cells/cells.js";
import type { TaskData } from "../../data/contract.js";
import type { ExperimentSpec } from "../../experiment/spec.js";
import { architectureOf } from "../architecture.js";
import { outputUnits } from "../bidirectional.js";
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
 * logits and their gradient.
 */
export function leastTrainingBytes(spec: ExperimentSpec, data: TaskData): { readonly parameters: number; readonly bytes: number } {
  const architecture = architectureOf(spec, data);
  const { timesteps, batch } = minibatchShape(spec.task, data);
  const lengths = Object.values(mapParameters(architecture, (_, length) => length));
  const parameters = lengths.reduce((sum, length) => sum + length, 0);
  // What the backward pass reads of each unit: gates and the hidden state.
  const perTimestep = spec.layers.reduce((sum, layer) => sum + (gatesOf(layer) + 1) * outputUnits(layer), 0);
  const predictions = architecture.readout === "every-timestep" ? timesteps * batch : batch;
  const activations = timesteps * batch * perTimestep + 2 * predictions * architecture.outputs.length;
  return { parameters, bytes: bytesOfFloat * (copiesOfParameters * parameters + activations) };
}

/**
 * @param available bytes of memory; default: all that the machine has
 * @throws TooLargeError before anything is allocated, naming sizes and what to choose smaller
 */
export function requireMemory(spec: ExperimentSpec, data: TaskData, available = totalmem()): void {
  const { parameters, bytes } = leastTrainingBytes(spec, data);
  if (bytes > available) {
    const gigabytes = (count: number) => `${(count / 1e9).toFixed(1)} GB`;
    throw new TooLargeError(
      `Training this network of ${parameters.toLocaleString("en-US")} parameters takes at least ${gigabytes(bytes)} of memory, and this machine has ` +
        `${gigabytes(available)}: choose fewer units or layers, a smaller batchSize, or shorter sequences.`,
    );
  }
}
