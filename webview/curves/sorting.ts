import { measures } from "../../src/runs/measures.js";
import type { ViewedRun } from "../shared/viewedRuns.js";
import type { ViewOptions } from "./viewOptions.js";

type Order = (one: ViewedRun, other: ViewedRun) => number;

const states: readonly ViewedRun["state"][] = ["running", "interrupted", "crashed", "finished"];

/** Names with numbers in them in the order of the numbers: "seed 2" before "seed 10". */
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
const byName: Order = (one, other) => collator.compare(one.name, other.name);
const byState: Order = (one, other) => states.indexOf(one.state) - states.indexOf(other.state);

/** Best first, task by task, because figures of different measures do not compare; runs without a figure last. */
const byFigure: Order = (one, other) => {
  if (one.metric === null || other.metric === null) {
    return Number(one.metric === null) - Number(other.metric === null);
  }
  if (one.task !== other.task) {
    return one.task < other.task ? -1 : 1;
  }
  const [left, right] = [one.metric.value, other.metric.value];
  return left === right ? 0 : measures[one.task].better(left, right) === left ? -1 : 1;
};

const orders: Record<Exclude<ViewOptions["sort"], "newest">, Order> = { name: byName, figure: byFigure, state: byState };

/** The runs in the chosen order; the extension gives the newest first, and equal runs keep that order. */
export function sortRuns(runs: readonly ViewedRun[], sort: ViewOptions["sort"]): ViewedRun[] {
  return sort === "newest" ? [...runs] : [...runs].sort(orders[sort]);
}
