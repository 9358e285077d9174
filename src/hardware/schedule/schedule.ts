import { cellHardware } from "../cells/cells.js";
import { checkShape, storedWeightBits, type AcceleratorShape, type Cell } from "./shape.js";
import { elementWiseStages, gateStages, lastGateRow, resetProductStages, resetsBefore, stageDelay } from "./stages.js";
import {
  columnsPerCycle,
  firstRowOf,
  groupRows,
  inputColumns,
  inputWords,
  lastGroup,
  phaseAt,
  readAt,
  recurrentColumns,
  recurrentWords,
  scaledRowAt,
  takeCycle,
  takenAt,
  timing,
  type Timing,
} from "./timing.js";

/** Why no MAC unit works in a cycle. */
export const idleReasons = ["rom-latency", "look-up-port", "reset-gate", "recurrence"] as const;
export type IdleReason = (typeof idleReasons)[number];

/** The reasons in words, for hover texts and reports. */
const idleReasonText: Readonly<Record<IdleReason, string>> = {
  "rom-latency": "ROM port: the first word is on its way",
  "look-up-port": "look-up port: the sums before these still wait for the one look-up port",
  "reset-gate": "reset gate: the candidate needs r (and h·r) of all units",
  recurrence: "recurrence: the next timestep needs all of this one's h",
};

/** The reason for a cell: without recurrent weights nothing but this accelerator's order lets the next timestep wait. */
export function idleText(reason: IdleReason, { cell }: Cell): string {
  return reason === "recurrence" && !cellHardware(cell).hasRecurrentWeights ? "write-back: a timestep begins when the last h of the one before is written" : idleReasonText[reason];
}

/** One word of the weight ROM on its way to the array. */
export interface RomWord {
  readonly memory: "recurrent" | "input";
  readonly group: number;
  /** The first of its columns. Recurrent: the hidden unit whose h is broadcast. Input: the feature; 0 for a one-hot input. */
  readonly column: number;
  /** How many columns it has: N, fewer in a matrix's last word, 1 for a one-hot input. */
  readonly columns: number;
  /** Address in its memory, group-major. For a one-hot input that of symbol 0: the symbol's id is added. */
  readonly address: number;
}

/** "4", or "4..7". */
export function columnsText({ column, columns }: RomWord): string {
  return columns === 1 ? `${column}` : `${column}..${column + columns - 1}`;
}

/** What every block does in one cycle; null where it rests. */
export interface CycleState {
  readonly cycle: number;
  readonly romRead: RomWord | null;
  /** The word that came from the ROM; MAC units 0 to busyUnits-1 serve rows firstRow and up. */
  readonly accumulate: (RomWord & { readonly firstRow: number; readonly busyUnits: number }) | null;
  /** The group whose finished sums move to the second register set. */
  readonly take: number | null;
  /** The gate row in each of the cell's `gateStages`. */
  readonly gateRows: readonly (number | null)[];
  /** The gate row whose value is written to the gate buffer; those of the last gate need no buffer. */
  readonly gateWrite: number | null;
  /** The hidden unit in each of the `resetProductStages`; empty where the layer has none. */
  readonly resetProduct: readonly (number | null)[];
  /** The hidden unit in each of the cell's `elementWiseStages`. */
  readonly elementWise: readonly (number | null)[];
  /** The hidden unit whose h (and c) is written. */
  readonly writeBack: number | null;
  /** Why the array rests; null while it works. */
  readonly idle: IdleReason | null;
}

/** Operations are two per MAC: `effective` counts the useful ones, `peak` P × N MACs that are always busy. */
export interface Throughput {
  readonly effective: number;
  readonly peak: number;
}

/** Figures per second, which only a clock can give. */
export interface ClockedFigures {
  /** 10^9 operations a second. */
  readonly throughputGops: Throughput;
  readonly timestepsPerSecond: number;
}

/** Closed-form figures of one timestep. */
export interface ScheduleSummary extends Partial<ClockedFigures> {
  readonly shape: AcceleratorShape;
  readonly groups: number;
  /** Recurrent and input columns that each group takes; a one-hot input has one. */
  readonly columns: number;
  /** ROM words in which a group reads them. */
  readonly words: number;
  readonly cyclesPerTimestep: number;
  /** Useful multiply-accumulates in a timestep; for a one-hot input only the symbol's column counts. */
  readonly macOperations: number;
  /** macOperations / (P × N × cycles), 0 to 1. */
  readonly utilisation: number;
  /** Cycles in which the whole array rests, by reason. */
  readonly stalls: Readonly<Record<IdleReason, number>>;
  /** MAC slots lost while the array works: the last group has fewer rows than there are units, the last word fewer columns. */
  readonly unusedSlots: number;
  readonly operationsPerCycle: Throughput;
  /** From the first ROM read to the last write-back; the recurrence makes it the time per symbol too. Absent without a clock. */
  readonly latencyMicroseconds?: number;
  readonly criticalLoop: { readonly cycles: number; readonly description: string };
  readonly romWords: { readonly recurrent: number; readonly input: number; readonly bitsPerWord: number };
}

/** The word that a group reads at a position, the first being 0. */
export function romWord(shape: AcceleratorShape, group: number, position: number): RomWord {
  const recurrent = recurrentWords(shape);
  const word = (memory: RomWord["memory"], index: number, words: number, all: number): RomWord => {
    const column = index * columnsPerCycle(shape);
    return { memory, group, column, columns: Math.min(columnsPerCycle(shape), all - column), address: group * words + index };
  };
  return position < recurrent
    ? word("recurrent", position, recurrent, shape.units)
    : word("input", position - recurrent, inputWords(shape), inputColumns(shape));
}

/** The words in the order in which a timestep reads them. */
export function* romOrder(shape: AcceleratorShape): Generator<RomWord> {
  const { groups, words } = timing(checkShape(shape));
  for (let group = 0; group < groups; group++) {
    for (let position = 0; position < words; position++) {
      yield romWord(shape, group, position);
    }
  }
}

function wordAt(shape: AcceleratorShape, plan: Timing, cycle: number): RomWord | null {
  const read = readAt(plan, cycle);
  return read && romWord(shape, read.group, read.position);
}

function idleReason(plan: Timing, cycle: number): IdleReason {
  if (cycle < plan.arrival) {
    return "rom-latency";
  }
  const phase = phaseAt(plan, cycle - plan.arrival)!;
  if (cycle < takeCycle(plan, lastGroup(phase))) {
    return "look-up-port";
  }
  return phase === plan.phases.at(-1) ? "recurrence" : "reset-gate";
}

function stateIn(shape: AcceleratorShape, plan: Timing, cycle: number): CycleState {
  const word = wordAt(shape, plan, cycle - plan.arrival);
  const delay = stageDelay[shape.cell];
  const lastGate = lastGateRow(shape);
  const rowScaledBefore = (cycles: number): number | null => scaledRowAt(shape, plan, cycle - cycles);
  const unitCompletedBefore = (cycles: number): number | null => {
    const row = rowScaledBefore(cycles);
    return row !== null && row >= lastGate ? row - lastGate : null;
  };
  const resetUnitBefore = (cycles: number): number | null => {
    const row = rowScaledBefore(cycles);
    return row !== null && row < shape.units ? row : null;
  };
  const gateRow = rowScaledBefore(delay.gate);
  return {
    cycle,
    romRead: wordAt(shape, plan, cycle),
    accumulate: word && {
      ...word,
      firstRow: firstRowOf(shape, plan, word.group),
      busyUnits: groupRows(shape, plan, word.group),
    },
    take: takenAt(plan, cycle),
    gateRows: gateStages[shape.cell].map((_, stage) => rowScaledBefore(stage)),
    gateWrite: gateRow !== null && gateRow < lastGate ? gateRow : null,
    resetProduct: resetsBefore(shape) ? resetProductStages.map((_, stage) => resetUnitBefore(delay.gate + stage)) : [],
    elementWise: elementWiseStages[shape.cell].map((_, stage) => unitCompletedBefore(delay.gate + stage)),
    writeBack: unitCompletedBefore(delay.writeBack),
    idle: word ? null : idleReason(plan, cycle),
  };
}

function checkCycle(plan: Timing, cycle: number): void {
  if (!Number.isInteger(cycle) || cycle < 0 || cycle >= plan.cyclesPerTimestep) {
    throw new RangeError(
      `Cycle ${cycle} is outside the timestep; give a whole number from 0 to ${plan.cyclesPerTimestep - 1}.`,
    );
  }
}

/**
 * What every block does in one cycle of the timestep, in constant time.
 * @param cycle 0 to cyclesPerTimestep-1
 * @throws RangeError, InvalidShapeError
 */
export function stateAt(shape: AcceleratorShape, cycle: number): CycleState {
  const plan = timing(checkShape(shape));
  checkCycle(plan, cycle);
  return stateIn(shape, plan, cycle);
}

/**
 * The cycles `from` to `to`-1, made as they are asked for.
 * @throws RangeError, InvalidShapeError
 */
export function* cycles(shape: AcceleratorShape, from: number, to: number): Generator<CycleState> {
  const plan = timing(checkShape(shape));
  for (let cycle = from; cycle < to; cycle++) {
    checkCycle(plan, cycle);
    yield stateIn(shape, plan, cycle);
  }
}

function stallsOf(plan: Timing): Record<IdleReason, number> {
  const { words, arrival, interval, phases, cyclesPerTimestep } = plan;
  const taken = phases.map((phase) => takeCycle(plan, lastGroup(phase)));
  const resetGate = phases.slice(1).map(({ start }, index) => start - taken[index]! + arrival);
  return {
    "rom-latency": arrival,
    "look-up-port": phases.reduce((sum, { groups }) => sum + (groups - 1) * (interval - words), 0),
    "reset-gate": resetGate.reduce((sum, cycles) => sum + cycles, 0),
    recurrence: cyclesPerTimestep - taken.at(-1)!,
  };
}

function loopInWords({ groups, phases }: Timing, columns: string, stalls: Record<IdleReason, number>): string {
  const wait = phases.length > 1 ? `with ${stalls["reset-gate"]} cycles between them for the reset gate, ` : "";
  return (
    `h of one timestep to h of the next: ${groups} groups of ${columns}, ${wait}then the last ` +
    `${phases.at(-1)!.lastGroupRows} rows through scale-shift, look-up, element-wise unit and write-back ` +
    `(${stalls.recurrence} cycles in which no MAC unit can work)`
  );
}

/** What cycles and operations per cycle come to at a clock. */
export function clockedFigures(clockMegahertz: number, cyclesPerTimestep: number, { effective, peak }: Throughput): ClockedFigures {
  const gops = (operations: number): number => (operations * clockMegahertz) / 1e3;
  return { timestepsPerSecond: (clockMegahertz * 1e6) / cyclesPerTimestep, throughputGops: { effective: gops(effective), peak: gops(peak) } };
}

/**
 * The figures of a shape, without going through its cycles.
 * @throws InvalidShapeError
 */
export function summarise(shape: AcceleratorShape): ScheduleSummary {
  const plan = timing(checkShape(shape));
  const { rows, words, groups, cyclesPerTimestep } = plan;
  const columns = recurrentColumns(shape) + inputColumns(shape);
  const macs = shape.macUnits * columnsPerCycle(shape);
  const macOperations = rows * columns;
  const stalls = stallsOf(plan);
  const operationsPerCycle = { effective: (2 * macOperations) / cyclesPerTimestep, peak: 2 * macs };
  return {
    shape,
    groups,
    columns,
    words,
    cyclesPerTimestep,
    macOperations,
    utilisation: macOperations / (macs * cyclesPerTimestep),
    stalls,
    unusedSlots: groups * words * macs - macOperations,
    operationsPerCycle,
    ...(shape.clockMegahertz !== undefined && {
      latencyMicroseconds: cyclesPerTimestep / shape.clockMegahertz,
      ...clockedFigures(shape.clockMegahertz, cyclesPerTimestep, operationsPerCycle),
    }),
    criticalLoop: {
      cycles: cyclesPerTimestep,
      description: loopInWords(plan, columns === words ? `${columns} columns` : `${columns} columns in ${words} words`, stalls),
    },
    romWords: {
      recurrent: groups * recurrentWords(shape),
      input: groups * inputWords(shape),
      bitsPerWord: macs * storedWeightBits(shape),
    },
  };
}
