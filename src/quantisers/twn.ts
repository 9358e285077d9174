import * as z from "zod";
import { codedQuantiser } from "./coded.js";
import { quantiserKind, specOf } from "./kind.js";
import { meanMagnitude } from "./magnitudes.js";
import { takeLargest } from "./threshold.js";

/**
 * Equations 3 to 6 of the paper: with delta = factor * mean |w|, factor 0.7, weights are alpha * sign(w) where |w| > delta,
 * else 0; alpha is the mean |w| of the kept ones, the least-squares scale for them.
 */
export const twnKind = quantiserKind({
  kind: "twn",
  word: "tl.twn",
  options: { factor: z.number().positive() },
  levels: "ternary",
  make: ({ factor }, { rows, columns }) =>
    codedQuantiser(rows, columns, "ternary", (latent, _context, out) => {
      const delta = factor * meanMagnitude(latent);
      const alpha = meanOfLargest(latent, delta);
      takeLargest(latent, delta, alpha, out);
      return alpha;
    }),
});

/** Ternary weight networks, TWN (Li and Liu 2016): a threshold as in `tl.threshold()`, and the scale that fits the weights that are kept best. */
export function twn(options: { factor?: number } = {}) {
  return specOf(twnKind, options, { factor: 0.7 });
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
