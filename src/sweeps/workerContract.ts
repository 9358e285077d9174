import * as z from "zod";
import { experimentSpecSchema } from "../experiment/spec.js";
import { interruptReasonSchema } from "../runs/contract.js";
import { trialResultSchema } from "./contract.js";
import type { TrialJob } from "./engine.js";

/** What passes between an engine and its worker processes; each side checks what it receives. */
const jobSchema = z.strictObject({
  key: z.string(),
  trial: z.string(),
  spec: experimentSpecSchema,
  steps: z.number().int().positive(),
  sweep: z.string(),
  dir: z.string(),
  dataFile: z.string().nullable(),
}) satisfies z.ZodType<TrialJob>;

export const toWorkerSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("train"), job: jobSchema }),
  /** Stop training with a checkpoint, and end. */
  z.strictObject({ type: z.literal("stop"), why: interruptReasonSchema }),
]);
export type ToWorker = z.infer<typeof toWorkerSchema>;

export const fromWorkerSchema = z.discriminatedUnion("type", [
  /** The result is recorded in the sweep's directory. */
  z.strictObject({ type: z.literal("ended"), key: z.string(), result: trialResultSchema }),
  /** A person stopped it, and not the engine; its run has a checkpoint. */
  z.strictObject({ type: z.literal("stopped"), key: z.string() }),
  /** Not the trial's fault: to be tried again. */
  z.strictObject({ type: z.literal("failed"), key: z.string(), reason: z.string() }),
]);
export type FromWorker = z.infer<typeof fromWorkerSchema>;
