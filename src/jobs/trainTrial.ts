import type { TaskData } from "../data/contract.js";
import type { ExperimentSpec } from "../experiment/spec.js";
import { shippedValidation } from "../runs/figureMethods.js";
import { measures } from "../runs/measures.js";
import { OwnedRunError } from "../runs/enterRun.js";
import { NoRunError, readCourse, readRun, type RunReading } from "../runs/readRun.js";
import { trialId } from "../sweeps/trialId.js";
import type { TrialResult } from "../sweeps/contract.js";
import type { TrialJob } from "../sweeps/engine.js";
import { recordResult } from "../sweeps/results.js";
import { trainRun } from "./trainRun.js";

/** The trial was stopped before it came to its step; its run has a checkpoint. */
export class TrialStoppedError extends Error {
  override readonly name = "TrialStopped";
}

/** Trials of one worker, which often have the same data. */
export class TrialTrainer {
  private latest: { readonly task: string; readonly data: TaskData } | undefined;

  /**
   * Trains a trial up to the step of a job, from its beginning or on from its checkpoint, and records the result.
   * @returns the result that counts; an error of the configuration is a result, too
   * @throws TrialStoppedError after `signal` aborted; errors of the machine, after which the job may be tried again
   */
  async train(job: TrialJob, signal: AbortSignal): Promise<TrialResult> {
    const since = performance.now();
    const seconds = (): number => (performance.now() - since) / 1000;
    const common = { version: 1, trial: job.trial, steps: job.steps } as const;
    try {
      const figures = await figuresAt(job, await this.reach(job, signal));
      return await recordResult(job.sweep, { ...common, seconds: seconds(), outcome: "value", ...figures });
    } catch (error) {
      if (error instanceof TrialStoppedError || isOfMachine(error)) {
        throw error;
      }
      return recordResult(job.sweep, { ...common, seconds: seconds(), outcome: "error", message: (error as Error).message });
    }
  }

  private async reach(job: TrialJob, signal: AbortSignal): Promise<RunReading> {
    const { dir, spec, steps, dataFile } = job;
    if (trialId(spec) !== job.trial) {
      throw new Error(`The spec of the trial ${job.trial} is another one: it would be the trial ${trialId(spec)}.`);
    }
    const before = await reached(job);
    if (before !== undefined) {
      return before;
    }
    const task = JSON.stringify([spec.task, dataFile]);
    const data = await trainRun({
      dir,
      spec,
      dataFile: dataFile ?? undefined,
      pauseAt: steps,
      signal,
      data: this.latest?.task === task ? this.latest.data : undefined,
    });
    this.latest = { task, data };
    const after = await reached(job);
    if (after === undefined) {
      throw new TrialStoppedError(`The trial ${job.trial} was stopped.`);
    }
    return after;
  }
}

/**
 * The run where it is finished, or has a checkpoint at the step; undefined where it is not there yet.
 * @throws Error for the run of another trial
 */
async function reached({ dir, steps, trial }: TrialJob): Promise<RunReading | undefined> {
  try {
    const reading = await readRun(dir);
    const { state, log, spec } = reading;
    if (trialId(spec) !== trial) {
      throw new Error(`The run ${dir} is not that of its trial: delete it, and the sweep trains the trial anew.`);
    }
    return state === "finished" || (state === "interrupted" && log.step >= steps) ? reading : undefined;
  } catch (error) {
    if (error instanceof NoRunError) {
      return undefined;
    }
    throw error;
  }
}

/** The figure of what ships after the job's steps, on the validation part. */
async function figuresAt({ dir, steps }: TrialJob, reading: RunReading): Promise<{ readonly value: number; readonly reached: number }> {
  const { spec } = reading;
  const course = await readCourse(dir, steps);
  const validation = shippedValidation(spec, course);
  const value = validation && measures[spec.task.kind].of(validation);
  if (value === undefined) {
    throw new Error(`The run ${dir} has no validation up to step ${steps}: its events are incomplete.`);
  }
  return { value, reached: reachedBy(reading, spec, steps) };
}

/** A training that ended early by itself came less far than it was asked to. */
function reachedBy({ result }: RunReading, spec: ExperimentSpec, steps: number): number {
  return Math.min(steps, result?.steps ?? spec.steps);
}

/** Errors that may be gone at the next try: of the disk, of memory, of another process at the same run. */
const codesOfMachine = new Set([
  "EAGAIN", "EBUSY", "ECONNRESET", "EDQUOT", "EIO", "EMFILE", "ENFILE", "ENOLCK", "ENOMEM", "ENOSPC", "EPIPE", "EROFS", "ESTALE", "ETIMEDOUT",
]);

/** @param error also one that another error names as its cause */
export function isOfMachine(error: unknown): boolean {
  if (error instanceof OwnedRunError) {
    return true;
  }
  if (!(error instanceof Error)) {
    return false;
  }
  const { code } = error as NodeJS.ErrnoException;
  return (code !== undefined && codesOfMachine.has(code)) || isOfMachine(error.cause);
}
