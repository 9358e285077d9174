import { measures } from "../runs/measures.js";
import type { RunSummary } from "../runs/runViews.js";
import { type CellValue, type Column, keyOf } from "./columns.js";

/** Runs that have the same values in the columns they are grouped by: those that differ by their seeds alone, say. */
export interface Group<Run extends RunSummary = RunSummary> {
  /** The values of the columns, in their order. */
  readonly values: readonly CellValue[];
  readonly runs: readonly Run[];
  /** The mean of the runs that have a figure; null without one, and for runs of several tasks, whose figures do not compare. */
  readonly metric: Spread | null;
}

export interface Spread {
  readonly count: number;
  readonly best: number;
  readonly mean: number;
  /** The standard deviation of the sample, divided by count - 1; null of one run. */
  readonly deviation: number | null;
}

/** Groups in the order of their first runs. */
export function groupRuns<Run extends RunSummary>(runs: readonly Run[], columns: readonly Column[]): Group<Run>[] {
  const groups = new Map<string, { values: CellValue[]; runs: Run[] }>();
  for (const run of runs) {
    const values = columns.map((column) => column.value(run));
    const key = values.map(keyOf).join("\n");
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { values, runs: [run] });
    } else {
      group.runs.push(run);
    }
  }
  return [...groups.values()].map((group) => ({ ...group, metric: spreadOf(group.runs) }));
}

/** Mean and spread of the figures by which the runs are judged. */
export function spreadOf(runs: readonly RunSummary[]): Spread | null {
  const figures = runs.flatMap(({ metric }) => (metric === null ? [] : [metric.value]));
  const [first] = runs;
  if (first === undefined || figures.length === 0 || runs.some(({ task }) => task !== first.task)) {
    return null;
  }
  const count = figures.length;
  const mean = figures.reduce((sum, value) => sum + value, 0) / count;
  const squares = figures.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count, best: figures.reduce(measures[first.task].better), mean, deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : null };
}
