import { cellHardware, type Gate } from "../cells/cells.js";
import { rowPhases } from "./rowPhases.js";
import { gatesOf, type AcceleratorShape, type LayerShape } from "./shape.js";
import { resetGateDelay, stageDelay } from "./stages.js";

/**
 * The microarchitecture, and in which cycle of a timestep each block works. All positions are closed forms, so any
 * cycle of any size of network is found in constant time. Cycle 0 is that in which the first weight word is addressed.
 *
 * A layer of H units has R gate rows, in blocks g, f, i, o (LSTM), r, z, n (GRU) or z, n (minGRU, which has no recurrent columns). P MAC units take them in groups of
 * P rows, in one phase of all rows. Only a GRU whose candidate waits for the reset gates of all units (`waitsForReset`) has
 * two, r and z, then n: no group straddles them. The last group of a phase has the r = R - (G-1)P rows that are left.
 *
 * 1. Weight ROM. One word holds P weights of each of N columns: group-major, then column. A group reads its recurrent
 *    columns, then its input columns: K = ceil(H/N) + 1 words for a one-hot input (only the symbol's word),
 *    ceil(H/N) + ceil(I/N) for a dense one. The read is synchronous: the word arrives, and is accumulated, in the next
 *    cycle; with N > 1 the values are read a cycle before the words, because sums of pairs of them come between.
 * 2. Accumulate array. The columns' values are broadcast; unit u adds weight × value to the sum of row u. Recurrent and
 *    input sums are kept apart, because each has its own scale. At the end of a group all sums move to a second set of
 *    registers, a chain that one row leaves in a cycle, while the next group accumulates; as long as the chain is in
 *    use, finished sums wait ("look-up port").
 * 3. Scale-shift, then activation look-up (sigmoid; tanh for g and n): one row a cycle through the stages of
 *    `gateStages`. Gate values go to a buffer.
 * 4. Element-wise unit: entered with a unit's last gate, o or n, one unit a cycle, through `elementWiseStages`.
 * 5. Write-back of h (and c), one unit a cycle. h has two banks: this timestep still reads the old one.
 *
 * A second phase begins when r, and r·h where the reset is before the product, of all units is there ("reset gate").
 *
 * The next timestep starts when the last h is written. Its input columns could start sooner, but not when the network
 * writes text: there the next input is drawn from this timestep's output. So a timestep never overlaps the next, and
 * the array's idle end of it is the price of the recurrence. With D from a row's scale to its write-back,
 *
 * and A = 1, or 2 with N > 1 and where a symbol is all that is read, from a read to its accumulation,
 *
 *   one phase:  cycles per timestep = K + (G-1)·max(K, P) + r + D + A + 1
 *   two phases: the same of phase 2, and B = K + (G-1)·max(K, P) + r + A + 9 of phase 1, after which phase 2 begins.
 */
export interface Timing {
  /** R: 4H, 3H or 2H. */
  readonly rows: number;
  /** K: words that one group reads. */
  readonly words: number;
  /** A: cycles from a group's first read to its first accumulation. */
  readonly arrival: number;
  /** The groups of all phases. */
  readonly groups: number;
  /** Cycles from one group to the next: max(K, P). */
  readonly interval: number;
  readonly phases: readonly Phase[];
  readonly cyclesPerTimestep: number;
}

/** Rows that are computed without waiting for each other. */
export interface Phase {
  /** B: cycle in which it reads its first word. */
  readonly start: number;
  readonly firstRow: number;
  readonly firstGroup: number;
  /** G */
  readonly groups: number;
  /** r: rows of the last group. */
  readonly lastGroupRows: number;
}

/** Latency of the ROM. */
const romLatency = 1;
/** Cycles that the sums of pairs take. */
const pairLatency = 1;

/** Cycles until a symbol is there after a timestep begins: before it recurrent columns are read, where there are any. */
const symbolLatency = 1;

/** The cycles in which the parts of one timestep begin and end; computed once for a shape. */
export function timing(shape: AcceleratorShape): Timing {
  const waitsForSymbol = shape.inputKind === "one-hot" && recurrentColumns(shape) === 0;
  const values = columnsPerCycle(shape) > 1 ? pairLatency : waitsForSymbol ? symbolLatency : 0;
  return timingOfWords(shape, recurrentWords(shape), romLatency + values);
}

/**
 * The same where a timestep reads only some recurrent words.
 * @param arrival cycles from a read to its accumulation
 */
export function timingOfWords(shape: AcceleratorShape, recurrent: number, arrival: number): Timing {
  const rows = gatesOf(shape).length * shape.units;
  const words = recurrent + inputReads(shape);
  const interval = Math.max(words, shape.macUnits);
  const lastScale = ({ start, groups, lastGroupRows }: Phase): number =>
    start + words + arrival + (groups - 1) * interval + lastGroupRows;
  const phases: Phase[] = [];
  for (const { firstRow, rows: rowsOfPhase } of rowPhases(shape)) {
    const before = phases.at(-1);
    const groups = Math.ceil(rowsOfPhase / shape.macUnits);
    phases.push({
      start: before ? lastScale(before) + resetGateDelay : 0,
      firstRow,
      firstGroup: before ? before.firstGroup + before.groups : 0,
      groups,
      lastGroupRows: rowsOfPhase - (groups - 1) * shape.macUnits,
    });
  }
  const last = phases.at(-1)!;
  const cyclesPerTimestep = lastScale(last) + stageDelay[shape.cell].writeBack + 1;
  return { rows, words, arrival, groups: last.firstGroup + last.groups, interval, phases, cyclesPerTimestep };
}

/** Columns that a multiply-accumulate unit takes in a cycle. */
export function columnsPerCycle({ columnsPerCycle: columns = 1 }: Pick<AcceleratorShape, "columnsPerCycle">): number {
  return columns;
}

/** Recurrent words of a group. */
export function recurrentWords(shape: AcceleratorShape): number {
  return Math.ceil(recurrentColumns(shape) / columnsPerCycle(shape));
}

/** Recurrent columns that a group takes in one timestep: H, or none where h has no weights. */
export function recurrentColumns({ cell, units }: Pick<LayerShape, "cell" | "units">): number {
  return cellHardware(cell).hasRecurrentWeights ? units : 0;
}

/** Input words of a group; one for each symbol. */
export function inputWords(shape: AcceleratorShape): number {
  return shape.inputKind === "one-hot" ? shape.inputs : Math.ceil(shape.inputs / columnsPerCycle(shape));
}

/** Input words that a group reads in one timestep: a one-hot input selects a single one. */
function inputReads(shape: AcceleratorShape): number {
  return shape.inputKind === "one-hot" ? 1 : inputWords(shape);
}

/** Columns in the first so many words that a group reads. */
function columnsIn(shape: AcceleratorShape, words: number): number {
  const perWord = columnsPerCycle(shape);
  const recurrent = recurrentWords(shape);
  return Math.min(words * perWord, recurrentColumns(shape)) + Math.min(Math.max(0, words - recurrent) * perWord, inputColumns(shape));
}

/** Input columns that a group takes in one timestep. */
export function inputColumns({ inputKind, inputs }: LayerShape): number {
  return inputKind === "one-hot" ? 1 : inputs;
}

function phaseOfGroup({ phases }: Timing, group: number): Phase {
  return phases.findLast(({ firstGroup }) => group >= firstGroup)!;
}

function phaseOfRow({ phases }: Timing, row: number): Phase {
  return phases.findLast(({ firstRow }) => row >= firstRow)!;
}

/** The phase that has begun at a cycle. */
export function phaseAt({ phases }: Timing, cycle: number): Phase | undefined {
  return phases.findLast(({ start }) => cycle >= start);
}

/** The last group of rows of a phase. */
export function lastGroup({ firstGroup, groups }: Phase): number {
  return firstGroup + groups - 1;
}

/** Rows of a group: P, fewer in the last one of a phase. */
export function groupRows({ macUnits }: AcceleratorShape, plan: Timing, group: number): number {
  const phase = phaseOfGroup(plan, group);
  return group === lastGroup(phase) ? phase.lastGroupRows : macUnits;
}

/** The first gate row of a group. */
export function firstRowOf({ macUnits }: AcceleratorShape, plan: Timing, group: number): number {
  const { firstRow, firstGroup } = phaseOfGroup(plan, group);
  return firstRow + (group - firstGroup) * macUnits;
}

/** The group in which a gate row is computed. */
export function groupOfRow({ macUnits }: AcceleratorShape, plan: Timing, row: number): number {
  const { firstRow, firstGroup } = phaseOfRow(plan, row);
  return firstGroup + Math.floor((row - firstRow) / macUnits);
}

/** Cycle in which a group reads its first word. */
export function firstRead(plan: Timing, group: number): number {
  const { start, firstGroup } = phaseOfGroup(plan, group);
  return group === firstGroup ? start : start + plan.words + (group - firstGroup - 1) * plan.interval;
}

/** Cycle in which a group's sums move to the second register set. */
export function takeCycle(plan: Timing, group: number): number {
  const { start, firstGroup } = phaseOfGroup(plan, group);
  return start + plan.words + plan.arrival + (group - firstGroup) * plan.interval;
}

/** Cycle in which a gate row is scaled. */
export function scaleCycle(shape: AcceleratorShape, plan: Timing, row: number): number {
  const group = groupOfRow(shape, plan, row);
  return takeCycle(plan, group) + 1 + (row - firstRowOf(shape, plan, group));
}

/** Which word, as group and position in it, is read in a cycle. */
export function readAt(plan: Timing, cycle: number): { group: number; position: number } | null {
  const phase = phaseAt(plan, cycle);
  if (phase === undefined) {
    return null;
  }
  const since = cycle - phase.start - plan.words;
  if (since < 0) {
    return { group: phase.firstGroup, position: since + plan.words };
  }
  const group = 1 + Math.floor(since / plan.interval);
  const position = since % plan.interval;
  return group < phase.groups && position < plan.words ? { group: phase.firstGroup + group, position } : null;
}

/** Which group's sums move to the second register set in a cycle. */
export function takenAt(plan: Timing, cycle: number): number | null {
  const phase = phaseAt(plan, cycle);
  if (phase === undefined) {
    return null;
  }
  const since = cycle - takeCycle(plan, phase.firstGroup);
  const group = since / plan.interval;
  return since >= 0 && Number.isInteger(group) && group < phase.groups ? phase.firstGroup + group : null;
}

/** Which gate row is scaled in a cycle. */
export function scaledRowAt(shape: AcceleratorShape, plan: Timing, cycle: number): number | null {
  const phase = phaseAt(plan, cycle);
  if (phase === undefined) {
    return null;
  }
  const since = cycle - takeCycle(plan, phase.firstGroup) - 1;
  const group = phase.firstGroup + Math.floor(since / plan.interval);
  if (since < 0 || group > lastGroup(phase)) {
    return null;
  }
  const rowInGroup = since % plan.interval;
  return rowInGroup < groupRows(shape, plan, group) ? firstRowOf(shape, plan, group) + rowInGroup : null;
}

/** MAC operations done before a cycle; at the end of the timestep all of them. */
export function macsBefore(shape: AcceleratorShape, plan: Timing, cycle: number): number {
  const reads = cycle - plan.arrival;
  const phase = phaseAt(plan, reads);
  if (phase === undefined) {
    return 0;
  }
  const since = reads - phase.start - plan.words;
  const group = since < 0 ? 0 : Math.min(1 + Math.floor(since / plan.interval), phase.groups - 1);
  const wordsDone = Math.min(plan.words, reads - firstRead(plan, phase.firstGroup + group));
  const rows = groupRows(shape, plan, phase.firstGroup + group);
  return (phase.firstRow + group * shape.macUnits) * columnsIn(shape, plan.words) + columnsIn(shape, wordsDone) * rows;
}

/** MAC units that work in the cycles `from` to `to`-1, on average; one with some of its columns counts as such a part. */
export function busyUnits(shape: AcceleratorShape, plan: Timing, from: number, to: number): number {
  return (macsBefore(shape, plan, to) - macsBefore(shape, plan, from)) / (to - from) / columnsPerCycle(shape);
}

/** The cycle in which the array begins to work on each gate; gates whose first rows share a group are listed together. */
export function gateStarts(shape: AcceleratorShape, plan: Timing): { cycle: number; gates: Gate[] }[] {
  const starts: { cycle: number; gates: Gate[] }[] = [];
  gatesOf(shape).forEach((gate, block) => {
    const cycle = firstRead(plan, groupOfRow(shape, plan, block * shape.units)) + plan.arrival;
    const previous = starts.at(-1);
    if (previous?.cycle === cycle) {
      previous.gates.push(gate);
    } else {
      starts.push({ cycle, gates: [gate] });
    }
  });
  return starts;
}
