/** Orders of a cell's gates, by their letters. Those of the house are g, f, i, o (LSTM) and r, z, n (GRU). */
export const houseGates = { lstm: "gfio", gru: "rzn" } as const;

/** A matrix of another program, row-major. */
export interface ForeignMatrix {
  readonly values: Float32Array;
  /** The gates in the order of the program, as "ifgo". */
  readonly gates: string;
  /** H */
  readonly units: number;
  /** "rows": [G * H, I], as PyTorch and ONNX have it. "columns": [I, G * H], as Keras. */
  readonly blocksOf: "rows" | "columns";
}

/** The same numbers as [I, G * H], gate columns in the order of the house. */
export function inHouseOrder({ values, gates, units, blocksOf }: ForeignMatrix, cell: "lstm" | "gru"): Float32Array {
  const columns = gates.length * units;
  const inputs = values.length / columns;
  const out = new Float32Array(values.length);
  [...houseGates[cell]].forEach((gate, block) => {
    const from = gates.indexOf(gate);
    for (let input = 0; input < inputs; input++) {
      for (let unit = 0; unit < units; unit++) {
        const column = from * units + unit;
        const place = blocksOf === "rows" ? column * inputs + input : input * columns + column;
        out[input * columns + block * units + unit] = values[place]!;
      }
    }
  });
  return out;
}

/** A matrix [rows, columns] as [columns, rows]. */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from({ length: values.length }, (_, index) => values[(index % rows) * columns + Math.floor(index / rows)]!);
}

/** Sums of equally long vectors. */
export function summed(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, index) => value + b[index]!);
}

/**
 * The two biases of a GRU whose reset comes after the product, as the house keeps them: all is added outside of the reset, but for the
 * candidate's recurrent bias.
 * @param input [3H] and `recurrent` [3H] in the order r, z, n
 */
export function gruBiases(input: Float32Array, recurrent: Float32Array): { bias: Float32Array; resetBias: Float32Array } {
  const units = input.length / 3;
  const isCandidate = (index: number): boolean => index >= 2 * units;
  return {
    bias: input.map((value, index) => (isCandidate(index) ? value : value + recurrent[index]!)),
    resetBias: recurrent.slice(2 * units),
  };
}
