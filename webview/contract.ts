import * as z from "zod";

/**
 * Messages between the extension and its webviews. Any message may be lost while a webview is hidden, so each one is
 * a complete snapshot, never a delta; a webview asks for one with `ready` whenever it (re)loads.
 */
export const webviewProtocolVersion = 1;

const numbers = z.array(z.number());

/** Columns of one curve, decimated to at most 2,000 points with extremes kept. */
export const curveSchema = z.object({
  step: numbers,
  /** Seconds of training since the run started. */
  seconds: numbers,
  /** Characters, words or sequences trained on so far. */
  items: numbers,
  /** Nats per character, word or sequence. */
  loss: numbers,
  /** By which the task is judged: bits per character, perplexity, or accuracy as a share. */
  figure: numbers,
});
export type Curve = z.infer<typeof curveSchema>;

export const runSnapshotSchema = z.object({
  /** Absolute path of the run directory: its identity. */
  dir: z.string(),
  name: z.string(),
  task: z.enum(["character-model", "word-model", "classification"]),
  state: z.enum(["running", "finished", "interrupted", "crashed"]),
  /** Index into the chart colours; stable for a run while the window lives. */
  colour: z.number().int().nonnegative(),
  /** The task's figure: deployable on the test part when evaluated, else the best of validation, else null. */
  metric: z.object({ label: z.string(), value: z.number() }).nullable(),
  step: z.number().int(),
  steps: z.number().int(),
  /** Characters, words or sequences. */
  itemsPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  computeKernel: z.string(),
  /** Flat spec fields in words ("quantiser": "ternary, stochastic"), for the table of differences. */
  parameters: z.record(z.string(), z.string()),
  train: curveSchema,
  validation: curveSchema,
  learningRate: z.object({ step: numbers, value: numbers }),
  gradientNorm: z.object({ step: numbers, value: numbers }),
  itemsPerSecondHistory: z.object({ step: numbers, value: numbers }),
  weights: z.object({ step: numbers, minus: numbers, zero: numbers, plus: numbers, flips: numbers }),
});
export type RunSnapshot = z.infer<typeof runSnapshotSchema>;

/** A horizontal line to compare curves with, for example an n-gram model of the same text. */
export const referenceSchema = z.object({
  label: z.string(),
  bpc: z.number(),
  /** Where the figure comes from, shown on hover. */
  source: z.string(),
});
export type Reference = z.infer<typeof referenceSchema>;

/** The accelerator's shape and, where a run is shown, the integers it computes with. */
export const pipelineSnapshotSchema = z.object({
  /** Name of the run, or of the preset when no run is there. */
  title: z.string(),
  inputs: z.number().int().positive(),
  inputKind: z.enum(["one-hot", "dense"]),
  units: z.number().int().positive(),
  macUnits: z.number().int().positive(),
  precision: z.enum(["full", "binary", "ternary"]),
  clockMegahertz: z.number().positive(),
  network: z
    .object({
      /** Base64 of Int8 codes (-1, 0, 1), row-major [inputs, 4 units], gate blocks g f i o. */
      inputCodes: z.string(),
      /** [units, 4 units] */
      recurrentCodes: z.string(),
      /** Per gate row, [4 units]. */
      scaleRecurrent: numbers,
      scaleInput: numbers,
      shift: numbers,
      cellScale: numbers,
      cellShift: numbers,
      /** State before the shown timestep, [units] each. */
      hidden: numbers,
      cell: numbers,
      /** The symbol fed at this timestep and its id. */
      symbol: z.string(),
      symbolId: z.number().int().nonnegative(),
    })
    .nullable(),
});
export type PipelineSnapshot = z.infer<typeof pipelineSnapshotSchema>;

const version = z.literal(webviewProtocolVersion);

export const toWebviewSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("runs"),
    version,
    runs: z.array(runSnapshotSchema),
    selected: z.array(z.string()),
    references: z.array(referenceSchema).optional(),
  }),
  z.object({ type: z.literal("pipeline"), version, pipeline: pipelineSnapshotSchema }),
]);
export type ToWebview = z.infer<typeof toWebviewSchema>;

export const fromWebviewSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready"), version }),
  z.object({ type: z.literal("select"), version, dirs: z.array(z.string()) }),
  z.object({ type: z.literal("open-curves"), version }),
  z.object({ type: z.literal("open-pipeline"), version }),
  /** Stop the training that writes this run. */
  z.object({ type: z.literal("stop"), version, dir: z.string() }),
  /** Save text or base64 data under a name the user picks. */
  z.object({
    type: z.literal("save"),
    version,
    suggestedName: z.string(),
    encoding: z.enum(["utf8", "base64"]),
    data: z.string(),
  }),
]);
export type FromWebview = z.infer<typeof fromWebviewSchema>;

/** MIME type of the live training output in a cell; JSON of `RunSnapshot`. */
export const trainingMime = "application/vnd.tritloom.training+json";
