import type { Curve, RunSnapshot } from "../../src/runs/runViews.js";
import { valueText, xAxisTitle, yAxisTitle } from "./axisTitles.js";
import type { ViewOptions } from "./viewOptions.js";

function latest(name: string, { task }: RunSnapshot, curve: Curve, quantity: ViewOptions["quantity"]): string[] {
  const value = curve[quantity].at(-1);
  return typeof value !== "number" ? [] : [`${name} ${valueText(task, quantity, value)}`];
}

/** Runs that are described one by one; more would take minutes to hear. */
const mostDescribed = 12;

/** The main chart in words, with the latest values of each run: its accessible name. */
export function chartDescription(runs: readonly RunSnapshot[], options: ViewOptions): string {
  const scales = [options.logX ? "logarithmic x" : "", options.logY ? "logarithmic y" : ""].filter((word) => word !== "");
  const what = [`Training curves: ${yAxisTitle(runs, options.quantity)} by ${xAxisTitle(runs, options.xAxis)}`, ...scales];
  const values = runs.slice(0, mostDescribed).map((run) => {
    const figures = [
      ...(options.train ? latest("training", run, run.train, options.quantity) : []),
      ...(options.validation ? latest("validation", run, run.validation, options.quantity) : []),
    ];
    return `${run.name}, ${run.state}, step ${run.step} of ${run.steps}: ${figures.join(", ") || "no values yet"}`;
  });
  const more = runs.length > mostDescribed ? [`${runs.length - mostDescribed} more runs`] : [];
  return `${[what.join(", "), ...values, ...more].join(". ")}.`;
}
