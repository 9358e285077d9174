import * as z from "zod";
import type { Sampling } from "./contract.js";

/** Whether a rule draws its codes, once for each minibatch. */
export const sampling = z.enum(["stochastic", "deterministic"]);

/** Options of `tl.binaryConnect()` and `tl.ternaryConnect()`. */
export interface SamplingOptions {
  /** "stochastic" (default) draws each weight anew for each minibatch; "deterministic" decides by a fixed rule. */
  sampling?: Sampling;
}

/** What the paper's two rules have in common. Runs that are older than the options have only `sampling`. */
export const magnitudeFields = {
  sampling,
  /** The size of a level that is not 0; absent: W0 of the matrix's size. */
  magnitude: z.number().positive().optional(),
  /** Whether latent weights are clipped to [-magnitude, magnitude] after each update; absent: they are not. */
  clip: z.boolean().optional(),
};

/**
 * W0 of Ardakani et al. 2019: half the limit of Glorot and Bengio's uniform initialisation, fixed, one for each matrix.
 * @param rows inputs of the matrix
 * @param columns 4H for an LSTM, 3H for a GRU, V for an output matrix
 */
export function fixedMagnitude(rows: number, columns: number): number {
  return 0.5 * Math.sqrt(6 / (rows + columns));
}

/** Cuts each weight to [-limit, limit], in place. */
export function clipTo(latent: Float32Array, limit: number): void {
  for (let index = 0; index < latent.length; index++) {
    latent[index] = Math.min(limit, Math.max(-limit, latent[index]!));
  }
}
