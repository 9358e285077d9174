import type { DeployedInput } from "../rnn/shipping/deployedModel.js";

/** The word vectors of symbols, one after the other. */
export function embed({ units, table }: Extract<DeployedInput, { kind: "embedding" }>, symbols: Int32Array): Float32Array {
  const values = new Float32Array(symbols.length * units);
  symbols.forEach((symbol, timestep) => values.set(table.subarray(symbol * units, (symbol + 1) * units), timestep * units));
  return values;
}
