import type { GruShape, GruWeights } from "../../src/rnn/kernels/contract.js";

/**
 * The GRU's equations in plain double precision, one scalar at a time, for each sequence b and unit u:
 *   r, z = sigmoid(N(s · W) + N(x · V) + beta), s = mask * h_{t-1}
 *   before: n = tanh(N((r * s) · Wn) + N(x · Vn) + beta_n); after: n = tanh(r * (N(s · Wn) + betaReset) + N(x · Vn) + beta_n)
 *   h' = (1 - z) n + z h_{t-1}, h_t = m h_{t-1} + (1 - m) h'
 */

export type Numbers = Float64Array;
export type ReferenceWeights = { readonly [K in keyof GruWeights]: Numbers };

/** As SequenceInput, with dense values in either precision. */
export type ReferenceInput =
  | { readonly kind: "symbols"; readonly symbols: Int32Array }
  | { readonly kind: "dense"; readonly values: Float32Array | Numbers };

export interface ReferenceOptions {
  readonly carriedHidden?: ArrayLike<number>;
  readonly recurrentMask?: ArrayLike<number>;
  readonly zoneoutHidden?: ArrayLike<number>;
}

export interface ReferenceResult {
  /** [T, B, H] */
  readonly hidden: Numbers;
  /** [T, 3H] each; zeros where the products are not normalised over the batch */
  readonly statistics: Readonly<Record<"meanInput" | "varianceInput" | "meanRecurrent" | "varianceRecurrent", Numbers>>;
}

/** [B][columns] */
type Rows = number[][];

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

function momentsOf(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}

/** The row's product with the matrix's columns [first, last). */
function product(rows: Rows, matrix: Numbers, width: number, first: number, last: number): Rows {
  return rows.map((row) => {
    const result = new Array<number>(last - first).fill(0);
    for (let k = 0; k < row.length; k++) {
      for (let column = first; column < last && row[k] !== 0; column++) {
        result[column - first]! += row[k]! * matrix[k * width + column]!;
      }
    }
    return result;
  });
}

class Reference {
  readonly statistics: Record<"meanInput" | "varianceInput" | "meanRecurrent" | "varianceRecurrent", Numbers>;

  constructor(
    private readonly shape: GruShape,
    private readonly weights: ReferenceWeights,
    private readonly options: ReferenceOptions,
  ) {
    const zeros = () => new Float64Array(shape.timesteps * 3 * shape.units);
    this.statistics = { meanInput: zeros(), varianceInput: zeros(), meanRecurrent: zeros(), varianceRecurrent: zeros() };
  }

  step(t: number, input: Rows, hidden: Rows): Rows {
    const { units, reset } = this.shape;
    const { inputWeights, recurrentWeights, betaReset } = this.weights;
    const { recurrentMask, zoneoutHidden } = this.options;
    const width = 3 * units;
    const entering = hidden.map((row, b) => row.map((value, u) => value * (recurrentMask?.[b * units + u] ?? 1)));
    const fromInput = this.normalise("Input", t, product(input, inputWeights, width, 0, width), 0);
    const beta = (b: number, column: number) => fromInput[b]![column]! + this.constant("betaRecurrent", t, width, column);
    const firstColumns = reset === "before" ? 2 * units : width;
    const fromState = this.normalise("Recurrent", t, product(entering, recurrentWeights, width, 0, firstColumns), 0);
    const gate = (b: number, column: number) => sigmoid(fromState[b]![column]! + beta(b, column));
    const kept = entering.map((row, b) => row.map((value, u) => value * gate(b, u)));
    const candidates =
      reset === "before"
        ? this.normalise("Recurrent", t, product(kept, recurrentWeights, width, 2 * units, width), 2 * units)
        : fromState.map((row, b) =>
            row.slice(2 * units).map((value, u) => gate(b, u) * (value + rowOf(betaReset, t, units)[u]!)),
          );
    return hidden.map((row, b) =>
      row.map((old, u) => {
        const candidate = Math.tanh(candidates[b]![u]! + beta(b, 2 * units + u));
        const update = gate(b, units + u);
        const next = (1 - update) * candidate + update * old;
        const stays = zoneoutHidden?.[(t * hidden.length + b) * units + u] ?? 0;
        return stays * old + (1 - stays) * next;
      }),
    );
  }

  private constant(name: "gammaInput" | "gammaRecurrent" | "betaRecurrent", t: number, width: number, column: number): number {
    return rowOf(this.weights[name], t, width)[column]!;
  }

  /** Values of the columns from `first` on, normalised and with their gain. */
  private normalise(of: "Input" | "Recurrent", t: number, values: Rows, first: number): Rows {
    const { normalisation, epsilon, units } = this.shape;
    const gamma = (column: number) => this.constant(`gamma${of}`, t, 3 * units, first + column);
    switch (normalisation) {
      case "none":
        return values;
      case "affine":
        return values.map((row) => row.map((value, column) => gamma(column) * value));
      case "layer":
        return values.map((row) => {
          const { mean, variance } = momentsOf(row);
          return row.map((value, column) => (gamma(column) * (value - mean)) / Math.sqrt(variance + epsilon));
        });
      case "rms":
        return values.map((row) => {
          const root = Math.sqrt(row.reduce((sum, value) => sum + value ** 2, 0) / row.length + epsilon);
          return row.map((value, column) => (gamma(column) * value) / root);
        });
      case "batch": {
        const moments = values[0]!.map((_, column) => momentsOf(values.map((row) => row[column]!)));
        moments.forEach(({ mean, variance }, column) => {
          this.statistics[`mean${of}`][t * 3 * units + first + column] = mean;
          this.statistics[`variance${of}`][t * 3 * units + first + column] = variance;
        });
        return values.map((row) =>
          row.map((value, column) => {
            const { mean, variance } = moments[column]!;
            return (gamma(column) * (value - mean)) / Math.sqrt(variance + epsilon);
          }),
        );
      }
    }
  }
}

/** The row of timestep t of [R, width]: the only one there is, or the t-th. */
function rowOf(constants: Numbers, t: number, width: number): Numbers {
  return constants.length === width ? constants : constants.subarray(t * width, (t + 1) * width);
}

function inputRows({ batch, inputs }: GruShape, input: ReferenceInput, t: number): Rows {
  return Array.from({ length: batch }, (_, b) => {
    const row = t * batch + b;
    return input.kind === "dense"
      ? Array.from(input.values.subarray(row * inputs, (row + 1) * inputs))
      : Array.from({ length: inputs }, (_unused, index) => (index === input.symbols[row] ? 1 : 0));
  });
}

export function referenceGru(
  shape: GruShape,
  weights: ReferenceWeights,
  input: ReferenceInput,
  options: ReferenceOptions = {},
): ReferenceResult {
  const { timesteps, batch, units } = shape;
  const reference = new Reference(shape, weights, options);
  const result = new Float64Array(timesteps * batch * units);
  let hidden = Array.from({ length: batch }, (_, b) =>
    Array.from({ length: units }, (_unused, u) => options.carriedHidden?.[b * units + u] ?? weights.initialHidden[u]!),
  );
  for (let t = 0; t < timesteps; t++) {
    hidden = reference.step(t, inputRows(shape, input, t), hidden);
    hidden.forEach((row, b) => result.set(row, (t * batch + b) * units));
  }
  return { hidden: result, statistics: reference.statistics };
}
