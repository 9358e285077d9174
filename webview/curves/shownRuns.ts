import type { RunSnapshot } from "../contract.js";
import { overlaid } from "./choice.js";
import { filterRuns } from "./filter.js";
import { sortRuns } from "./sorting.js";
import type { ViewOptions } from "./viewOptions.js";

/** What the panel shows of the runs it knows. */
export interface ShownRuns {
  /** The rows of the list: runs that fit the filter, in the chosen order. */
  readonly listed: readonly RunSnapshot[];
  /** The listed runs whose box is checked. */
  readonly checked: readonly RunSnapshot[];
  /** The checked runs that the chart draws: those of the task whose measure is on the axis. */
  readonly drawn: readonly RunSnapshot[];
  /** The checked runs of other tasks, whose figures do not compare. */
  readonly otherTasks: readonly RunSnapshot[];
}

/** The task whose measure is on the y axis: the chosen one while a run of it is checked, else that of the first run. */
export function axisTask(checked: readonly RunSnapshot[], chosen: ViewOptions["task"]): RunSnapshot["task"] | undefined {
  return checked.find(({ task }) => task === chosen)?.task ?? checked[0]?.task;
}

export function shownRuns(runs: readonly RunSnapshot[], options: ViewOptions): ShownRuns {
  const listed = filterRuns(sortRuns(runs, options.sort), options.filter);
  // Chosen among all: the extension sends curves of the newest run, not of the one that stands first here.
  const overlay = new Set(overlaid(runs, options.checked));
  const checked = listed.filter((run) => overlay.has(run));
  const onAxis = axisTask(checked, options.task);
  return {
    listed,
    checked,
    drawn: checked.filter(({ task }) => task === onAxis),
    otherTasks: checked.filter(({ task }) => task !== onAxis),
  };
}

/** What is told of a run in the panel, besides its curves, which grow with its step. */
function outline({ dir, name, state, ending, colour, metric, step, itemsPerSecond, secondsLeft, train, validation, weights }: RunSnapshot): string {
  const lengths = [train, validation, weights].map((curve) => curve.step.length);
  return JSON.stringify([dir, name, state, ending, colour, metric, step, itemsPerSecond, secondsLeft, lengths]);
}

/** The runs of a new message; one that did not change stays the same object, so that its lines need no drawing again. */
export function keepUnchanged(before: readonly RunSnapshot[], now: readonly RunSnapshot[]): RunSnapshot[] {
  const known = new Map(before.map((run) => [run.dir, run]));
  return now.map((run) => {
    const old = known.get(run.dir);
    return old !== undefined && outline(old) === outline(run) ? old : run;
  });
}
