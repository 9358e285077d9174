import { cellOf } from "../../cells/cells.js";
import type { Vector } from "../../cells/cells.js";
import type { MatrixName } from "../../cells/contract.js";
import type { ShippedForm } from "../../normalisers/lookup.js";
import type { GruSpec, LstmSpec, MinGruSpec } from "../../experiment/spec.js";
import type { ShippedMatrix } from "../../quantisers/shippedMatrix.js";

export { columnScales, type ShippedMatrix, shippedValues, type WeightPlane } from "../../quantisers/shippedMatrix.js";

/**
 * A trained model as it ships: one fixed set of quantised weights and frozen normaliser constants. Deployable
 * evaluation, packed inference, text sampling, size accounting, ROM export and the pipeline all read this value and
 * nothing else, so that the reported accuracy is always of exactly the shipped bits.
 *
 * I inputs, H units, H' the outputs of a layer (2H where it is bidirectional, else H), V outputs, G gates; gate columns in blocks
 * g, f, i, o (LSTM), r, z, n (GRU) or z, n (minGRU).
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
  /** [H', V] */
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

interface DeployedFields {
  /** I */
  readonly inputs: number;
  /** H */
  readonly units: number;
  /** [I, G * H] */
  readonly inputWeights: ShippedMatrix;
  /**
   * The kernel's normalisation of the products: `affine` has all statistics folded in,
   * p = gainRecurrent * (h·Qa) + gainInput * (x·Qx) + shift with Q the shipped values, scales included (of a minGRU, which has no
   * Qa, without the first product); a form with statistics of rows takes them at run time, and the constants are the trained gammas
   * and betas.
   */
  readonly normalisation: ShippedForm;
  /** [R, G * H] each, R = 1 or one row for each timestep of the trained length. */
  readonly gainInput: Float32Array;
  readonly shift: Float32Array;
  /** Inside the square root of statistics of rows. */
  readonly epsilon: number;
  /** [H] */
  readonly initialHidden: Float32Array;
  /** The direction of a bidirectional layer that reads the sequence from its end: a layer of the same spec, which has none itself. */
  readonly reverse?: DeployedLayer;
}

interface DeployedGates extends DeployedFields {
  /** [H, G * H] */
  readonly recurrentWeights: ShippedMatrix;
  /** [R, G * H] */
  readonly gainRecurrent: Float32Array;
}

export interface DeployedLstm extends DeployedGates {
  readonly spec: LstmSpec;
  /** h = o * tanh(gainCell * c + shiftCell) for `affine`. */
  readonly cellNormalisation: ShippedForm;
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

/** z = sigmoid(p_z), n = p_n, h = (1 - z) h + z n. */
export interface DeployedMinGru extends DeployedFields {
  readonly spec: MinGruSpec;
}

/** `layer.spec.cell` tells which. */
export type DeployedLayer = DeployedLstm | DeployedGru | DeployedMinGru;

/** A layer's matrices in the order of its cell. */
export function matricesOf(layer: DeployedLayer): { readonly name: MatrixName; readonly matrix: ShippedMatrix }[] {
  const fields = layer as unknown as Readonly<Record<string, ShippedMatrix>>;
  return cellOf(layer.spec).matrices.map((name) => ({ name, matrix: fields[`${name}Weights`]! }));
}

/** The numbers of one of the layer's vectors. */
export function vectorOf(layer: DeployedLayer, { shipped }: Pick<Vector, "shipped">): Float32Array {
  return (layer as unknown as Readonly<Record<string, Float32Array>>)[shipped]!;
}
