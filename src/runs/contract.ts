import * as z from "zod";
import { evaluationMethodSchema } from "../experiment/evaluationMethod.js";
import { printableLine, printableLines } from "../text/printable.js";

/** A run directory may come from anybody, and these words are shown as they are. */
const word = z.string().transform(printableLine);

/** Seconds since the epoch, with fraction; of one owner never less than before, also where the computer's clock is set back. */
const time = z.number();
const step = z.number().int().min(0);

/** Why a training stopped before its last step, its checkpoint written. */
export const interruptReasonSchema = z.enum([
  /** A person asked for it. */
  "stopped",
  /** Stands in runs of earlier versions, whose kernels ended with the window of the editor. */
  "window-closed",
  /** The kernel was stopped or restarted, or the process that keeps it was killed. */
  "kernel-stopped",
  /** `tritloom run` was killed, which ran the notebook. */
  "runner-killed",
  /** The process was asked to end: SIGTERM. */
  "terminated",
  /** SIGHUP. */
  "terminal-closed",
  /** A sweep ended the trial early, at a step from which it can go on. */
  "paused",
  /** The process that drove the sweep of a trial was killed. */
  "sweep-killed",
]);
export type InterruptReason = z.infer<typeof interruptReasonSchema>;

export const weightShareSchema = z.object({
  /** "layer 1 input", "layer 1 recurrent", "output" */
  matrix: word,
  /** Shares of negative, zero and positive weights among those drawn for this step; they sum to 1. */
  minus: z.number(),
  zero: z.number(),
  plus: z.number(),
  /** Share of weights whose code differs from that of the previous report. */
  flips: z.number(),
  /** Share of latent weights beyond W0, that a stochastic rule no longer draws; null where there is no such rule. */
  saturation: z.number().nullable().default(null),
  /** Shares of latent weights in equal bins over [-limit, limit]. */
  histogram: z.object({ limit: z.number(), shares: z.array(z.number()).readonly() }).optional(),
});

export const runEventSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("started"),
    time,
    /** First step that this owner computes: 0, or later after a resume. */
    step,
    steps: step,
    computeKernel: word,
    /** Of TensorFlow.js; "none" where nothing computed with it. */
    backend: word,
    threads: z.number().int(),
  }),
  z.object({
    type: z.literal("step"),
    time,
    /** Steps done, 1-based: the first report has step 1. */
    step,
    /** Mean training cross-entropy in nats per character, word or sequence since the last report. */
    loss: z.number(),
    /** The same in bits. */
    bpc: z.number(),
    /** Share of right predictions since the last report. */
    accuracy: z.number().optional(),
    learningRate: z.number(),
    gradientNorm: z.number(),
    /** Characters, words or sequences, whatever the task predicts. */
    charactersPerSecond: z.number(),
  }),
  z.object({
    type: z.literal("validation"),
    time,
    step,
    loss: z.number(),
    /** Bits per character, word or sequence. */
    bpc: z.number(),
    /** Share of right predictions. */
    accuracy: z.number().optional(),
    /** Absent in runs of earlier versions: `validationMethod` says what is known of those. */
    how: evaluationMethodSchema.optional(),
  }),
  z.object({ type: z.literal("weights"), time, step, matrices: z.array(weightShareSchema) }),
  z.object({ type: z.literal("checkpoint"), time, step }),
  /** Stopped before the last step; the checkpoint holds this step. Without a reason, as in runs of earlier versions, by a person. */
  z.object({ type: z.literal("interrupted"), time, step, reason: interruptReasonSchema.optional() }),
  /** Training cannot go on, for example a loss that is not finite. */
  z.object({ type: z.literal("failed"), time, step, message: z.string().transform(printableLines) }),
  z.object({ type: z.literal("finished"), time, step }),
]);

export type RunEvent = z.infer<typeof runEventSchema>;
export type RunEventOf<T extends RunEvent["type"]> = Extract<RunEvent, { type: T }>;

const figuresSchema = z.object({
  /** "BPC", "perplexity" or "accuracy" (a share, 0 to 1). */
  measure: word,
  /** The validation figure of the weights that ship, author-style. */
  validation: z.number().nullable(),
  /** The test figure of what ships, as a device computes; null until evaluated. */
  deployableTest: z.number().nullable(),
  /** The figure as the paper's released code evaluates; null until evaluated. */
  authorStyleTest: z.number().nullable(),
  /** How each figure was computed. Absent in runs of earlier versions: `figureMethods` says what is known of those. */
  how: z
    .object({
      validation: evaluationMethodSchema.nullable(),
      deployableTest: evaluationMethodSchema.nullable(),
      authorStyleTest: evaluationMethodSchema.nullable(),
    })
    .optional(),
});

export const runResultSchema = z.object({
  version: z.literal(1),
  steps: step,
  trainingSeconds: z.number(),
  computeKernel: word,
  backend: word,
  /** The figures by which the task is judged. */
  figures: figuresSchema.optional(),
  /** The figures of a character model once more, in bits per character; null for other tasks and until evaluated. */
  validationBpc: z.number().nullable(),
  deployableTestBpc: z.number().nullable(),
  authorStyleTestBpc: z.number().nullable(),
  /** Share of right predictions, both ways; null until evaluated. */
  deployableTestAccuracy: z.number().nullable().default(null),
  authorStyleTestAccuracy: z.number().nullable().default(null),
  /** How the weights that ship were chosen, and the validation loss of all that could have been. */
  choice: word.default("deterministic"),
  candidates: z
    .array(z.object({ choice: word, validationLoss: z.number().nullable(), how: evaluationMethodSchema.optional() }))
    .default([]),
  /** Why a callback of a cell ended the training before its last step. */
  stopReason: word.optional(),
});
export type RunResult = z.infer<typeof runResultSchema>;

export const runOwnerSchema = z.object({
  pid: z.number().int(),
  /** Distinguishes a re-used pid: the process's start time as the platform tells it. */
  startedAt: z.string(),
  host: z.string(),
  /** The name of this claim; absent in runs of earlier versions. */
  token: z.string().optional(),
});
export type RunOwner = z.infer<typeof runOwnerSchema>;

/**
 * From evidence only: `finished` = result.json is there; `running` = the owner process lives; `interrupted` = the last
 * word in events.jsonl is "interrupted"; `crashed` = none of these (killed, lost power, failed). `runStateOf` tells it.
 */
export type RunState = "running" | "finished" | "interrupted" | "crashed";
