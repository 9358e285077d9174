import { hasCellState } from "../../cells/cells.js";
import type { CellName } from "../../cells/cells.js";
import type { DeployedModel } from "../shipping/deployedModel.js";
import { shippedValues } from "../shipping/deployedModel.js";
import { DeployedNetwork } from "./deployedNetwork.js";
import type { RecurrentKernel, SequenceInput } from "../kernels/contract.js";
import { OutputLayer } from "../training/output.js";

/** States of one layer at each of T timesteps. */
export interface LayerTrace {
  readonly kind: CellName;
  /** H */
  readonly units: number;
  /** [T, H]: the hidden state h after each timestep, in (-1, 1) but for an initial state far outside it. */
  readonly hidden: Float32Array;
  /** [T, H]: the cell state c after each timestep; undefined for a cell without one, as a GRU. */
  readonly cell: Float32Array | undefined;
}

export interface StateTrace {
  /** T */
  readonly timesteps: number;
  /** From the input on. */
  readonly layers: readonly LayerTrace[];
  /**
   * [T, V]: what the output layer makes of the last layer's h after each timestep. Of a model that tells classes only the last
   * row is its prediction; the rows before it say what it would have been had the sequence ended there.
   */
  readonly logits: Float32Array;
}

/**
 * Runs a deployed model timestep by timestep from its initial state and keeps what every layer holds.
 * @param inputs what each timestep reads: one symbol, or [I] values
 * @throws SequenceTooLongError
 */
export function traceStates(model: DeployedModel, inputs: readonly SequenceInput[], kernel: RecurrentKernel): StateTrace {
  const timesteps = inputs.length;
  const layers = model.layers.map(({ spec, units }) => ({
    kind: spec.cell,
    units,
    hidden: new Float32Array(timesteps * units),
    cell: hasCellState(spec) ? new Float32Array(timesteps * units) : undefined,
  }));
  const network = new DeployedNetwork(model, kernel, 1);
  try {
    inputs.forEach((input, timestep) => {
      network.read(input);
      network.states().forEach(({ hidden, cell }, index) => {
        const layer = layers[index]!;
        layer.hidden.set(hidden, timestep * layer.units);
        if (cell !== undefined) {
          layer.cell?.set(cell, timestep * layer.units);
        }
      });
    });
  } finally {
    network.dispose();
  }
  const { rows, columns } = model.outputWeights;
  const output = new OutputLayer(kernel, timesteps, rows, columns);
  const weights = { weights: shippedValues(model.outputWeights), bias: model.outputBias };
  return { timesteps, layers, logits: output.logitsOf(weights, layers.at(-1)!.hidden) };
}
