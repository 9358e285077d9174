import type { LstmShape, LstmWeights, Normalisation } from "../../src/rnn/kernels/contract.js";

/**
 * The layer's equations in plain double precision, one scalar at a time, with h and c the states before:
 *   a = (mask h)·Wa, b = x·Wx, p = N(a; gamma_a) + N(b; gamma_b) + beta, [g, f, i, o] = tanh, sigmoid, sigmoid, sigmoid of p
 *   c' = f·c + i·g, h' = o·tanh(N(c'; gamma_c) + beta_c), N(z; gamma) = gamma (z - mean) / sqrt(var + eps)
 *   then zoneout: z_h·h + (1 - z_h)·h' and z_c·c + (1 - z_c)·c'
 */

export type Numbers = Float64Array;
export type ReferenceWeights = { readonly [K in keyof LstmWeights]: Numbers };

/** As SequenceInput, with dense values in either precision. */
export type ReferenceInput =
  | { readonly kind: "symbols"; readonly symbols: Int32Array }
  | { readonly kind: "dense"; readonly values: Float32Array | Numbers };

export interface ReferenceStatistics {
  readonly meanInput: Numbers;
  readonly varianceInput: Numbers;
  readonly meanRecurrent: Numbers;
  readonly varianceRecurrent: Numbers;
  readonly meanCell: Numbers;
  readonly varianceCell: Numbers;
}

/** As LstmForwardOptions. */
export interface ReferenceOptions {
  readonly carriedHidden?: ArrayLike<number>;
  readonly carriedCell?: ArrayLike<number>;
  readonly recurrentMask?: ArrayLike<number>;
  readonly zoneoutHidden?: ArrayLike<number>;
  readonly zoneoutCell?: ArrayLike<number>;
}

export interface ReferenceResult {
  readonly hidden: Numbers;
  readonly lastCell: Numbers;
  readonly statistics: ReferenceStatistics;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

function product(rows: Numbers, matrix: Numbers, batch: number, depth: number, columns: number): Numbers {
  const result = new Float64Array(batch * columns);
  for (let b = 0; b < batch; b++) {
    for (let k = 0; k < depth; k++) {
      const factor = rows[b * depth + k]!;
      for (let c = 0; c < columns && factor !== 0; c++) {
        result[b * columns + c]! += factor * matrix[k * columns + c]!;
      }
    }
  }
  return result;
}

function meanAndVariance(values: readonly number[]): { readonly mean: number; readonly variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}

function inputRows(shape: LstmShape, input: ReferenceInput, t: number): Numbers {
  const { batch, inputs } = shape;
  const rows = new Float64Array(batch * inputs);
  if (input.kind === "dense") {
    rows.set(input.values.subarray(t * batch * inputs, (t + 1) * batch * inputs));
  } else {
    input.symbols.subarray(t * batch, (t + 1) * batch).forEach((symbol, b) => (rows[b * inputs + symbol] = 1));
  }
  return rows;
}

class Layer {
  readonly statistics: ReferenceStatistics;

  constructor(
    private readonly shape: LstmShape,
    private readonly weights: ReferenceWeights,
    private readonly options: ReferenceOptions,
  ) {
    const { timesteps, units } = shape;
    const gates = () => new Float64Array(timesteps * 4 * units);
    const cells = () => new Float64Array(timesteps * units);
    this.statistics = {
      meanInput: gates(),
      varianceInput: gates(),
      meanRecurrent: gates(),
      varianceRecurrent: gates(),
      meanCell: cells(),
      varianceCell: cells(),
    };
  }

  step(t: number, x: Numbers, hidden: Numbers, cell: Numbers): { hidden: Numbers; cell: Numbers } {
    const { batch, inputs, units, normalisation, cellNormalisation } = this.shape;
    const { weights, options } = this;
    const masked = hidden.map((value, index) => value * (options.recurrentMask?.[index] ?? 1));
    const a = product(masked, weights.recurrentWeights, batch, units, 4 * units);
    const b = product(x, weights.inputWeights, batch, inputs, 4 * units);
    const fromHidden = this.normalise(t, a, "Recurrent", normalisation, weights.gammaRecurrent);
    const fromInput = this.normalise(t, b, "Input", normalisation, weights.gammaInput);
    const beta = rowAt(weights.betaRecurrent, 4 * units, t);
    const betaCell = rowAt(weights.betaCell, units, t);
    const gate = (index: number, block: number) => {
      const column = block * units + (index % units);
      const at = Math.floor(index / units) * 4 * units + column;
      return fromHidden[at]! + fromInput[at]! + beta[column]!;
    };
    const freshCell = cell.map(
      (value, index) => sigmoid(gate(index, 1)) * value + sigmoid(gate(index, 2)) * Math.tanh(gate(index, 0)),
    );
    const normalised = this.normalise(t, freshCell, "Cell", cellNormalisation, weights.gammaCell);
    const freshHidden = normalised.map(
      (value, index) => sigmoid(gate(index, 3)) * Math.tanh(value + betaCell[index % units]!),
    );
    return {
      hidden: zonedOut(hidden, freshHidden, options.zoneoutHidden, t),
      cell: zonedOut(cell, freshCell, options.zoneoutCell, t),
    };
  }

  /** The gain included, the shift not. */
  private normalise(
    t: number,
    values: Numbers,
    of: "Input" | "Recurrent" | "Cell",
    form: Normalisation,
    gammas: Numbers,
  ): Numbers {
    const { batch, epsilon } = this.shape;
    const columns = values.length / batch;
    const gamma = rowAt(gammas, columns, t);
    const scaled = (index: number, { mean, variance }: { readonly mean: number; readonly variance: number }) =>
      (gamma[index % columns]! * (values[index]! - mean)) / Math.sqrt(variance + epsilon);
    switch (form) {
      case "none":
        return values;
      case "affine":
        return values.map((value, index) => value * gamma[index % columns]!);
      case "layer": {
        const rows = Array.from({ length: batch }, (_, b) => meanAndVariance([...values.subarray(b * columns, (b + 1) * columns)]));
        return values.map((_, index) => scaled(index, rows[Math.floor(index / columns)]!));
      }
      case "rms": {
        const roots = Array.from({ length: batch }, (_, b) => {
          const squares = values.subarray(b * columns, (b + 1) * columns).reduce((sum, value) => sum + value ** 2, 0);
          return Math.sqrt(squares / columns + epsilon);
        });
        return values.map((value, index) => (gamma[index % columns]! * value) / roots[Math.floor(index / columns)]!);
      }
      case "batch": {
        const moments = Array.from({ length: columns }, (_, c) =>
          meanAndVariance(Array.from({ length: batch }, (__, b) => values[b * columns + c]!)),
        );
        this.statistics[`mean${of}`].set(moments.map(({ mean }) => mean), t * columns);
        this.statistics[`variance${of}`].set(moments.map(({ variance }) => variance), t * columns);
        return values.map((_, index) => scaled(index, moments[index % columns]!));
      }
    }
  }
}

/** The row of timestep t of [R, columns], R = 1 or T. */
function rowAt(constants: Numbers, columns: number, t: number): Numbers {
  return constants.length === columns ? constants : constants.subarray(t * columns, (t + 1) * columns);
}

function zonedOut(before: Numbers, fresh: Numbers, shares: ArrayLike<number> | undefined, t: number): Numbers {
  return fresh.map((value, index) => {
    const share = shares?.[t * fresh.length + index] ?? 0;
    return share * before[index]! + (1 - share) * value;
  });
}

const repeated = (row: Numbers, times: number) => Float64Array.from({ length: row.length * times }, (_, i) => row[i % row.length]!);

export function referenceForward(
  shape: LstmShape,
  weights: ReferenceWeights,
  input: ReferenceInput,
  options: ReferenceOptions = {},
): ReferenceResult {
  const { timesteps, batch, units } = shape;
  const layer = new Layer(shape, weights, options);
  const result = new Float64Array(timesteps * batch * units);
  const { carriedHidden, carriedCell } = options;
  let hidden: Numbers = carriedHidden === undefined ? repeated(weights.initialHidden, batch) : Float64Array.from(carriedHidden);
  let cell: Numbers = carriedCell === undefined ? repeated(weights.initialCell, batch) : Float64Array.from(carriedCell);
  for (let t = 0; t < timesteps; t++) {
    ({ hidden, cell } = layer.step(t, inputRows(shape, input, t), hidden, cell));
    result.set(hidden, t * batch * units);
  }
  return { hidden: result, lastCell: cell, statistics: layer.statistics };
}
