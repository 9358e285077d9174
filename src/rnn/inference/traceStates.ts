import type { DeployedLayer, DeployedModel } from "../shipping/deployedModel.js";
import { type CellName, hasCellState } from "../../cells/cells.js";
import { shippedValues } from "../shipping/deployedModel.js";
import { joinDirections, reversedTimesteps } from "../bidirectional.js";
import { DirectionStream, embed } from "./deployedNetwork.js";
import type { RecurrentKernel, SequenceInput } from "../kernels/contract.js";
import { OutputLayer } from "../training/output.js";

/** States of one direction of a layer at each of T timesteps, in the order of the sequence. */
export interface DirectionTrace {
  /** [T, H]: the hidden state h after each timestep, in (-1, 1) but for an initial state far outside it. */
  readonly hidden: Float32Array;
  /** [T, H]: the cell state c after each timestep; undefined for a cell without one, as a GRU. */
  readonly cell: Float32Array | undefined;
}

/** States of one layer at each of T timesteps. */
export interface LayerTrace extends DirectionTrace {
  readonly kind: CellName;
  /** H, of each direction */
  readonly units: number;
  /** The states of a bidirectional layer's direction that reads from the end, so that its last ones are at timestep 0. */
  readonly reverse?: DirectionTrace;
}

export interface StateTrace {
  /** T */
  readonly timesteps: number;
  /** From the input on. */
  readonly layers: readonly LayerTrace[];
  /**
   * [T, V]: what the output layer makes of the last layer's h after each timestep. Of a model that tells classes only the last
   * row is its prediction; the rows before it say what it would have been had the sequence ended there. Where the last layer is
   * bidirectional, row t is of both directions after t + 1 timesteps, each from its own end of the sequence.
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
  const layers: LayerTrace[] = [];
  let next = inputs.map((input) => embed(model.input, input));
  for (const layer of model.layers) {
    const traced = traceLayer(layer, next, kernel);
    layers.push(traced);
    next = rowsOf(joined(traced, timesteps, "sequence"), timesteps);
  }
  const { rows, columns } = model.outputWeights;
  const output = new OutputLayer(kernel, timesteps, rows, columns);
  const weights = { weights: shippedValues(model.outputWeights), bias: model.outputBias };
  return { timesteps, layers, logits: output.logitsOf(weights, joined(layers.at(-1)!, timesteps, "reading")) };
}

function traceLayer(layer: DeployedLayer, inputs: readonly SequenceInput[], kernel: RecurrentKernel): LayerTrace {
  const own = { kind: layer.spec.cell, units: layer.units, ...traceDirection(layer, inputs, kernel) };
  if (layer.reverse === undefined) {
    return own;
  }
  const { hidden, cell } = traceDirection(layer.reverse, inputs.toReversed(), kernel);
  const inOrder = (states: Float32Array): Float32Array => reversedTimesteps(states, inputs.length);
  return { ...own, reverse: { hidden: inOrder(hidden), cell: cell && inOrder(cell) } };
}

/** The states of one direction, in the order of `inputs`. */
function traceDirection(layer: DeployedLayer, inputs: readonly SequenceInput[], kernel: RecurrentKernel): DirectionTrace {
  const { units, spec } = layer;
  const hidden = new Float32Array(inputs.length * units);
  const cell = hasCellState(spec) ? new Float32Array(hidden.length) : undefined;
  const stream = new DirectionStream(layer, kernel, 1);
  try {
    inputs.forEach((input, timestep) => {
      stream.read(input, 1);
      const state = stream.last();
      hidden.set(state.hidden, timestep * units);
      cell?.set(state.cell!, timestep * units);
    });
  } finally {
    stream.dispose();
  }
  return { hidden, cell };
}

/** [T, H'] of a layer: both directions at the same place of the sequence, or after equally many timesteps of their own reading. */
function joined({ hidden, reverse, units }: LayerTrace, timesteps: number, order: "sequence" | "reading"): Float32Array {
  if (reverse === undefined) {
    return hidden;
  }
  // Joining turns the reverse direction round.
  const turned = order === "sequence" ? reversedTimesteps(reverse.hidden, timesteps) : reverse.hidden;
  return joinDirections({ forward: hidden, reverse: turned }, { timesteps, units });
}

function rowsOf(values: Float32Array, timesteps: number): SequenceInput[] {
  const width = values.length / timesteps;
  return Array.from({ length: timesteps }, (_, t) => ({ kind: "dense", values: values.subarray(t * width, (t + 1) * width) }));
}
