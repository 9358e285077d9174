import { rowPhases, type LayerRows, type RowSpan } from "./schedule/rowPhases.js";

/**
 * The gate rows that P MAC units compute at once, in the order of the weight memory's words. The last group of a phase
 * may have fewer than P rows: a new phase begins with a group of its own.
 */
export function rowGroups(layer: LayerRows, macUnits: number): RowSpan[] {
  return groupsOf(rowPhases(layer), macUnits);
}

/** The same for given phases. */
export function groupsOf(phases: readonly RowSpan[], macUnits: number): RowSpan[] {
  return phases.flatMap(({ firstRow, rows }) =>
    Array.from({ length: Math.ceil(rows / macUnits) }, (_, group) => ({
      firstRow: firstRow + group * macUnits,
      rows: Math.min(macUnits, rows - group * macUnits),
    })),
  );
}
