import { runAtAGlance } from "../../runs/atAGlance.js";
import type { ListedRun } from "../runs/runList.js";

/** The directories of those runs whose curves a view can show. */
export type ShownDirs = (runs: readonly ListedRun[], selected: readonly string[]) => string[];

/** What the panel of curves can overlay: the chosen runs, those that train, and the newest. */
export const shownDirs: ShownDirs = (runs, selected) => {
  const chosen = new Set(selected);
  return runs.filter(({ dir, summary }, index) => index === 0 || chosen.has(dir) || summary.state === "running").map(({ dir }) => dir);
};

/** What the table of experiments compares: the chosen runs. */
export const chosenDirs: ShownDirs = (runs, selected) => {
  const chosen = new Set(selected);
  return runs.filter(({ dir }) => chosen.has(dir)).map(({ dir }) => dir);
};

/** The one run that the side view shows. */
export const glanceDirs: ShownDirs = (runs, selected) => {
  const run = runAtAGlance(runs.map(({ summary }) => summary), selected);
  return run === undefined ? [] : [run.dir];
};
