import { measures } from "../runs/measures.js";
import type { RunSummary } from "../runs/runViews.js";

/** One run of a history of trials. */
export interface Attempt<Run extends RunSummary = RunSummary> {
  readonly run: Run;
  /** The number of the run, from 1, in the order of their start. */
  readonly number: number;
  readonly figure: number;
  /** The best of this one and those before. */
  readonly best: number;
}

/** The runs of one task that have a figure, in the order of their start, and the best of each with those before it. */
export function bestSoFar<Run extends RunSummary>(runs: readonly Run[], task: RunSummary["task"]): Attempt<Run>[] {
  const { better } = measures[task];
  const judged = runs.filter((run) => run.task === task && run.metric !== null).toSorted((one, other) => (one.startedAt ?? Infinity) - (other.startedAt ?? Infinity));
  const attempts: Attempt<Run>[] = [];
  for (const run of judged) {
    const figure = run.metric!.value;
    const before = attempts.at(-1);
    attempts.push({ run, number: attempts.length + 1, figure, best: before === undefined ? figure : better(before.best, figure) });
  }
  return attempts;
}
