import type { RunSnapshot } from "../../src/runs/runViews.js";

export interface Difference {
  parameter: string;
  /** One value a run, in the order of the runs; "–" where a run has no such parameter. */
  values: string[];
}

/** The parameters in which the runs differ and nothing else; empty for fewer than two runs. */
export function differences(runs: readonly RunSnapshot[]): Difference[] {
  const parameters = new Set(runs.flatMap((run) => Object.keys(run.parameters)));
  return [...parameters]
    .map((parameter) => ({ parameter, values: runs.map((run) => run.parameters[parameter] ?? "–") }))
    .filter(({ values }) => new Set(values).size > 1);
}
