import { cells as cellTable } from "./cells/cells.js";
import type { AcceleratorLayer, AcceleratorModel } from "./acceleratorModel.js";
import type { FixedModel } from "./fixedModel.js";
import { fixModel } from "./fixModel.js";
import type { Calibration } from "./fix/layer.js";
import type { FixedModelOptions } from "./fixModel.js";
import { realValue } from "./fixedPoint.js";
import { FastNetwork } from "./integer/fastNetwork.js";
import { fixedInput } from "./integer/network.js";

/** What a network reads, timestep by timestep: numbers of symbols, or [T, I] values of word vectors or features. */
export type Sequence = { readonly kind: "symbols"; readonly symbols: Int32Array } | { readonly kind: "dense"; readonly width: number; readonly values: Float32Array };

/** T of a sequence. */
export function timestepsOf(sequence: Sequence): number {
  return sequence.kind === "symbols" ? sequence.symbols.length : sequence.values.length / sequence.width;
}

/** One timestep of a sequence as `IntegerNetwork.step` reads it. */
export function integerInput(network: { readonly model: FixedModel }, sequence: Sequence, timestep: number): number | Int32Array {
  return sequence.kind === "symbols"
    ? sequence.symbols[timestep]!
    : fixedInput(network.model, sequence.values.subarray(timestep * sequence.width, (timestep + 1) * sequence.width));
}

/** Wide enough that no trained cell state saturates while its range is being found. */
const searchBits = 24;

/** The range of an h that no function bounds is wide while it is sought, so it gets more bits, as long as sums stay exact. */
function wideModel(model: AcceleratorModel, options: FixedModelOptions): FixedModel {
  if (!model.layers.some(isUnbounded)) {
    return fixModel(model, options);
  }
  try {
    return fixModel(model, { ...options, activationBits: searchHiddenBits });
  } catch (error) {
    if (error instanceof RangeError) {
      return fixModel(model, options);
    }
    throw error;
  }
}

const searchHiddenBits = 14;

/** Whether no function bounds h. */
function isUnbounded({ cell }: AcceleratorLayer): boolean {
  return cellTable[cell].candidate.curve === "linear";
}

/** Beyond this a cell state has left every range that is useful. */
const widestCell = 256;

/**
 * The ranges that a model's cell states, unbounded hidden states and inputs take on data, from a run in integers with room to spare.
 * @param sequences each read from the initial state
 */
export function calibrate(model: AcceleratorModel, sequences: readonly Sequence[], options: FixedModelOptions = {}): Calibration {
  const input = sequences.reduce((most, sequence) => (sequence.kind === "dense" ? largest(sequence.values, most) : most), 0);
  const widest = model.layers.map(() => widestCell);
  const network = new FastNetwork(wideModel(model, { ...options, cellBits: searchBits, calibration: { input, cells: widest, hidden: widest } }));
  const cells = network.layers.map(() => 0);
  const hidden = network.model.layers.map(({ initialHidden }) => largest(initialHidden.integers, 0));
  for (const sequence of sequences) {
    network.restart();
    for (let timestep = 0; timestep < timestepsOf(sequence); timestep++) {
      network.step(integerInput(network, sequence, timestep));
      network.layers.forEach((layer, index) => {
        cells[index] = largest(layer.cell, cells[index]!);
        hidden[index] = largest(layer.hidden, hidden[index]!);
      });
    }
  }
  return {
    input,
    hidden: hidden.map((most, index) => realValue(most, network.model.layers[index]!.hiddenFormat)),
    cells: cells.map((most, index) => {
      const layer = network.model.layers[index]!;
      return layer.cellFormat === undefined ? 0 : realValue(largest(layer.initialCell?.integers ?? [], most), layer.cellFormat);
    }),
  };
}

function largest(values: ArrayLike<number>, before: number): number {
  let most = before;
  for (let index = 0; index < values.length; index++) {
    most = Math.max(most, Math.abs(values[index]!));
  }
  return most;
}
