import * as z from "zod";
import { experimentSpecSchema } from "../experiment/spec.js";
import { printableLine, printableLines } from "../text/printable.js";
import { ashaSchema } from "./asha.js";
import { engineSchema } from "./engineSpec.js";
import { searchSchema } from "./searches.js";

/**
 * A sweep is a directory that any reader can follow while it grows:
 *
 *   sweep.json     SweepSpec: what is searched, how, and by what it is judged
 *   log.jsonl      append-only, one SweepEvent a line, by the process that drives the sweep; a torn last line is ignored
 *   owner.json     who drives it, as of a run
 *   stop.json      a request of another process to its owner: stop, with checkpoints
 *   data/          texts and sequences that were given in a cell, once for all trials, by their SHA-256
 *   runs/          the trials: run directories like any other, NUMBER-TRIAL
 *   results/       TRIAL@STEPS.json, one TrialResult each, written once
 */
export const sweepFiles = { spec: "sweep.json", log: "log.jsonl", data: "data", runs: "runs", results: "results" } as const;

const word = z.string().transform(printableLine);
const label = z.union([word, z.number(), z.boolean(), z.null()]);
const whole = z.number().int().min(0);
const positive = z.number().int().positive();

const bounds = { low: z.number(), high: z.number(), log: z.boolean() };
const dimensionSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("real"), ...bounds }),
  z.object({ kind: z.literal("integer"), ...bounds }),
  /** The values as tables show them: some are made by a cell and are no JSON. */
  z.object({ kind: z.literal("choice"), values: z.array(label) }),
]);

export const sweepSpecSchema = z.object({
  version: z.literal(1),
  name: word,
  space: z.record(z.string(), dimensionSchema),
  search: searchSchema,
  /** Early stopping; null: every trial is trained to its end. */
  stop: ashaSchema.nullable(),
  /** Trainings of each candidate, each with a seed of its own. */
  seeds: positive.max(1000),
  /** The seed of the search; candidates are trained with the seeds of their experiments. */
  seed: z.number().int().min(0).max(0xffff_ffff),
  objective: z.literal("validation"),
  /** A search that learns chooses each candidate by what is known of those at least so many before it, so that a repeated sweep chooses the same. */
  window: positive,
  /** The place where its trials are trained, unless who goes on with it says otherwise; absent: in processes of this machine. */
  engine: engineSchema.optional(),
});
export type SweepSpec = z.infer<typeof sweepSpecSchema>;

export const trialSchema = z.object({
  /** `trialId` of the spec. */
  id: z.string().regex(/^[0-9a-f]{16}$/),
  spec: experimentSpecSchema,
});
/** One training of a candidate. */
export type Trial = z.infer<typeof trialSchema>;

const time = z.number();

export const sweepEventSchema = z.discriminatedUnion("type", [
  /** A process drives the sweep from here on. */
  z.object({ type: z.literal("started"), time, engine: word, slots: positive }),
  /** A point was chosen. */
  z.object({
    type: z.literal("candidate"),
    time,
    /** The number of the candidate, from 0. */
    number: whole,
    point: z.record(z.string(), z.number()),
    parameters: z.record(z.string(), label),
    /** One for each seed; none where the trial function failed. */
    trials: z.array(trialSchema),
    /** Why there is nothing to train. */
    fault: z.string().transform(printableLines).optional(),
  }),
  /** A candidate goes on to this rung. */
  z.object({ type: z.literal("promoted"), time, number: whole, rung: positive }),
  /** A worker was lost, or the machine failed it; the trial is tried again. */
  z.object({ type: z.literal("retried"), time, trial: word, attempt: positive, reason: z.string().transform(printableLines) }),
  /** This process trains it no further: it failed too often, or a person stopped it. The next one that drives the sweep tries again. */
  z.object({
    type: z.literal("abandoned"),
    time,
    trial: word,
    steps: positive,
    reason: z.string().transform(printableLines),
    /** Absent in sweeps of earlier versions, which did not tell one from the other. */
    why: z.enum(["failed", "stopped"]).default("failed"),
  }),
  /** What a person should know or do meanwhile; null: all is well again. */
  z.object({ type: z.literal("notice"), time, text: z.string().transform(printableLines).nullable() }),
  z.object({ type: z.literal("ended"), time, why: z.enum(["finished", "stopped"]) }),
]);
export type SweepEvent = z.infer<typeof sweepEventSchema>;
export type SweepEventOf<T extends SweepEvent["type"]> = Extract<SweepEvent, { type: T }>;

const resultFields = {
  version: z.literal(1),
  trial: trialSchema.shape.id,
  /** What was asked for: training up to this step. */
  steps: positive,
  /** Seconds from taking the trial up to this result, in all that this worker did for it. */
  seconds: z.number().min(0),
};

export const trialResultSchema = z.discriminatedUnion("outcome", [
  /** `value`: the figure by which the task is judged, on the validation part, of what ships after these steps. */
  z.object({ ...resultFields, outcome: z.literal("value"), value: z.number(), reached: positive }),
  /** An error that would come again: of the configuration, its data, or a training that diverged. */
  z.object({ ...resultFields, outcome: z.literal("error"), message: z.string().transform(printableLines) }),
]);
export type TrialResult = z.infer<typeof trialResultSchema>;
