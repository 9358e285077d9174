import { ofEachCell } from "../cells/cells.js";
import { gatesOf, type Cell, type LayerShape } from "./shape.js";

/** The stages of a gate row, one cycle each, from its products with the folded scales to its value. */
export const gateStages = ofEachCell((cell) => cell.gateStages);

/** The element-wise unit's stages. A unit enters with its last gate, one cycle each, and is then written back. */
export const elementWiseStages = ofEachCell(({ elementWise }) => elementWise.map(({ stage }) => stage));

/** The stages of a GRU that resets before the product: r rows go on to r·h, which the candidate's columns then are. */
export const resetProductStages = ["read", "product", "store"] as const;

/** A candidate that waits for the reset gates may begin so many cycles after the scale of the last row before it, whichever its reset. */
export const resetGateDelay = gateStages.gru.length + resetProductStages.length;

/** Cycles from a row's scale-shift to what follows. */
export interface StageDelay {
  /** Read of the activation's table. */
  readonly lookUp: number;
  /** The gate's value is there: it goes to the gate buffer, the last gate's to the element-wise unit. */
  readonly gate: number;
  readonly writeBack: number;
}

export const stageDelay: Readonly<Record<Cell["cell"], StageDelay>> = ofEachCell(({ gateStages: stages, elementWise }) => ({
  lookUp: stages.indexOf("table"),
  gate: stages.length,
  writeBack: stages.length + elementWise.length,
}));

/** Whether the layer stores r·h for the candidate's columns. */
export function resetsBefore(shape: Cell): boolean {
  return shape.reset === "before";
}

/** First row of the gate block that completes a hidden unit: o or n. */
export function lastGateRow(shape: Cell & Pick<LayerShape, "units">): number {
  return (gatesOf(shape).length - 1) * shape.units;
}
