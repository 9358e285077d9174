import type { ExperimentSpec } from "../experiment/spec.js";
import type { InterruptReason } from "../runs/contract.js";
import type { TrialResult } from "./contract.js";

/** One piece of work: train a trial up to a step. Plain data, so that whoever gets it can execute nothing else. */
export interface TrialJob {
  /** `jobKey`: two jobs with the same key are the same job. */
  readonly key: string;
  /** Its trial. */
  readonly trial: string;
  readonly spec: ExperimentSpec;
  /** Steps after which it ends, at one of its validations or at its end. */
  readonly steps: number;
  /** The sweep's directory, and the run's own directory in it. */
  readonly sweep: string;
  readonly dir: string;
  /** The file of the sweep with its data, where that was given in a cell; else null. */
  readonly dataFile: string | null;
}

/** What an engine tells. It may tell anything more than once; who reads it drops repeats. */
export type TrialEvent =
  /** Its training has begun: an engine may take more jobs than it trains at a time. */
  | { readonly type: "began"; readonly key: string }
  /** The result is recorded in the sweep's directory. */
  | { readonly type: "ended"; readonly key: string; readonly result: TrialResult }
  /** A worker or its machine failed; the job is tried again after a while. */
  | { readonly type: "retried"; readonly key: string; readonly attempt: number; readonly reason: string }
  /** A person stopped it alone, with a checkpoint, as `tritloom stop RUN` does. */
  | { readonly type: "stopped"; readonly key: string }
  /** It failed as often as the engine tries. */
  | { readonly type: "abandoned"; readonly key: string; readonly reason: string }
  /** What a person should know or do meanwhile; null: all is well again. */
  | { readonly type: "notice"; readonly text: string | null };

/** A place where the trials of a sweep are trained. */
export interface SweepEngine {
  /** The word that chooses it: "local". */
  readonly name: string;
  /** How many jobs it takes at a time. */
  readonly slots: number;
  /** How many of them it trains at a time, where these are fewer. */
  readonly trainsAtOnce?: number;
  /** What a person would ask of the place where it trains: "4 tasks run, 6 wait (Priority)". */
  readonly status?: string | undefined;
  submit(job: TrialJob): void;
  /** All that happens to its jobs from now on; ends after `stop`. Fails where the engine can train nothing. */
  events(): AsyncIterable<TrialEvent>;
  /** Stops all trainings, each with a checkpoint; resolves when none runs any more. */
  stop(why: InterruptReason): Promise<void>;
}

export function jobKey(trial: string, steps: number): string {
  return `${trial}@${steps}`;
}
