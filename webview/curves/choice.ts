import type { ViewedRun } from "../shared/viewedRuns.js";
import type { ViewOptions } from "./viewOptions.js";

type Choice = Pick<ViewOptions, "checked" | "adopted">;

function same(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((dir, index) => dir === right[index]);
}

/**
 * Takes over what the extension selects, once for each new selection: later the user's own boxes count. An empty
 * selection leaves the boxes alone, and after it even the selection before it is a new one.
 */
export function adopt(choice: Choice, selected: readonly string[]): Choice {
  if (same(selected, choice.adopted)) {
    return choice;
  }
  return { checked: selected.length === 0 ? choice.checked : [...selected], adopted: [...selected] };
}

/** The overlaid runs: those chosen, or else the running ones, or else the first of the list. */
export function overlaid(runs: readonly ViewedRun[], checked: ViewOptions["checked"]): ViewedRun[] {
  if (checked !== null) {
    return runs.filter(({ dir }) => checked.includes(dir));
  }
  const running = runs.filter(({ state }) => state === "running");
  return running.length > 0 ? running : runs.slice(0, 1);
}
