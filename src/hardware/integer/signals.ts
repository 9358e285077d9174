import { integerInput, timestepsOf } from "../calibrate.js";
import type { Sequence } from "../calibrate.js";
import type { FixedModel } from "../fixedModel.js";
import { IntegerNetwork } from "./network.js";

/** Every signal of one layer, timestep by timestep. */
export interface LayerSignals {
  /** [T, H] */
  readonly hidden: readonly number[];
  /** [T, H]; empty for a GRU. */
  readonly cell: readonly number[];
  /** [T, G H] */
  readonly gates: readonly number[];
  /** [T]: recurrent columns that each timestep reads. */
  readonly columns: readonly number[];
}

/** What the integer model reads, and every signal that it computes from it. */
export interface Signals {
  readonly timesteps: number;
  /** [T] numbers of symbols, or [T, I] features in the first layer's input format. */
  readonly inputs: readonly number[];
  /** [T]: 1 where a sequence begins, else 0. */
  readonly restarts: readonly number[];
  readonly layers: readonly LayerSignals[];
}

/**
 * The integer model's run over sequences that each begin from the initial state.
 * @throws RangeError when there is nothing to read
 */
export function signalsOf(model: FixedModel, sequences: readonly Sequence[]): Signals {
  const timesteps = sequences.reduce((sum, sequence) => sum + timestepsOf(sequence), 0);
  if (timesteps === 0) {
    throw new RangeError("There is no timestep to read; give a sequence of at least one.");
  }
  const network = new IntegerNetwork(model);
  const inputs: number[] = [];
  const restarts: number[] = [];
  const layers = model.layers.map(() => ({ hidden: [] as number[], cell: [] as number[], gates: [] as number[], columns: [] as number[] }));
  for (const sequence of sequences) {
    network.restart();
    for (let timestep = 0; timestep < timestepsOf(sequence); timestep++) {
      const input = integerInput(network, sequence, timestep);
      append(inputs, typeof input === "number" ? [input] : input);
      restarts.push(timestep === 0 ? 1 : 0);
      network.step(input).forEach(({ hidden, cell, gates, columns }, layer) => {
        layers[layer]!.columns.push(columns);
        append(layers[layer]!.hidden, hidden);
        append(layers[layer]!.cell, cell);
        append(layers[layer]!.gates, gates);
      });
    }
  }
  return { timesteps, inputs, restarts, layers };
}

function append(list: number[], values: ArrayLike<number>): void {
  for (let index = 0; index < values.length; index++) {
    list.push(values[index]!);
  }
}
