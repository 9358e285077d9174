import { measures } from "../../src/runs/measures.js";
import type { RunSnapshot } from "../../src/runs/runViews.js";
import { durationText } from "../../src/text/durationText.js";

/** A sign beside the word, so that a state is told by more than its colour. */
export const stateSigns: Record<RunSnapshot["state"], string> = {
  running: "●",
  finished: "✓",
  interrupted: "‖",
  crashed: "⚠",
};

/** "running", "interrupted · window closed", "crashed · error": the state, and what ended it in a word or two. */
export function stateText({ state, ending }: Pick<RunSnapshot, "state" | "ending">): string {
  return ending === null ? state : `${state} · ${ending.split(":")[0]}`;
}

/** Whole numbers with thin gaps between thousands: 1 216 035. */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString("en").replaceAll(",", "\u202f");
}

/** Three significant digits with a unit prefix: 12.4 k. */
export function formatRate(value: number): string {
  const [scaled, prefix] = value >= 1e6 ? [value / 1e6, "M"] : value >= 1e3 ? [value / 1e3, "k"] : [value, ""];
  return `${Number(scaled.toPrecision(3))}\u202f${prefix}`.trimEnd();
}

export const formatSeconds = durationText;

/** How far a run is, in one line: step, speed, time left. */
export function progressText(run: Omit<RunSnapshot, "state">): string {
  const parts = [`step ${formatCount(run.step)} of ${formatCount(run.steps)}`];
  if (run.itemsPerSecond !== null) {
    parts.push(`${formatRate(run.itemsPerSecond)} ${measures[run.task].items}/s`);
  }
  if (run.secondsLeft !== null) {
    parts.push(`${formatSeconds(run.secondsLeft)} left`);
  }
  return parts.join(" · ");
}

/** The run's best figure, or a dash before there is one. */
export function metricText({ metric, task }: RunSnapshot): string {
  return metric === null ? "–" : measures[task].short(metric.value);
}
