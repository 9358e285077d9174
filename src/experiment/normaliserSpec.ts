import * as z from "zod";

const positive = z.number().positive();

export const normaliserSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  /**
   * Batch statistics at each timestep in training, gamma and beta shared over time (Cooijmans et al. 2017). What ships
   * has population statistics: one set for all timesteps, or one for each timestep of the trained length.
   */
  z.strictObject({ kind: z.literal("batch"), epsilon: positive, statistics: z.enum(["shared", "per-timestep"]) }),
  /** Statistics over the columns of each row, computed at run time (Ba et al. 2016). */
  z.strictObject({ kind: z.literal("layer"), epsilon: positive }),
  /** Each column of the quantised matrix divided by its Euclidean norm (Salimans and Kingma 2016). */
  z.strictObject({ kind: z.literal("weight") }),
]).meta({ makers: ["tl.batchNorm()", "tl.layerNorm()", "tl.weightNorm()", "tl.noNorm()"] });

export const cellNormaliserSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({ kind: z.literal("batch"), epsilon: positive, statistics: z.enum(["shared", "per-timestep"]) }),
  z.strictObject({ kind: z.literal("layer"), epsilon: positive }),
]).meta({ makers: ["tl.batchNorm()", "tl.layerNorm()", "tl.noNorm()"] });

export type NormaliserSpec = z.infer<typeof normaliserSchema>;
export type CellNormaliserSpec = z.infer<typeof cellNormaliserSchema>;
