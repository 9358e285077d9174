import { groupOfRow, firstRead, lastGroup, scaleCycle, takeCycle, type Timing } from "../../src/hardware/schedule/timing.js";
import type { AcceleratorShape } from "../../src/hardware/schedule/shape.js";
import { lastGateRow, resetProductStages, resetsBefore, stageDelay } from "../../src/hardware/schedule/stages.js";
import type { Stage } from "./palette.js";

export interface Span {
  readonly stage: Stage;
  readonly from: number;
  /** First cycle after the stage. */
  readonly to: number;
}

/** When a gate row is in which stage. The read of its first word stands for all, each one cycle, or two, before its use. */
export function rowSpans(shape: AcceleratorShape, plan: Timing, row: number): Span[] {
  const group = groupOfRow(shape, plan, row);
  const read = firstRead(plan, group);
  const accumulated = read + plan.arrival + plan.words;
  const scaled = scaleCycle(shape, plan, row);
  const delay = stageDelay[shape.cell];
  const span = (stage: Stage, from: number, cycles: number): Span => ({ stage, from, to: from + cycles });
  const spans = [
    ...resetWait(plan, group),
    span("read", read, plan.arrival),
    span("accumulate", read + plan.arrival, plan.words),
    span("wait", accumulated, scaled - accumulated),
    span("scale", scaled, delay.lookUp),
    span("lookUp", scaled + delay.lookUp, delay.gate - delay.lookUp),
  ];
  if (row >= lastGateRow(shape)) {
    spans.push(span("elementWise", scaled + delay.gate, delay.writeBack - delay.gate));
    spans.push(span("writeBack", scaled + delay.writeBack, 1));
  } else if (resetsBefore(shape) && row < shape.units) {
    spans.push(span("elementWise", scaled + delay.gate, resetProductStages.length));
  }
  return spans;
}

/** The first candidates of a GRU could be read as soon as the array rests, but for the reset gate. */
function resetWait(plan: Timing, group: number): Span[] {
  const index = plan.phases.findIndex(({ firstGroup }) => firstGroup === group);
  const before = plan.phases[index - 1];
  return before ? [{ stage: "reset", from: takeCycle(plan, lastGroup(before)), to: plan.phases[index]!.start }] : [];
}

const niceSteps = [1, 2, 5];

/** The smallest 1, 2 or 5 × 10^n cycles that leaves room for a number at each tick. */
export function tickStep(pixelsPerCycle: number): number {
  for (let decade = 1; ; decade *= 10) {
    const fitting = niceSteps.map((step) => step * decade).find((step) => step * pixelsPerCycle >= 70);
    if (fitting !== undefined) {
      return fitting;
    }
  }
}
