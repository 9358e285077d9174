import { gatesOf, type Cell } from "./shape.js";
import { gateStages, lastGateRow, resetsBefore } from "./stages.js";

/** Gate rows that are computed one after the other, without a pause between groups. */
export interface RowSpan {
  readonly firstRow: number;
  readonly rows: number;
}

/** What determines a layer's gate rows and their phases. */
export type LayerRows = Cell & { readonly units: number };

/**
 * With the reset after the product, a candidate's row needs r of its own unit only, 2H rows before it. That r is written with
 * its row's last stage, and read a cycle before the candidate's stage "reset": so many rows must lie between the two.
 */
const leastRowsFromReset = gateStages.gru.length + 2 - gateStages.gru.indexOf("reset");

/** Whether a GRU's candidate rows begin only when the reset gates of all units are there. */
export function waitsForReset(layer: LayerRows): boolean {
  return layer.reset !== undefined && (resetsBefore(layer) || 2 * layer.units < leastRowsFromReset);
}

/**
 * All gate rows in one phase; of a GRU whose candidate waits (`waitsForReset`) those of r and z, then those of n. A phase
 * begins with a group of rows of its own.
 */
export function rowPhases(layer: LayerRows): RowSpan[] {
  const rows = gatesOf(layer).length * layer.units;
  const candidate = lastGateRow(layer);
  return waitsForReset(layer)
    ? [
        { firstRow: 0, rows: candidate },
        { firstRow: candidate, rows: layer.units },
      ]
    : [{ firstRow: 0, rows }];
}
