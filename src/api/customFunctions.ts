import { customFunctionSpec, type CustomFunctionSpec, customInWords } from "../experiment/customFunction.js";
import type { ExperimentSpec, LearningRateSpec } from "../experiment/spec.js";
import type { Schedule } from "../rnn/training/schedule.js";
import { RunError } from "../runs/readRun.js";
import { printableLine } from "../text/printable.js";
import { scheduleOf } from "./optimisers.js";
import type { OnStep } from "../jobs/stepCallback.js";

/** The functions of a cell that a training calls. */
export interface CustomFunctions {
  readonly schedule?: Schedule | undefined;
  readonly onStep?: OnStep | undefined;
}

/** What a run cannot keep, and needs again to train on; not needed in the session that trained it. */
export interface ResumeOptions {
  /** The same `tl.schedule()` as before, for a run whose learning rate follows one. */
  learningRate?: LearningRateSpec;
  /** The same callback as before, for a run that has one. */
  onStep?: OnStep;
}

/** @throws TypeError for what is no function */
export function callbackSpec(word: string, onStep: OnStep): CustomFunctionSpec {
  const name = printableLine(String((onStep as { name?: unknown } | null)?.name ?? "")).slice(0, 100);
  return customFunctionSpec(word, name || "onStep", onStep);
}

/** @throws TypeError for a custom learning rate that `tl.schedule` did not make */
export function scheduleOfOptions(word: string, learningRate: LearningRateSpec | undefined): Schedule | undefined {
  const schedule = scheduleOf(learningRate);
  if (learningRate?.kind === "custom" && schedule === undefined) {
    throw new TypeError(`learningRate of ${word} has no function: give tl.schedule("name", ({ step, steps }) => rate) as it was returned`);
  }
  return schedule;
}

/**
 * The functions with which a run trains on: those given, or those of this session.
 * @throws RunError where one is missing, or another than before
 */
export function resumedFunctions(dir: string, spec: ExperimentSpec, given: ResumeOptions, known: CustomFunctions): CustomFunctions {
  const { learningRate } = spec.optimiser;
  const wanted = learningRate.kind === "custom" ? learningRate : undefined;
  const schedule = scheduleOfOptions("run.resume()", given.learningRate);
  const found = schedule && customFunctionSpec("tl.schedule()", wanted?.name ?? "", schedule);
  const callback = given.onStep && callbackSpec("onStep of run.resume()", given.onStep);
  requireSame(dir, { option: "learningRate", example: `tl.schedule(${JSON.stringify(wanted?.name)}, ...)`, wanted, found, isKnown: known.schedule !== undefined });
  requireSame(dir, { option: "onStep", example: "the callback", wanted: spec.onStep, found: callback, isKnown: known.onStep !== undefined });
  return { schedule: schedule ?? known.schedule, onStep: given.onStep ?? known.onStep };
}

interface Comparison {
  readonly option: keyof ResumeOptions;
  readonly example: string;
  /** The function that the run had. */
  readonly wanted: CustomFunctionSpec | undefined;
  /** The function that was given. */
  readonly found: CustomFunctionSpec | undefined;
  readonly isKnown: boolean;
}

function requireSame(dir: string, { option, example, wanted, found, isKnown }: Comparison): void {
  if (wanted === undefined && found !== undefined) {
    throw new RunError(`The run ${dir} began without a function as ${option}: leave it out, or start a new run with it.`);
  }
  if (wanted !== undefined && found === undefined && !isKnown) {
    throw new RunError(
      `The run ${dir} cannot be resumed without its ${option}, the function ${customInWords(wanted)} of a cell, which no file holds: ` +
        `resume it in a notebook, await (await tl.openRun(${JSON.stringify(dir)})).resume({ ${option}: ${example} }).`,
    );
  }
  if (wanted !== undefined && found !== undefined && wanted.sha256 !== found.sha256) {
    throw new RunError(
      `The run ${dir} began with another function as ${option}: ${customInWords(wanted)}, not SHA-256 ${found.sha256.slice(0, 12)}. ` +
        "Give the same function, or start a new run.",
    );
  }
}
