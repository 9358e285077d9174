import type { Quantiser } from "../../quantisers/contract.js";

/** How the drawn weights of one matrix are spread, how many changed, and where the latent ones lie. */
export interface WeightShare {
  /** "layer 1 input", "layer 1 recurrent", "output" */
  readonly matrix: string;
  /** Shares of negative, zero and positive weights; they sum to 1. */
  readonly minus: number;
  readonly zero: number;
  readonly plus: number;
  /** Share of weights whose level differs from that of the report before. */
  readonly flips: number;
  /** Share of latent weights that a stochastic rule no longer draws, |w| >= W0; null where there is no such rule. */
  readonly saturation: number | null;
  /** Shares of latent weights in equal bins over [-limit, limit]; those beyond are in the outermost ones. */
  readonly histogram: { readonly limit: number; readonly shares: readonly number[] };
}

const bins = 32;

/**
 * @param latent the matrix that `quantiser` quantised last
 * @param previous codes of the last report, overwritten with the present ones
 */
export function weightShare(matrix: string, quantiser: Quantiser, latent: Float32Array, previous: Int8Array): WeightShare {
  return {
    matrix,
    ...codeShares(quantiser.codes, previous),
    saturation: quantiser.saturation === null ? null : saturatedShare(latent, quantiser.saturation),
    histogram: latentHistogram(latent, quantiser.saturation),
  };
}

function codeShares(codes: Int8Array, previous: Int8Array): Pick<WeightShare, "minus" | "zero" | "plus" | "flips"> {
  const counts = [0, 0, 0];
  let flips = 0;
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index]!;
    counts[Number(code > 0) - Number(code < 0) + 1]!++;
    flips += Number(code !== previous[index]);
  }
  previous.set(codes);
  const share = (count: number): number => count / codes.length;
  return { minus: share(counts[0]!), zero: share(counts[1]!), plus: share(counts[2]!), flips: share(flips) };
}

function saturatedShare(latent: Float32Array, magnitude: number): number {
  // As a clipped latent weight has it.
  const limit = Math.fround(magnitude);
  let count = 0;
  for (let index = 0; index < latent.length; index++) {
    count += Number(Math.abs(latent[index]!) >= limit);
  }
  return count / latent.length;
}

function latentHistogram(latent: Float32Array, magnitude: number | null): WeightShare["histogram"] {
  const limit = magnitude === null ? largestMagnitude(latent) : 2 * magnitude;
  const counts = new Array<number>(bins).fill(0);
  const scale = bins / (2 * limit);
  for (let index = 0; index < latent.length; index++) {
    const bin = Math.floor((latent[index]! + limit) * scale);
    counts[Math.max(0, Math.min(bins - 1, bin))]!++;
  }
  return { limit, shares: counts.map((count) => count / latent.length) };
}

/** Above zero also for a matrix of zeros. */
function largestMagnitude(latent: Float32Array): number {
  let largest = Number.MIN_VALUE;
  for (let index = 0; index < latent.length; index++) {
    largest = Math.max(largest, Math.abs(latent[index]!));
  }
  return largest;
}
