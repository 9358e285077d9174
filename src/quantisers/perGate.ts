import * as z from "zod";
import type { CodingRule, MatrixRule } from "./coded.js";

/** One scale for each gate's columns, or one for all; absent, as in runs that are older than the choice: for all. */
export const gateScales = z.enum(["gate", "matrix"]).optional();

/** Options of `tl.lab()`: what shares a scale. */
export interface GateScalesOptions {
  /** A scale for each gate's columns, as the authors have it (default), or one for the whole matrix. An output matrix has one. */
  scales?: "gate" | "matrix";
}

/**
 * A rule used on the columns of each gate by themselves, as if each gate had a matrix of its own, which it has in the code of
 * Hou et al. Rules that read a random stream would draw the same numbers for each gate.
 * @param columns of all gates, in blocks of equal width
 */
export function perGate(rows: number, columns: number, gates: number, rule: CodingRule): MatrixRule {
  if (gates === 1) {
    return (latent, context, out) => Float32Array.of(rule(latent, context, out));
  }
  const width = columns / gates;
  const size = rows * width;
  const [latentBlock, momentBlock, values] = [new Float32Array(size), new Float32Array(size), new Float32Array(size)];
  const codes = new Int8Array(size);
  const scales = new Float32Array(gates);
  return (latent, context, out) => {
    for (let gate = 0; gate < gates; gate++) {
      const first = gate * width;
      const { secondMoment } = context;
      gather(latent, first, columns, width, latentBlock);
      if (secondMoment !== undefined) {
        gather(secondMoment, first, columns, width, momentBlock);
      }
      const own = { ...context, ...(secondMoment !== undefined && { secondMoment: momentBlock }) };
      scales[gate] = rule(latentBlock, own, { values, codes });
      scatter(values, first, columns, width, out.values);
      scatter(codes, first, columns, width, out.codes);
    }
    return scales;
  };
}

/** Copies the columns from `first` on of a row-major matrix into one of their own. */
function gather(matrix: Float32Array, first: number, columns: number, width: number, block: Float32Array): void {
  for (let from = first, to = 0; to < block.length; from += columns, to += width) {
    block.set(matrix.subarray(from, from + width), to);
  }
}

/** The way back. */
function scatter<A extends Float32Array | Int8Array>(block: A, first: number, columns: number, width: number, matrix: A): void {
  for (let to = first, from = 0; from < block.length; to += columns, from += width) {
    matrix.set(block.subarray(from, from + width), to);
  }
}
