import * as z from "zod";
import { codedQuantiser } from "./coded.js";
import type { CodedMatrix } from "./coded.js";
import { quantiserKind, specOf } from "./kind.js";
import { meanMagnitude } from "./magnitudes.js";

export const thresholdKind = quantiserKind({
  kind: "threshold",
  word: "tl.threshold",
  options: { factor: z.number().positive() },
  levels: "ternary",
  make: ({ factor }, { rows, columns }) =>
    codedQuantiser(rows, columns, "ternary", (latent, _context, out) => {
      takeLargest(latent, factor * meanMagnitude(latent), 1, out);
      return 1;
    }),
});

/**
 * Weights of -1, 0 or +1 by a threshold at `factor` (default 0.7) times the mean |w|, without a scale (Hou et al. 2019, "Normalization Helps
 * Training of Quantized LSTM"). They need a normaliser to train well.
 */
export function threshold(options: { factor?: number } = {}) {
  return specOf(thresholdKind, options, { factor: 0.7 });
}

/** sign(w) * scale where |w| > limit >= 0, else 0. */
export function takeLargest(latent: Float32Array, limit: number, scale: number, { values, codes }: CodedMatrix): void {
  for (let index = 0; index < latent.length; index++) {
    const weight = latent[index]!;
    const code = Number(weight > limit) - Number(weight < -limit);
    codes[index] = code;
    values[index] = code * scale;
  }
}
