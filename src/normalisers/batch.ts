import * as z from "zod";
import type { Normaliser } from "./contract.js";
import { specOf } from "./make.js";

/**
 * Batch statistics at each timestep in training, gamma and beta shared over time (Cooijmans et al. 2017). What ships has
 * population statistics: one set for all timesteps, or one for each timestep of the trained length.
 */
const schema = z.strictObject({ kind: z.literal("batch"), epsilon: z.number().positive(), statistics: z.enum(["shared", "per-timestep"]) });

export const batch = {
  kind: "batch",
  word: "tl.batchNorm()",
  schema,
  defaults: { epsilon: 1e-5, statistics: "shared" },
  measures: "minibatch",
  ofCell: true,
  hasGain: true,
  /** The paper's code starts batch normalisation's gains small, or gates saturate (Cooijmans et al. 2017, section 4). */
  initialGain: 0.1,
  kernelForm: "batch",
  nativeNumber: 1,
  inWords: ({ statistics, epsilon }) => `batch, ${statistics} statistics (epsilon ${epsilon})`,
  /** gamma (value - mean) / sqrt(variance + epsilon) */
  fold: ({ epsilon }, { gamma, mean, variance }) => {
    const gain = Float64Array.from(variance!, (value, index) => gamma[index % gamma.length]! / Math.sqrt(value + epsilon));
    return { gain, offset: gain.map((value, index) => -value * mean![index]!) };
  },
} as const satisfies Normaliser<z.infer<typeof schema>>;

/** Options of `tl.batchNorm()`. */
export interface BatchOptions {
  /** Inside the square root. Default 1e-5. */
  epsilon?: number;
  /**
   * What ships: one set of population statistics (`shared`, default), or one for each timestep of the trained length, for
   * sequences that all have it.
   */
  statistics?: "shared" | "per-timestep";
}

/**
 * Batch normalisation of the products (Cooijmans et al. 2017), the default of all layers. Training takes its statistics from the minibatch at
 * each timestep. What ships has fixed ones, which fold into a scale and a shift for each row, so that an accelerator has it for nothing.
 */
export function batchNorm(options: BatchOptions = {}) {
  return specOf(batch, options);
}
