import type { ViewedRun } from "../shared/viewedRuns.js";
import { overlaid } from "./choice.js";
import { filterRuns } from "./filter.js";
import { sortRuns } from "./sorting.js";
import type { ViewOptions } from "./viewOptions.js";

/** What the panel shows of the runs it knows. */
export interface ShownRuns {
  /** The rows of the list: runs that fit the filter, in the chosen order. */
  readonly listed: readonly ViewedRun[];
  /** The listed runs whose box is checked. */
  readonly checked: readonly ViewedRun[];
  /** The checked runs that the chart draws: those of the task whose measure is on the axis. */
  readonly drawn: readonly ViewedRun[];
  /** The checked runs of other tasks, whose figures do not compare. */
  readonly otherTasks: readonly ViewedRun[];
}

/** The task whose measure is on the y axis: the chosen one while a run of it is checked, else that of the first run. */
export function axisTask(checked: readonly Pick<ViewedRun, "task">[], chosen: ViewOptions["task"]): ViewedRun["task"] | undefined {
  return checked.find(({ task }) => task === chosen)?.task ?? checked[0]?.task;
}

/** The runs that the list and the chart show with these options. */
export function shownRuns(runs: readonly ViewedRun[], options: ViewOptions): ShownRuns {
  const present = runs.filter(({ marks }) => !marks?.hidden);
  const listed = filterRuns(sortRuns(present, options.sort), options.filter);
  // Chosen among all: the extension sends curves of the newest run, not of the one that stands first here.
  const overlay = new Set(overlaid(present, options.checked));
  const checked = listed.filter((run) => overlay.has(run));
  const onAxis = axisTask(checked, options.task);
  return {
    listed,
    checked,
    drawn: checked.filter(({ task }) => task === onAxis),
    otherTasks: checked.filter(({ task }) => task !== onAxis),
  };
}
