import type { GruSpec, LstmSpec, MinGruSpec } from "../../experiment/spec.js";

/**
 * A trained model as it ships: one fixed set of quantised weights and frozen normaliser constants. Deployable
 * evaluation, packed inference, text sampling, size accounting, ROM export and the pipeline all read this value and
 * nothing else, so that the reported accuracy is always of exactly the shipped bits.
 *
 * I inputs, H units, V outputs, G gates; gate columns in blocks g, f, i, o (LSTM) or r, z, n (GRU).
 */
export interface DeployedModel {
  readonly version: 1;
  readonly input: DeployedInput;
  /** From the input on; at least one. */
  readonly layers: readonly DeployedLayer[];
  /** Whether the output layer reads the hidden state at every timestep or only the last one. */
  readonly readout: "every-timestep" | "last-timestep";
  /** Names of the V outputs: symbols, words or classes. */
  readonly outputs: readonly string[];
  /** [H, V] */
  readonly outputWeights: ShippedMatrix;
  /** [V] */
  readonly outputBias: Float32Array;
  /** How the shipped weights were chosen from the latent ones; "draw 3" has seed number 3. */
  readonly choice: string;
}

export type DeployedInput =
  /** One-hot: the first layer's input product is a row of its matrix. */
  | { readonly kind: "one-hot"; readonly symbols: readonly string[] }
  /** A row of `table` [symbols, units] is the first layer's input. */
  | { readonly kind: "embedding"; readonly symbols: readonly string[]; readonly units: number; readonly table: Float32Array }
  /** `width` real values a timestep. */
  | { readonly kind: "dense"; readonly width: number };

interface DeployedGates {
  /** I */
  readonly inputs: number;
  /** H */
  readonly units: number;
  /** [I, G * H] */
  readonly inputWeights: ShippedMatrix;
  /** [H, G * H] */
  readonly recurrentWeights: ShippedMatrix;
  /**
   * The kernel's normalisation of the products: `affine` has all statistics folded in,
   * p = gainRecurrent * (h·Qa) + gainInput * (x·Qx) + shift with Q the shipped values, scales included; `layer` takes
   * its statistics at run time, and the constants are the trained gammas and betas.
   */
  readonly normalisation: "affine" | "layer";
  /** [R, G * H] each, R = 1 or one row for each timestep of the trained length. */
  readonly gainInput: Float32Array;
  readonly gainRecurrent: Float32Array;
  readonly shift: Float32Array;
  /** Inside the square root of `layer`. */
  readonly epsilon: number;
  /** [H] */
  readonly initialHidden: Float32Array;
}

export interface DeployedLstm extends DeployedGates {
  readonly spec: LstmSpec;
  /** h = o * tanh(gainCell * c + shiftCell) for `affine`. */
  readonly cellNormalisation: "affine" | "layer";
  /** [R, H] each. */
  readonly gainCell: Float32Array;
  readonly shiftCell: Float32Array;
  /** [H] */
  readonly initialCell: Float32Array;
}

export interface DeployedGru extends DeployedGates {
  readonly spec: GruSpec;
  /** [R, H]: shift of the candidate's recurrent product, inside the reset; zeros when the reset comes before. */
  readonly shiftReset: Float32Array;
}

/** A minGRU, which has no recurrent weights: p = gainInput * (x·Qx) + shift, z = sigmoid(p_z), n = p_n. */
export interface DeployedMinGru {
  readonly spec: MinGruSpec;
  /** I */
  readonly inputs: number;
  /** H */
  readonly units: number;
  /** [I, 2H], blocks z, n. */
  readonly inputWeights: ShippedMatrix;
  readonly normalisation: "affine" | "layer";
  /** Inside the square root of `layer`. */
  readonly epsilon: number;
  /** [R, 2H] each. */
  readonly gainInput: Float32Array;
  readonly shift: Float32Array;
  /** [H] */
  readonly initialHidden: Float32Array;
}

/** `layer.spec.cell` tells which. */
export type DeployedLayer = DeployedLstm | DeployedGru;

/** One bit or one trit for each weight, and what it is worth. */
export interface WeightPlane {
  readonly levels: "binary" | "ternary";
  /** [rows, columns], each -1, 0 or +1 (never 0 for binary). */
  readonly codes: Int8Array;
  /** One for each block of columns, all blocks equally wide: [1] for the matrix, [gates], or [columns]. */
  readonly scales: Float32Array;
}

/** The scale of each of a plane's columns. */
export function columnScales({ scales }: Pick<WeightPlane, "scales">, columns: number): Float32Array {
  const width = columns / scales.length;
  return Float32Array.from({ length: columns }, (_, column) => scales[Math.floor(column / width)]!);
}

/** A matrix of `rows` inputs and `columns` outputs as it ships. */
export type ShippedMatrix =
  /** weight = sum over the planes of code * scale */
  | { readonly kind: "planes"; readonly rows: number; readonly columns: number; readonly planes: readonly WeightPlane[] }
  | { readonly kind: "full-precision"; readonly rows: number; readonly columns: number; readonly values: Float32Array };

/** The weights as numbers, [rows, columns]. */
export function shippedValues(matrix: ShippedMatrix): Float32Array {
  if (matrix.kind === "full-precision") {
    return matrix.values;
  }
  const values = new Float32Array(matrix.rows * matrix.columns);
  for (const plane of matrix.planes) {
    const scales = columnScales(plane, matrix.columns);
    for (let index = 0; index < values.length; index++) {
      values[index]! += plane.codes[index]! * scales[index % scales.length]!;
    }
  }
  return values;
}
