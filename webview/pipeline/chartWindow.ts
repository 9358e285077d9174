import type { AcceleratorShape } from "../../src/hardware/schedule/shape.js";
import { firstRowOf, groupRows, phaseAt, scaleCycle, timing } from "../../src/hardware/schedule/timing.js";
import type { ChartWindow } from "./state.js";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const tallestRow = 22;
const widestCycle = 48;

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** Keeps the window on the schedule and the zoom between the whole timestep and single cycles. */
export function bounded(window: ChartWindow, shape: AcceleratorShape, { width, height }: Size): ChartWindow {
  const { cyclesPerTimestep, rows } = timing(shape);
  const pixelsPerCycle = clamp(window.pixelsPerCycle, Math.min(widestCycle, width / cyclesPerTimestep), widestCycle);
  const rowHeight = clamp(window.rowHeight, Math.min(tallestRow, height / rows), tallestRow);
  return {
    pixelsPerCycle,
    rowHeight,
    firstCycle: clamp(window.firstCycle, 0, Math.max(0, cyclesPerTimestep - width / pixelsPerCycle)),
    firstRow: clamp(window.firstRow, 0, Math.max(0, rows - height / rowHeight)),
  };
}

/** The whole timestep. */
export function whole(shape: AcceleratorShape, size: Size): ChartWindow {
  return bounded({ firstCycle: 0, firstRow: 0, pixelsPerCycle: 0, rowHeight: 0 }, shape, size);
}

/** Rows high enough to read, and all stages of those that are visible: what a newcomer should see first. */
export function closeUp(shape: AcceleratorShape, size: Size): ChartWindow {
  const { words, interval } = timing(shape);
  const rowHeight = 18;
  const rows = size.height / rowHeight;
  const cycles = shape.macUnits <= 2 * rows ? words + interval + shape.macUnits : words + rows;
  return bounded({ firstCycle: 0, firstRow: 0, pixelsPerCycle: size.width / (cycles + 8), rowHeight }, shape, size);
}

/** Zooms both axes around a place, as Konata does; `factor` above 1 comes closer. */
export function zoomed(
  window: ChartWindow,
  factor: number,
  at: { x: number; y: number },
  shape: AcceleratorShape,
  size: Size,
): ChartWindow {
  const cycle = window.firstCycle + at.x / window.pixelsPerCycle;
  const row = window.firstRow + at.y / window.rowHeight;
  const limits = bounded(
    { ...window, pixelsPerCycle: window.pixelsPerCycle * factor, rowHeight: window.rowHeight * factor },
    shape,
    size,
  );
  const firstCycle = cycle - at.x / limits.pixelsPerCycle;
  const firstRow = row - at.y / limits.rowHeight;
  return bounded({ ...limits, firstCycle, firstRow }, shape, size);
}

/** Moves the window by pixels. */
export function panned(window: ChartWindow, dx: number, dy: number, shape: AcceleratorShape, size: Size): ChartWindow {
  const firstCycle = window.firstCycle + dx / window.pixelsPerCycle;
  const firstRow = window.firstRow + dy / window.rowHeight;
  return bounded({ ...window, firstCycle, firstRow }, shape, size);
}

/** The row that the accumulate array or, when it rests, the post-processing is at in a cycle. */
function rowOfInterest(shape: AcceleratorShape, cycle: number): number {
  const plan = timing(shape);
  const { start, firstGroup, groups } = phaseAt(plan, cycle) ?? plan.phases[0]!;
  const begun = Math.max(0, Math.floor((cycle - start - plan.words) / plan.interval) + 1);
  const group = firstGroup + Math.min(groups - 1, begun);
  const first = firstRowOf(shape, plan, group);
  const since = Math.max(0, cycle - scaleCycle(shape, plan, first));
  return first + Math.min(groupRows(shape, plan, group) - 1, since);
}

/** Moves the window only when the cycle has left it; then the cycle stands a quarter from its left edge. */
export function following(window: ChartWindow, cycle: number, shape: AcceleratorShape, size: Size): ChartWindow {
  const visibleCycles = size.width / window.pixelsPerCycle;
  const visibleRows = size.height / window.rowHeight;
  const row = rowOfInterest(shape, cycle);
  const cycleSeen = cycle >= window.firstCycle && cycle + 1 <= window.firstCycle + visibleCycles;
  const rowSeen = row >= window.firstRow && row + 1 <= window.firstRow + visibleRows;
  const next = {
    ...window,
    firstCycle: cycleSeen ? window.firstCycle : cycle - Math.min(visibleCycles / 4, visibleCycles - 1),
    firstRow: rowSeen ? window.firstRow : row - Math.min(2, visibleRows / 4),
  };
  return cycleSeen && rowSeen ? window : bounded(next, shape, size);
}
