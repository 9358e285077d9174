import type { ShippedMatrix, WeightPlane } from "./shippedMatrix.js";
import type { Quantiser, QuantiserContext } from "./contract.js";

/** A matrix as one pass multiplies with it; allocated once and overwritten at each call. */
export interface CodedMatrix {
  /** code * scale, row-major. */
  readonly values: Float32Array;
  /** -1, 0 or +1 for each weight. */
  readonly codes: Int8Array;
}

/**
 * Replaces each latent weight by a code times one scale for all of them, and returns that scale.
 * @param out both arrays are written in full
 */
export type CodingRule = (latent: Float32Array, context: QuantiserContext, out: CodedMatrix) => number;

/** A rule for whole matrices; returns a scale for each of equally wide blocks of columns. */
export type MatrixRule = (latent: Float32Array, context: QuantiserContext, out: CodedMatrix) => Float32Array;

/** Where a rule differs from a straight-through one without limits. */
export interface CodedOptions {
  readonly saturation?: number;
  readonly constrain?: (latent: Float32Array) => void;
}

/** No scales are learned. */
export const noScales = new Float32Array(0);

/**
 * A quantiser of codes times one scale, or one for each gate. Its gradient is straight-through: what arrives at the quantised matrix is the
 * latent one's gradient, unchanged and unmasked (Hinton 2012; Bengio et al. 2013).
 */
export function codedQuantiser(
  rows: number,
  columns: number,
  levels: WeightPlane["levels"],
  rule: CodingRule | MatrixRule,
  { saturation, constrain = (): void => undefined }: CodedOptions = {},
): Quantiser {
  const values = new Float32Array(rows * columns);
  const codes = new Int8Array(rows * columns);
  let scales: Float32Array = noScales;
  return {
    rows,
    columns,
    saturation: saturation ?? null,
    codes,
    initialScales: () => noScales,
    quantise(latent, context) {
      const found = rule(latent, context, { values, codes });
      scales = typeof found === "number" ? Float32Array.of(found) : found;
      return values;
    },
    backward: () => noScales,
    constrain,
    ship: () => onePlane(rows, columns, { levels, codes: codes.slice(), scales: scales.slice() }),
  };
}

function onePlane(rows: number, columns: number, plane: WeightPlane): ShippedMatrix {
  return { kind: "planes", rows, columns, planes: [plane] };
}
