/** Word vectors: rows of a trained table. V symbols, E units. */

/**
 * @param symbols [N]
 * @param out [N, E], overwritten
 */
export function lookUpEmbedding(table: Float32Array, units: number, symbols: Int32Array, out: Float32Array): Float32Array {
  symbols.forEach((symbol, row) => out.set(table.subarray(symbol * units, (symbol + 1) * units), row * units));
  return out;
}

/**
 * The gradient of the table: each row gathers the gradients of the places where its symbol stood.
 * @param gradient [N, E]
 * @param out [V, E], overwritten
 */
export function embeddingGradient(gradient: Float32Array, units: number, symbols: Int32Array, out: Float32Array): Float32Array {
  out.fill(0);
  for (let row = 0; row < symbols.length; row++) {
    const to = symbols[row]! * units;
    const from = row * units;
    for (let unit = 0; unit < units; unit++) {
      out[to + unit]! += gradient[from + unit]!;
    }
  }
  return out;
}
