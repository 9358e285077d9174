import * as z from "zod";

/** What passes between who starts a training and the process that trains. */

export const toTrainerSchema = z.strictObject({ type: z.literal("train"), dir: z.string() });
export type ToTrainer = z.infer<typeof toTrainerSchema>;

export const fromTrainerSchema = z.discriminatedUnion("type", [
  /** The run is the trainer's, all that can be checked is fine, and it lives without who started it. */
  z.strictObject({ type: z.literal("begun") }),
  z.strictObject({ type: z.literal("failed"), name: z.string(), message: z.string() }),
]);
export type FromTrainer = z.infer<typeof fromTrainerSchema>;
