import { measures } from "../../src/runs/measures.js";
import type { RunSnapshot } from "../../src/runs/runViews.js";
import type { ViewOptions } from "./viewOptions.js";

type Tasks = readonly Pick<RunSnapshot, "task">[];

/** Different words of the runs' tasks, each once; a character model's where there is no run. */
function words(runs: Tasks, word: (measure: (typeof measures)[RunSnapshot["task"]]) => string): string[] {
  const tasks = runs.length === 0 ? (["character-model"] as const) : runs.map(({ task }) => task);
  return [...new Set(tasks.map((task) => word(measures[task])))];
}


/** "characters" */
export function itemsName(runs: Tasks): string {
  return words(runs, ({ items }) => items).join(", ");
}

/** The title of the horizontal axis. */
export function xAxisTitle(runs: Tasks, xAxis: ViewOptions["xAxis"]): string {
  const titles: Record<ViewOptions["xAxis"], () => string> = {
    step: () => "step",
    seconds: () => "seconds of training",
    items: () => `${itemsName(runs)} trained on`,
  };
  return titles[xAxis]();
}

/** The title of the vertical axis. */
export function yAxisTitle(runs: Tasks, quantity: ViewOptions["quantity"]): string {
  return quantity === "figure"
    ? words(runs, ({ title }) => title).join(", ")
    : `cross-entropy, nats per ${words(runs, ({ item }) => item).join(", ")}`;
}

/** A value of the y axis as a person reads it. */
export function valueText(task: RunSnapshot["task"], quantity: ViewOptions["quantity"], value: number): string {
  return quantity === "figure" ? measures[task].text(value) : value.toFixed(3);
}
