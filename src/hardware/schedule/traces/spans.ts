import type { IdleReason } from "../schedule.js";
import type { AcceleratorShape } from "../shape.js";
import { elementWiseStages, gateStages, lastGateRow, resetProductStages, resetsBefore } from "../stages.js";
import { columnsPerCycle, firstRead, groupRows, lastGroup, scaleCycle, takeCycle, type Phase, type Timing } from "../timing.js";

/** A stage in a timestep's cycles `from` to `to`-1. */
export interface Span {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** The stages of one gate row, each one cycle after the other, from its scale on. */
export function rowStages(shape: AcceleratorShape, plan: Timing, row: number): Span[] {
  const scaled = scaleCycle(shape, plan, row);
  const names = [...gateStages[shape.cell], ...stagesAfterGate(shape, row)];
  return names.map((name, stage) => ({ name, from: scaled + stage, to: scaled + stage + 1 }));
}

/** r is read for r·h in the cycle in which it is written to the gate buffer: `gate`. */
function stagesAfterGate(shape: AcceleratorShape, row: number): string[] {
  if (row >= lastGateRow(shape)) {
    return [...elementWiseStages[shape.cell].map((stage) => `ew-${stage}`), "write"];
  }
  const makesProduct = resetsBefore(shape) && row < shape.units;
  return ["gate", ...(makesProduct ? resetProductStages.slice(1).map((stage) => `rh-${stage}`) : [])];
}

/** A group from its first word to its last row's scale. Sums of pairs, or a symbol that comes first, take a cycle between read and sum. */
export function groupStages(shape: AcceleratorShape, plan: Timing, group: number): Span[] {
  const read = firstRead(plan, group);
  const taken = takeCycle(plan, group);
  return [
    { name: "read", from: read, to: read + 1 },
    ...(plan.arrival > 1 ? [{ name: columnsPerCycle(shape) > 1 ? "pairs" : "symbol", from: read + 1, to: read + plan.arrival }] : []),
    { name: "mac", from: read + plan.arrival, to: read + plan.arrival + plan.words },
    { name: "take", from: taken, to: taken + 1 },
    { name: "chain", from: taken + 1, to: taken + 1 + groupRows(shape, plan, group) },
  ];
}

/** Cycles in which a group's finished sums wait for the second register set. */
export function groupWait(plan: Timing, group: number): Span {
  return { name: "look-up-port" satisfies IdleReason, from: firstRead(plan, group) + plan.arrival + plan.words, to: takeCycle(plan, group) };
}

/** The stretches in which the whole array rests, in order, by reason. */
export function idleSpans(plan: Timing): Span[] {
  const spans: { name: IdleReason; from: number; to: number }[] = [{ name: "rom-latency", from: 0, to: plan.arrival }];
  plan.phases.forEach((phase, index) => {
    for (let group = phase.firstGroup; group <= lastGroup(phase); group++) {
      const isLast = group === lastGroup(phase);
      const from = firstRead(plan, group) + plan.words + plan.arrival;
      spans.push({ name: "look-up-port", from, to: isLast ? takeCycle(plan, group) : firstRead(plan, group + 1) + plan.arrival });
    }
    spans.push(phaseEnd(plan, phase, plan.phases[index + 1]));
  });
  return spans.filter(({ from, to }) => to > from);
}

function phaseEnd(plan: Timing, phase: Phase, next: Phase | undefined): { name: IdleReason; from: number; to: number } {
  const from = takeCycle(plan, lastGroup(phase));
  return next ? { name: "reset-gate", from, to: next.start + plan.arrival } : { name: "recurrence", from, to: plan.cyclesPerTimestep };
}
