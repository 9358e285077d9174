import { codedQuantiser } from "./coded.js";
import type { CodedMatrix } from "./coded.js";
import type { Quantiser } from "./contract.js";
import { meanMagnitude } from "./magnitudes.js";

/**
 * sign(w) where |w| > factor * mean |w|, else 0, without a scale (Hou et al. 2019, "Normalization Helps Training of
 * Quantized LSTM", factor 0.7): the scale is left to a normaliser.
 */
export function threshold(rows: number, columns: number, factor: number): Quantiser {
  return codedQuantiser(rows, columns, "ternary", (latent, _context, out) => {
    takeLargest(latent, factor * meanMagnitude(latent), 1, out);
    return 1;
  });
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
