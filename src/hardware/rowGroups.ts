import { gateRows } from "./fixedModel.js";
import type { FixedLayer } from "./fixedModel.js";

/** Gate rows that are computed one after the other, without a pause between groups. */
export interface RowSpan {
  readonly firstRow: number;
  readonly rows: number;
}

type LayerRows = Pick<FixedLayer, "cell" | "units">;

/** All rows of an LSTM; of a GRU those of r and z, then those of n, which needs r. */
export function rowPhases({ cell, units }: LayerRows): RowSpan[] {
  const all = { firstRow: 0, rows: gateRows({ cell, units }) };
  return cell === "lstm"
    ? [all]
    : [
        { firstRow: 0, rows: 2 * units },
        { firstRow: 2 * units, rows: units },
      ];
}

/**
 * The gate rows that P MAC units compute at once, in the order of the weight memory's words. The last group of a phase
 * may have fewer than P rows: a new phase begins with a group of its own.
 */
export function rowGroups(layer: LayerRows, macUnits: number): RowSpan[] {
  return rowPhases(layer).flatMap(({ firstRow, rows }) =>
    Array.from({ length: Math.ceil(rows / macUnits) }, (_, group) => ({
      firstRow: firstRow + group * macUnits,
      rows: Math.min(macUnits, rows - group * macUnits),
    })),
  );
}
