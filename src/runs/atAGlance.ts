import type { RunState } from "./contract.js";

/** The one run to show where there is room for one: the first that trains, else the first selected, else the first. */
export function runAtAGlance<Run extends { readonly dir: string; readonly state: RunState }>(runs: readonly Run[], selected: readonly string[]): Run | undefined {
  return runs.find(({ state }) => state === "running") ?? runs.find(({ dir }) => selected.includes(dir)) ?? runs[0];
}
