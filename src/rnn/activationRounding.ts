import { cellOf, quantiserOf } from "../cells/cells.js";
import type { MatrixName } from "../cells/contract.js";
import type { LayerSpec } from "../experiment/spec.js";
import { activationBits } from "../quantisers/make.js";
import type { ActivationRounding } from "./kernels/contract.js";

/** Keeps a row of zeros from being divided by zero; the value of the authors' released code of BitNet b1.58. */
export const smallestRange = 1e-5;

/** The levels beyond 0 on either side. */
export function levelsOfBits(bits: number): number {
  return 2 ** (bits - 1) - 1;
}

/** The bits of what a layer's matrices multiply, where its quantisers have any. */
export function activationRounding(spec: LayerSpec): ActivationRounding | undefined {
  const [input, recurrent] = (["input", "recurrent"] as const).map((matrix) => bitsOf(spec, matrix));
  return input === undefined && recurrent === undefined ? undefined : { input, recurrent };
}

function bitsOf(spec: LayerSpec, matrix: MatrixName): number | undefined {
  return cellOf(spec).matrices.includes(matrix) ? activationBits(quantiserOf(spec, matrix)) : undefined;
}

/** Whether a layer rounds its states or activations, which only the TensorFlow.js kernel and the TypeScript engine do. */
export function roundsValues(spec: LayerSpec): boolean {
  return spec.state !== undefined || activationRounding(spec) !== undefined;
}

/** What these layers round, for messages. */
export function roundedInWords(specs: readonly LayerSpec[]): string {
  return specs.some(({ state }) => state !== undefined) ? "states in fixed point" : "rounded activations";
}

/**
 * A row in `bits` bits: the nearest multiples, ties upwards, of its largest magnitude over 2^(bits - 1) - 1. Without bits the row
 * itself. Each operation is rounded to single precision, as in the kernel.
 */
export function roundActivations(row: Float32Array, bits: number | undefined): Float32Array {
  if (bits === undefined) {
    return row;
  }
  const range = row.reduce((largest, value) => Math.max(largest, Math.abs(value)), smallestRange);
  const scale = Math.fround(levelsOfBits(bits) / Math.fround(range));
  return row.map((value) => Math.floor(Math.fround(Math.fround(value * scale) + 0.5)) / scale);
}
