import type { SourceWeights } from "../sourceWeights.js";

/** The same network with its embedding multiplied into the first layer, which then reads one-hot symbols: row s is table[s] · Wx. */
export function withoutEmbedding(weights: SourceWeights): SourceWeights {
  const { embedding, layers, ...rest } = weights;
  const [first, ...others] = layers as [SourceWeights["layers"][number], ...SourceWeights["layers"]];
  if (embedding === undefined) {
    return weights;
  }
  const { symbols, units, table } = embedding;
  const columns = first.inputWeights.length / first.inputs;
  const inputWeights = Float32Array.from({ length: symbols * columns }, (_, index) => {
    const [symbol, column] = [Math.floor(index / columns), index % columns];
    let sum = 0;
    for (let unit = 0; unit < units; unit++) {
      sum += table[symbol * units + unit]! * first.inputWeights[unit * columns + column]!;
    }
    return sum;
  });
  return { ...rest, layers: [{ ...first, inputs: symbols, inputWeights }, ...others] };
}

/**
 * The same network with its symbols in another order, at its input and at its output.
 * @param places [V] for each new number of a symbol its old one
 */
export function withSymbolOrder(weights: SourceWeights, places: readonly number[]): SourceWeights {
  const { embedding, layers, dense } = weights;
  const [first, ...others] = layers as [SourceWeights["layers"][number], ...SourceWeights["layers"]];
  return {
    ...weights,
    ...(embedding && { embedding: { ...embedding, table: reorderedRows(embedding.table, places) } }),
    layers: embedding ? layers : [{ ...first, inputWeights: reorderedRows(first.inputWeights, places) }, ...others],
    ...(dense && { dense: { ...dense, weights: reorderedColumns(dense.weights, places), bias: reorderedColumns(dense.bias, places) } }),
  };
}

function reorderedRows(values: Float32Array, places: readonly number[]): Float32Array {
  const width = values.length / places.length;
  return Float32Array.from({ length: values.length }, (_, index) => values[places[Math.floor(index / width)]! * width + (index % width)]!);
}

function reorderedColumns(values: Float32Array, places: readonly number[]): Float32Array {
  const columns = places.length;
  return Float32Array.from({ length: values.length }, (_, index) => values[index - (index % columns) + places[index % columns]!]!);
}
