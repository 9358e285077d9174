import { cellHardware } from "../../src/hardware/cells/cells.js";
import type { CycleState } from "../../src/hardware/schedule/schedule.js";
import type { Cell } from "../../src/hardware/schedule/shape.js";
import { resetProductStages, resetsBefore, stageDelay } from "../../src/hardware/schedule/stages.js";

/** Gate rows in the scale-shift block, first stage first. */
export function scaleRows({ cell }: Cell, { gateRows }: CycleState): readonly (number | null)[] {
  return gateRows.slice(0, stageDelay[cell].lookUp);
}

/** Gate rows in the look-up block: the table's read, then the interpolation. */
export function lookUpRows({ cell }: Cell, { gateRows }: CycleState): readonly (number | null)[] {
  return gateRows.slice(stageDelay[cell].lookUp);
}

/** The first row that is in a block; null where it rests. */
export function firstBusy(rows: readonly (number | null)[]): number | null {
  return rows.find((row) => row !== null) ?? null;
}

/** What the stages of r·h compute. */
const resetWork: Readonly<Record<(typeof resetProductStages)[number], string>> = {
  read: "r, h",
  product: "r·h",
  store: "store r·h",
};

/** A stage of the element-wise unit and the hidden unit in it. */
export interface ElementWiseStage {
  readonly work: string;
  readonly unit: number | null;
}

/** All stages of the element-wise unit, those of r·h first where the cell has them. */
export function elementWiseWork(cell: Cell, { elementWise, resetProduct }: CycleState): ElementWiseStage[] {
  const reset = resetsBefore(cell) ? resetProductStages.map((stage, index) => ({ work: resetWork[stage], unit: resetProduct[index]! })) : [];
  return [...reset, ...cellHardware(cell.cell).elementWise.map(({ work }, index) => ({ work, unit: elementWise[index]! }))];
}
