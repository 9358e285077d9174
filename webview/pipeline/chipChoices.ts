import type { ChipOptions } from "../../src/hardware/chipOptions.js";

/** Numbers to choose from: the usual ones and the chip's own. */
export function numbersWith(usual: readonly number[], own: number | undefined): number[] {
  return [...new Set([...usual, ...(own === undefined ? [] : [own])])].sort((a, b) => a - b);
}

/** The options with a threshold for delta updates, which read one column a cycle, or with several columns, which rule them out. */
export function withChange(options: ChipOptions, change: Pick<ChipOptions, "macUnits" | "columnsPerCycle" | "deltaThreshold">): ChipOptions {
  const { columnsPerCycle, deltaThreshold, ...others } = { ...options, ...change };
  const several = columnsPerCycle !== undefined && columnsPerCycle > 1;
  const keepsColumns = several && (change.columnsPerCycle !== undefined || deltaThreshold === undefined);
  const keepsDelta = deltaThreshold !== undefined && !keepsColumns;
  return { ...others, ...(keepsColumns && { columnsPerCycle }), ...(keepsDelta && { deltaThreshold }) };
}
