import type { Curve, RunSnapshot } from "../../src/runs/runViews.js";
import { valueText, xAxisTitle } from "./axisTitles.js";
import type { FigureInput } from "./figure.js";

/** Index of the value nearest to the wanted one; undefined for no values. */
export function nearestIndex(values: readonly number[], wanted: number): number | undefined {
  let nearest: number | undefined;
  values.forEach((value, index) => {
    if (nearest === undefined || Math.abs(value - wanted) < Math.abs(values[nearest]! - wanted)) {
      nearest = index;
    }
  });
  return nearest;
}

/** All values at the cross-hair in words: what the hover box shows, for those who cannot see it. */
export function readout({ runs, options }: Pick<FigureInput, "runs" | "options">, x: number): string {
  const valueAt = (name: string, { task }: RunSnapshot, curve: Curve): string[] => {
    const index = nearestIndex(curve[options.xAxis], x);
    const value = index === undefined ? undefined : curve[options.quantity][index];
    return typeof value !== "number" ? [] : [`${name} ${valueText(task, options.quantity, value)}`];
  };
  const values = runs.map((run) => {
    const parts = [
      ...(options.train ? valueAt("training", run, run.train) : []),
      ...(options.validation ? valueAt("validation", run, run.validation) : []),
    ];
    return `${run.name} ${parts.join(", ") || "no values"}`;
  });
  return `${xAxisTitle(runs, options.xAxis)} ${Math.round(x)}: ${values.join("; ")}.`;
}
