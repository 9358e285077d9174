import type { GruForwardOptions, LstmForwardOptions, Normalisation } from "../../src/rnn/kernels/contract.js";

/** Plain loops in double precision that the references of both cells are made of. Matrices are arrays of rows. */

export type Rows = number[][];

export type ReferenceInput =
  | { readonly kind: "symbols"; readonly symbols: ArrayLike<number> }
  | { readonly kind: "dense"; readonly values: ArrayLike<number> };

/** Like the contract's options, but any precision. */
export type ReferenceOptions = { readonly [K in keyof (GruForwardOptions & LstmForwardOptions)]?: ArrayLike<number> };

interface Sizes {
  readonly batch: number;
  readonly inputs: number;
  readonly units: number;
}

export function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

/** `count` rows of `width` numbers from a row-major array. */
export function rowsOf(values: ArrayLike<number>, count: number, width: number, start = 0): Rows {
  return Array.from({ length: count }, (_, row) => Array.from({ length: width }, (__, column) => values[start + row * width + column]!));
}

export function inputRows({ batch, inputs }: Sizes, input: ReferenceInput, t: number): Rows {
  return input.kind === "dense"
    ? rowsOf(input.values, batch, inputs, t * batch * inputs)
    : Array.from({ length: batch }, (_, b) =>
        Array.from({ length: inputs }, (__, symbol) => Number(symbol === input.symbols[t * batch + b])),
      );
}

/** The state before the first timestep: the carried one, or the initial one for each sequence. */
export function startRows({ batch, units }: Sizes, initial: ArrayLike<number>, carried: ArrayLike<number> | undefined): Rows {
  return carried ? rowsOf(carried, batch, units) : Array.from({ length: batch }, () => Array.from(initial));
}

export function masked(state: Rows, mask: ArrayLike<number> | undefined): Rows {
  return mask ? state.map((row, b) => row.map((value, j) => value * mask[b * row.length + j]!)) : state;
}

/** m * old + (1 - m) * new with the shares of timestep t. */
export function zonedOut(before: Rows, after: Rows, shares: ArrayLike<number> | undefined, t: number): Rows {
  if (shares === undefined) {
    return after;
  }
  return after.map((row, b) =>
    row.map((value, j) => {
      const share = shares[(t * after.length + b) * row.length + j]!;
      return share * before[b]![j]! + (1 - share) * value;
    }),
  );
}

/** left [N, K] times the columns from..to of a row-major [K, width]. */
export function product(left: Rows, right: ArrayLike<number>, width: number, from = 0, to = width): Rows {
  return left.map((row) =>
    Array.from({ length: to - from }, (_, j) => row.reduce((sum, value, k) => sum + value * right[k * width + from + j]!, 0)),
  );
}

/** @param gamma [R, C] */
export function normalised(kind: Normalisation, epsilon: number, values: Rows, gamma: ArrayLike<number>, t: number): Rows {
  switch (kind) {
    case "none":
      return values;
    case "affine":
      return values.map((row) => row.map((value, j) => value * constantAt(gamma, row.length, j, t)));
    case "layer":
      return values.map((row) => standardised(row, epsilon).map((value, j) => value * gamma[j]!));
    case "rms":
      return values.map((row) => row.map((value, j) => (value * gamma[j]!) / rootMeanSquare(row, epsilon)));
    case "batch": {
      const columns = values[0]!.map((_, j) => standardised(values.map((row) => row[j]!), epsilon));
      return values.map((row, b) => row.map((_, j) => columns[j]![b]! * gamma[j]!));
    }
  }
}

/** The j-th constant at timestep t of [R, C] with R = 1 or T. */
export function constantAt(constants: ArrayLike<number>, columns: number, j: number, t: number): number {
  return constants.length === columns ? constants[j]! : constants[t * columns + j]!;
}

function rootMeanSquare(values: number[], epsilon: number): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length + epsilon);
}

function standardised(values: number[], epsilon: number): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return values.map((value) => (value - mean) / Math.sqrt(variance + epsilon));
}
