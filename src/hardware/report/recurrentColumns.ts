import { integerInput, timestepsOf, type Sequence } from "../calibrate.js";
import type { FixedModel } from "../fixedModel.js";
import { FastNetwork } from "../integer/fastNetwork.js";

/** Recurrent columns that a timestep reads, for each layer. */
export interface RecurrentColumns {
  readonly columns: readonly number[];
  /** What they are: all, or an average over so many timesteps. */
  readonly words: string;
}

/**
 * All, but with delta updates the average over sequences.
 * @param sequences each read from the initial state; none: all columns
 */
export function recurrentColumns(model: FixedModel, sequences: readonly Sequence[]): RecurrentColumns {
  const timesteps = sequences.reduce((sum, sequence) => sum + timestepsOf(sequence), 0);
  if (model.delta === undefined) {
    return { columns: model.layers.map(({ recurrentWeights }) => recurrentWeights.rows), words: "every timestep reads all" };
  }
  const { threshold } = model.delta;
  if (timesteps === 0) {
    return { columns: model.layers.map(({ units }) => units), words: `all: no data says how many change by more than ${threshold}` };
  }
  const network = new FastNetwork(model);
  for (const sequence of sequences) {
    network.restart();
    for (let timestep = 0; timestep < timestepsOf(sequence); timestep++) {
      network.step(integerInput(network, sequence, timestep));
    }
  }
  return {
    columns: network.layers.map((layer) => layer.recurrentColumns / timesteps),
    words: `changes of h by more than ${threshold}, average over ${timesteps.toLocaleString("en-US")} timesteps`,
  };
}
