import { codedQuantiser } from "./coded.js";
import type { Quantiser } from "./contract.js";
import { meanMagnitude } from "./magnitudes.js";
import { takeLargest } from "./threshold.js";

/**
 * Ternary weight networks (Li and Liu 2016, equations 3 to 6): with delta = factor * mean |w|, factor 0.7, weights are
 * alpha * sign(w) where |w| > delta, else 0; alpha is the mean |w| of the kept ones, the least-squares scale for them.
 */
export function twn(rows: number, columns: number, factor: number): Quantiser {
  return codedQuantiser(rows, columns, "ternary", (latent, _context, out) => {
    const delta = factor * meanMagnitude(latent);
    const alpha = meanOfLargest(latent, delta);
    takeLargest(latent, delta, alpha, out);
    return alpha;
  });
}

/** Mean |w| where |w| > limit; 0 where there is none. */
function meanOfLargest(latent: Float32Array, limit: number): number {
  let sum = 0;
  let count = 0;
  for (let index = 0; index < latent.length; index++) {
    const size = Math.abs(latent[index]!);
    const kept = Number(size > limit);
    sum += kept * size;
    count += kept;
  }
  return count === 0 ? 0 : sum / count;
}
