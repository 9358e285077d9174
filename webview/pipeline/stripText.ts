import { idleText, stateAt } from "../../src/hardware/schedule/schedule.js";
import type { AcceleratorShape } from "../../src/hardware/schedule/shape.js";
import { count } from "./numbers.js";

/** The cycle under a place on the strip. */
export function cycleAtStrip(x: number, width: number, cycles: number): number {
  return Math.min(cycles - 1, Math.max(0, Math.floor((x / width) * cycles)));
}

/** What the strip says on hover. */
export function stripText(shape: AcceleratorShape, cycle: number): string {
  const { accumulate, idle } = stateAt(shape, cycle);
  const units = accumulate ? `${count(accumulate.busyUnits)} of ${count(shape.macUnits)} MAC units busy` : "no MAC unit busy";
  return idle ? `cycle ${count(cycle)}: ${units}. ${idleText(idle, shape)}` : `cycle ${count(cycle)}: ${units}`;
}
