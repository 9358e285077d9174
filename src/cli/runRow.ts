import type { VerificationReading } from "../jobs/verifiedRun.js";
import type { EvaluationMethod } from "../experiment/evaluationMethod.js";
import type { TaskSpec } from "../experiment/taskSpec.js";
import type { RunMarks } from "../runs/marks.js";
import type { RunReading } from "../runs/readRun.js";
import type { RunSummary } from "../runs/runViews.js";

/** One line of the list. */
export interface ListedRun {
  readonly dir: string;
  readonly name: string;
  readonly task: TaskSpec["kind"];
  readonly state: string;
  /** What ended it before its last step, "window closed", "killed" or "error: …"; null where nothing or its user did. */
  readonly ending: string | null;
  readonly steps: number;
  readonly step: number;
  /** "BPC", "perplexity" or "accuracy", a share. */
  readonly measure: string;
  /** The best so far. */
  readonly validation: number | null;
  /** Deployable, of the shipped weights. */
  readonly test: number | null;
  /** Both once more for a character model; null for other tasks. */
  readonly validationBpc: number | null;
  readonly testBpc: number | null;
  /** How the figures were computed; null without a figure. */
  readonly validationHow: EvaluationMethod | null;
  readonly testHow: EvaluationMethod | null;
  /** What is wrong with its log, which then tells neither steps nor figures; null where nothing is. */
  readonly problem: string | null;
  /** The last comparison of its accelerator with simulators, and whether the run still ships that model; absent before the first. */
  readonly verification?: VerificationReading;
  /** Star, tags, note and the like; absent where the user set nothing. */
  readonly marks?: RunMarks;
}

/** A run, and all that its directory says. */
export interface RunRow {
  readonly listed: ListedRun;
  readonly summary: RunSummary;
  /** Absent for imported curves: their tool tells nothing else. */
  readonly reading?: RunReading;
}

/** One that cannot be read, and why. */
export interface DamagedRun {
  readonly dir: string;
  readonly message: string;
}
