import * as z from "zod";
import { evaluationMethodSchema } from "../experiment/evaluationMethod.js";
import { chipOptionsSchema } from "../hardware/chipOptions.js";

/**
 * Facts for programs that run notebooks, told when they happen and beside what a person sees: a run that was trained
 * or evaluated, ROM files that were written, a chip whose schedule was asked for.
 */
export const reportSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("run"),
    dir: z.string(),
    state: z.enum(["running", "finished", "interrupted", "crashed"]),
    /** The measure by which the task is judged: "BPC", "perplexity" or "accuracy" (a share). */
    measure: z.string(),
    /** Its deployable value on the test part; null when not evaluated. */
    test: z.number().nullable(),
    /** The same in bits per character; null for other tasks than character models. */
    testBpc: z.number().nullable(),
    /** How it was computed; absent when not evaluated. */
    how: evaluationMethodSchema.optional(),
  }),
  z.object({
    kind: z.literal("rom"),
    dir: z.string(),
    manifest: z.string(),
    files: z.array(z.string()),
    /** `SavingFigures`. */
    memorySaving: z.number(),
    wholeModelSaving: z.number().nullable(),
    memorySavingInWords: z.string(),
  }),
  /** A sweep, whose trials are runs in its directory. */
  z.object({ kind: z.literal("sweep"), dir: z.string(), state: z.enum(["running", "finished", "stopped"]) }),
  /** Runs of a sweep in this directory that have begun or ended: other processes train them, and file watchers miss folders that have just been made. */
  z.object({ kind: z.literal("trials"), dir: z.string(), runs: z.array(z.string()) }),
  /** The chip of the run in this directory. */
  z.object({ kind: z.literal("chip"), dir: z.string(), options: chipOptionsSchema }),
]);
export type Report = z.infer<typeof reportSchema>;
