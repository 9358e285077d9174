import * as z from "zod";
import { chipOptionsSchema } from "../src/hardware/chipOptions.js";
import { marksChangeSchema } from "../src/runs/marks.js";
import { shapeSchema } from "../src/hardware/schedule/shapeSchema.js";
import { curvesIncrementSchema, runSnapshotSchema, runSummarySchema } from "../src/runs/runViews.js";
import { lookSchema, valueViewSchema } from "../src/variables/contract.js";
import { webviewProtocolVersion } from "./protocol.js";

/**
 * What a cell's output keeps of a training. One that is written while it trains never says "running", as the notebook may be
 * opened when it no longer is: `unsettled`. Earlier versions wrote "running" there.
 */
export const trainingOutputSchema = runSnapshotSchema.extend({ state: z.enum([...runSnapshotSchema.shape.state.options, "unsettled"]) });
export type TrainingOutputData = z.infer<typeof trainingOutputSchema>;

/** A cell's output asks the extension how the run in this directory is now. */
export const askRunSchema = z.object({ type: z.literal("ask-run"), dir: z.string() });
export type AskRun = z.infer<typeof askRunSchema>;

/** The answer; null for a run that is not one of the workspace, or not found yet. */
export const runEvidenceSchema = z.object({ type: z.literal("run-evidence"), dir: z.string(), run: runSnapshotSchema.nullable() });
export type RunEvidence = z.infer<typeof runEvidenceSchema>;

/** The accelerator's shape and, where a run is shown, the integers it computes with. */
const integers = z.array(z.number().int());

/** A number is integer * 2^-fractionBits, the integer in so many bits. */
const fixedPointSchema = z.object({ bits: z.number().int().positive(), fractionBits: z.number().int() });
export type FixedPointFormat = z.infer<typeof fixedPointSchema>;

/** Row-major integers, so many bytes each, little endian: codes -1, 0 and 1, or full-precision weights. */
const weightsSchema = z.object({ bytes: z.literal([1, 2, 4]), base64: z.string() });
export type PackedWeights = z.infer<typeof weightsSchema>;

/** The accelerator's integers in the shown timestep of one layer: I inputs, H units, R gate rows. */
export const pipelineValuesSchema = z.object({
  /** [I, R] and [H, R] */
  inputWeights: weightsSchema,
  recurrentWeights: weightsSchema,
  input: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("symbol"), name: z.string(), id: z.number().int().nonnegative() }),
    /** [I] */
    z.object({ kind: z.literal("features"), name: z.string(), integers }),
  ]),
  /** h that the recurrent columns read, and what those of the last gate read instead: r·h of a GRU that resets before. [H] */
  hidden: integers,
  candidateHidden: integers.nullable(),
  /** The recurrent columns that the timestep reads with delta updates, and the cycles that it then takes. */
  delta: z.object({ threshold: z.number().int(), columns: z.number().int(), cycles: z.number().int() }).nullable(),
  /** c before the timestep; null for a GRU. */
  cell: integers.nullable(),
  /** The place that the range of c's format comes from. */
  cellRange: z.enum(["calibrated", "trained", "assumed"]).nullable(),
  /** [R] each. */
  recurrentSums: integers,
  inputSums: integers,
  /** The scales of the recurrent sums, or of the input sums where h has no weights. */
  scales: integers,
  preactivations: integers,
  gates: integers,
  /** The values after the timestep, [H] each. */
  nextCell: integers.nullable(),
  nextHidden: integers,
  formats: z.object({
    hidden: fixedPointSchema,
    input: fixedPointSchema,
    scale: fixedPointSchema,
    preactivation: fixedPointSchema,
    gate: fixedPointSchema,
    cell: fixedPointSchema.nullable(),
  }),
});
export type PipelineValues = z.infer<typeof pipelineValuesSchema>;

export const pipelineSnapshotSchema = z.object({
  /** Name of the run, or what the preset is when no run is there. */
  title: z.string(),
  /** The run's chip in words; null for a preset, which is nobody's run. */
  chip: z
    .object({
      /** Array, delta updates, widths. */
      words: z.string(),
      /** How the ranges came about. */
      ranges: z.string(),
      /** Which timestep is shown. */
      timestep: z.string(),
    })
    .nullable(),
  /** The layers from the input on. */
  layers: z.array(z.object({ shape: shapeSchema, values: pipelineValuesSchema.nullable() })).min(1),
});
export type PipelineSnapshot = z.infer<typeof pipelineSnapshotSchema>;

const chipLinkSchema = z.object({
  /** Absolute path of the run's directory. */
  dir: z.string(),
  options: chipOptionsSchema,
});

/** A schedule in a cell's output: whose chip it is, and its layers from the input on. */
export const scheduleOutputSchema = chipLinkSchema.extend({ name: z.string(), shapes: z.array(shapeSchema).min(1).readonly() });
export type ScheduleOutput = z.infer<typeof scheduleOutputSchema>;
export type ChipLink = Omit<ScheduleOutput, "shapes">;

/** A cell's output asks the extension to show this chip in the panel. */
export const openChipSchema = chipLinkSchema.extend({ type: z.literal("open-chip") });
export type OpenChip = z.infer<typeof openChipSchema>;

/** What the pickers of run and chip show, whether or not the chip is there yet. */
export const pipelineChoiceSchema = z.object({
  /** Runs that there is a chip of, newest first. */
  runs: z.array(z.object({ dir: z.string(), name: z.string() })),
  /** The chosen one; null for the preset. */
  dir: z.string().nullable(),
  options: chipOptionsSchema,
});
export type PipelineChoice = z.infer<typeof pipelineChoiceSchema>;

export const pipelineStateSchema = z.object({
  choice: pipelineChoiceSchema,
  shown: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("pipeline"), pipeline: pipelineSnapshotSchema }),
    /** The chip is being made. */
    z.object({ kind: z.literal("working"), text: z.string() }),
    /** There is none: why, and what to do. */
    z.object({ kind: z.literal("problem"), text: z.string() }),
  ]),
});
export type PipelineState = z.infer<typeof pipelineStateSchema>;

/** One ROM file: its integers as a picture, its words, and what is wrong with it. */
export const romSnapshotSchema = z.object({
  /** Name of the file. */
  title: z.string(),
  /** Format and size in words. */
  summary: z.string(),
  findings: z.array(
    z.object({
      line: z.number().int().positive(),
      rule: z.string(),
      severity: z.enum(["error", "warning"]),
      message: z.string(),
    }),
  ),
  picture: z
    .object({
      /** What a row of cells is: an input of the matrix, or a word. */
      rowName: z.string(),
      rows: z.number().int().positive(),
      /** Blocks of cells side by side: gates, or the bits of a word. */
      blocks: z.array(z.object({ label: z.string(), columns: z.number().int().positive(), columnName: z.string() })).min(1),
      /** Base64 of little-endian Int32, row-major over all blocks; the least Int32 where there is no value. */
      values: z.string(),
    })
    .nullable(),
  words: z.object({
    /** Words of the file; `shown` may be fewer. */
    total: z.number().int().nonnegative(),
    shown: z.array(z.object({ address: z.number().int().nonnegative(), digits: z.string(), line: z.number().int() })),
  }),
});
export type RomSnapshot = z.infer<typeof romSnapshotSchema>;
export type RomPicture = NonNullable<RomSnapshot["picture"]>;

/** The variable that was opened last, as far as there is one. */
export const variableStateSchema = z.object({
  /** What the page asked for last; null while no variable was opened. */
  look: lookSchema.nullable(),
  /** The [n] of the cell that runs, which may change the value; null while none does. */
  runningCell: z.number().int().nullable(),
  shown: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("value"), view: valueViewSchema }),
    /** There is none: why, and what to do. */
    z.object({ kind: z.literal("problem"), text: z.string() }),
  ]),
});
export type VariableState = z.infer<typeof variableStateSchema>;

const version = z.literal(webviewProtocolVersion);

/**
 * The runs that a view knows: what became of them since the message before, or all of it. Messages are numbered, so that a view
 * that missed one sees it at the next; it then asks for all of it with `ready`, and until that comes stays as it is.
 */
export const runsMessageSchema = z.object({
  type: z.literal("runs"),
  version,
  number: z.number().int(),
  /** Number of the message that this one goes on from; null where it says all. */
  after: z.number().int().nullable(),
  /** Runs that are new or read differently than before. */
  rows: z.array(runSummarySchema),
  gone: z.array(z.string()),
  /** Curves are there of runs that are selected or train: select one, and its curves come. */
  curves: z.array(z.object({ dir: z.string(), increment: curvesIncrementSchema })),
  /** Runs whose curves are no longer kept up to date. */
  withoutCurves: z.array(z.string()),
  /** Null where it is as before. */
  selected: z.array(z.string()).nullable(),
  /** There may be more runs than these: they are still being looked for. */
  isSearching: z.boolean(),
});
export type RunsMessage = z.infer<typeof runsMessageSchema>;

/**
 * Messages between the extension and its webviews. Any message may be lost while a webview is hidden, so a message is a complete
 * snapshot, or says which one it goes on from; a webview asks for snapshots with `ready` whenever it (re)loads.
 */
export const toWebviewSchema = z.discriminatedUnion("type", [
  runsMessageSchema,
  pipelineStateSchema.extend({ type: z.literal("pipeline"), version }),
  z.object({ type: z.literal("rom"), version, rom: romSnapshotSchema }),
  variableStateSchema.extend({ type: z.literal("variable"), version }),
]);
export type ToWebview = z.infer<typeof toWebviewSchema>;

export const keptViewSchema = z.object({ at: z.number(), view: z.record(z.string(), z.unknown()) });
export type KeptView = z.infer<typeof keptViewSchema>;

export const fromWebviewSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready"), version }),
  z.object({ type: z.literal("select"), version, dirs: z.array(z.string()) }),
  /** How the view looks at its data, and when that was chosen (milliseconds since the epoch): for the next time it opens. */
  keptViewSchema.extend({ type: z.literal("keep-view"), version }),
  z.object({ type: z.literal("open-curves"), version }),
  z.object({ type: z.literal("open-pipeline"), version }),
  /** Show another chip: of a run, or the preset; without options those that it has. */
  z.object({ type: z.literal("choose-chip"), version, dir: z.string().nullable(), options: chipOptionsSchema.optional() }),
  /** Stop the training that writes this run. */
  z.object({ type: z.literal("stop"), version, dir: z.string() }),
  /** Train this run on, which stopped before its last step. */
  z.object({ type: z.literal("resume"), version, dir: z.string() }),
  /** Star, tag or hide runs, or the opposite. */
  z.object({ type: z.literal("mark-runs"), version, dirs: z.array(z.string()), change: marksChangeSchema }),
  /** Ask the user for the name, note or tags of runs. */
  z.object({ type: z.literal("edit-marks"), version, dirs: z.array(z.string()), field: z.enum(["name", "note", "tags"]) }),
  /** Put runs aside, with a way to bring them back. */
  z.object({ type: z.literal("delete-runs"), version, dirs: z.array(z.string()) }),
  /** Show another part of a variable, or the same in another way. */
  z.object({ type: z.literal("look"), version, look: lookSchema }),
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
