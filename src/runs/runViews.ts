import * as z from "zod";
import { runMarksSchema } from "./marks.js";

/** What those who look at runs are given of them: a row of a list, curves, and what is new of curves. */

const numbers = z.array(z.number());

/** Columns of one curve, which keep its extremes where they have fewer points than the curve. */
export const curveSchema = z.object({
  step: numbers,
  /** Seconds of training since the run started. */
  seconds: numbers,
  /** Characters, words or sequences trained on so far. */
  items: numbers,
  /** Nats per character, word or sequence; null in curves of a tool that tells none. */
  loss: z.array(z.number().nullable()),
  /** The figure by which the task is judged: bits per character, perplexity, or accuracy as a share. */
  figure: numbers,
});
export type Curve = z.infer<typeof curveSchema>;

const seriesSchema = z.object({ step: numbers, value: numbers });

/** Shares and flips of the first layer's recurrent matrix; there is no saturation where its rule has none. */
const weightsSchema = z.object({ step: numbers, minus: numbers, zero: numbers, plus: numbers, flips: numbers, saturation: numbers });

const matrixReportSchema = z.object({
  /** "layer 1 input", "layer 1 recurrent", "output" */
  matrix: z.string(),
  /** Shares of the codes; they sum to 1. */
  minus: z.number(),
  zero: z.number(),
  plus: z.number(),
  flips: z.number(),
  saturation: z.number().nullable(),
  /** Shares of the latent weights in equal bins over [-limit, limit]; limit is twice W0 where there is one. */
  histogram: z.object({ limit: z.number(), shares: numbers }).nullable(),
});
export type MatrixReport = z.infer<typeof matrixReportSchema>;

export const runCurvesSchema = z.object({
  train: curveSchema,
  validation: curveSchema,
  learningRate: seriesSchema,
  gradientNorm: seriesSchema,
  itemsPerSecondHistory: seriesSchema,
  weights: weightsSchema,
  /** Every matrix at the last report. */
  matrices: z.array(matrixReportSchema),
});
export type RunCurves = z.infer<typeof runCurvesSchema>;

/** The first `kept` points of a curve are as they were; the points of `columns` come after them. */
const grown = <Columns extends z.ZodType>(columns: Columns) => z.object({ kept: z.number().int().nonnegative(), columns });

/** What makes the present curves of a run out of earlier ones; out of none where it keeps nothing. */
export const curvesIncrementSchema = z.object({
  train: grown(curveSchema),
  validation: grown(curveSchema),
  learningRate: grown(seriesSchema),
  gradientNorm: grown(seriesSchema),
  itemsPerSecondHistory: grown(seriesSchema),
  weights: grown(weightsSchema),
  /** Null where the last report is the one before. */
  matrices: z.array(matrixReportSchema).nullable(),
});
export type CurvesIncrement = z.infer<typeof curvesIncrementSchema>;

const runRowSchema = z.object({
  /** Absolute path of the run directory: its identity. */
  dir: z.string(),
  name: z.string(),
  task: z.enum(["character-model", "word-model", "classification"]),
  state: z.enum(["running", "finished", "interrupted", "crashed"]),
  /** What ended it before its last step, in words: "window closed", "killed", "error: …"; null where nobody needs to know. */
  ending: z.string().nullable().default(null),
  /** Index into the chart colours; stable for a run while the window lives. */
  colour: z.number().int().nonnegative(),
  /** The task's figure: deployable on the test part when evaluated, else the best of validation, else null. */
  metric: z.object({ label: z.string(), value: z.number() }).nullable(),
  /** How that figure was computed, in words. */
  metricMethod: z.string().nullable().default(null),
  step: z.number().int(),
  steps: z.number().int(),
  /** Characters, words or sequences. */
  itemsPerSecond: z.number().nullable(),
  /** Null where the run does not train, and where nobody follows its curves. */
  secondsLeft: z.number().nullable(),
  computeKernel: z.string(),
  /** Flat spec fields in words ("quantiser": "ternary, stochastic"), for the table of differences. */
  parameters: z.record(z.string(), z.string()),
});

/** A run without its curves, as a person reads it. */
export type RunRow = z.infer<typeof runRowSchema>;

/** A run and its curves, complete in itself: what a cell's output keeps. */
export const runSnapshotSchema = runRowSchema.extend(runCurvesSchema.shape);
export type RunSnapshot = z.infer<typeof runSnapshotSchema>;

/** One value of a spec. */
export const hyperparameterSchema = z.object({
  /** Its place in the spec: "layers.0.units". */
  path: z.string(),
  /** What a person calls it: "units", or "layer 1 units" beside other layers. */
  title: z.string(),
  value: z.union([z.number(), z.string(), z.boolean()]),
});
export type Hyperparameter = z.infer<typeof hyperparameterSchema>;

const figure = z.number().nullable();

/** A run as a row of a list: all of it but its curves, numbers as numbers. */
export const runSummarySchema = runRowSchema.extend({
  hyperparameters: z.array(hyperparameterSchema),
  /** Absent where the user set nothing. */
  marks: runMarksSchema.optional(),
  /** Seconds since the epoch of its first event; null before that. */
  startedAt: z.number().nullable(),
  /** Seconds of training so far; breaks between two owners do not count. */
  seconds: z.number(),
  /** The figures by which the task is judged; null for what there is not yet. */
  figures: z.object({
    /** The figures at the last report of a step, and at the last validation. */
    train: figure,
    validation: figure,
    best: z.object({ value: z.number(), step: z.number().int() }).nullable(),
    /** The test figure of the weights that ship, as a device computes. */
    test: figure,
  }),
});
export type RunSummary = z.infer<typeof runSummarySchema>;
