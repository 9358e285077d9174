import * as z from "zod";
import { codedQuantiser } from "./coded.js";
import { quantiserKind, specOf } from "./kind.js";
import { meanMagnitude } from "./magnitudes.js";
import { takeLargest } from "./threshold.js";

/** Keeps a matrix of zeros from being divided by zero; the value of the authors' released code. */
const epsilon = 1e-5;

/**
 * Equations 1 to 3 of Ma et al. 2024, "The Era of 1-bit LLMs: All Large Language Models are in 1.58 Bits" (arXiv 2402.17764):
 * with gamma = mean |w|, weights are gamma * RoundClip(w / (gamma + epsilon), -1, 1), straight-through. Rounding, ties to even as
 * in PyTorch, leaves 0 up to a half and the sign beyond it.
 */
export const absmeanKind = quantiserKind({
  kind: "absmean",
  word: "tl.absmean",
  options: { activations: z.number().int().min(2).max(16).optional() },
  levels: "ternary",
  activationBits: ({ activations }) => activations,
  make: (_spec, { rows, columns }) =>
    codedQuantiser(rows, columns, "ternary", (latent, _context, out) => {
      const scale = meanMagnitude(latent);
      takeLargest(latent, (scale + epsilon) / 2, scale, out);
      return scale;
    }),
});

/** Options of `tl.absmean()`. */
export interface AbsmeanOptions {
  /**
   * Bits, from 2 to 16, of the vector that the matrix multiplies: it is rounded to multiples of its own largest magnitude over
   * 2^(bits - 1) - 1, for each sequence at each timestep, in training and in what ships. The authors take 8. Default: as it is.
   * Computes with TensorFlow.js operations, many times slower than native code.
   */
  activations?: number;
}

/** The ternary weights of BitNet b1.58 (Ma et al. 2024): weights are rounded to -1, 0 or +1 times the mean |w| of the matrix. */
export function absmean(options: AbsmeanOptions = {}) {
  return specOf(absmeanKind, options);
}
