import { rowPhases } from "../../src/hardware/schedule/rowPhases.js";
import { romWord, type CycleState, type IdleReason, type RomWord } from "../../src/hardware/schedule/schedule.js";
import { checkShape, gatesOf, type AcceleratorShape } from "../../src/hardware/schedule/shape.js";
import {
  elementWiseStages,
  gateStages,
  lastGateRow,
  resetGateDelay,
  resetProductStages,
  resetsBefore,
  stageDelay,
} from "../../src/hardware/schedule/stages.js";
import { inputColumns } from "../../src/hardware/schedule/timing.js";

/** The rows of a group, which travel with its words and sums. */
interface GroupRows {
  readonly firstRow: number;
  readonly busyUnits: number;
}

type TaggedWord = RomWord & GroupRows;

/**
 * The controller as clocked registers: each step looks only at the registers, as the hardware does, and knows nothing
 * of the closed forms in timing.ts. Tests hold the two against each other.
 */
class Controller {
  private cycle = 0;
  /** Next word to read, and the first row of its group. */
  private group = 0;
  private position = 0;
  private firstRow = 0;
  /** Words under way, that which arrives in this cycle first. */
  private readonly underWay: (TaggedWord | null)[];
  /** Sums that wait in the accumulators for the second register set. */
  private finished: TaggedWord | null = null;
  /** The row that leaves the second register set next, and how many are in it. */
  private chainRow = 0;
  private chainLength = 0;
  /** The row that was scaled one cycle ago, two cycles ago, and so on until the write-back. */
  private readonly scaledBefore: (number | null)[];
  private unitsWritten = 0;

  private readonly rows: number;
  private readonly words: number;
  private readonly lastGate: number;
  /** First row that waits for the reset gates of all units; that past the last where none does. */
  private readonly firstWaitingRow: number;

  constructor(private readonly shape: AcceleratorShape) {
    this.rows = gatesOf(shape).length * shape.units;
    const perCycle = shape.columnsPerCycle ?? 1;
    // A minGRU's sums do not read h.
    const readsHidden = shape.cell !== "min-gru";
    this.words = (readsHidden ? Math.ceil(shape.units / perCycle) : 0) + (shape.inputKind === "one-hot" ? 1 : Math.ceil(shape.inputs / perCycle));
    this.underWay = perCycle > 1 || (!readsHidden && shape.inputKind === "one-hot") ? [null, null] : [null];
    this.lastGate = lastGateRow(shape);
    this.firstWaitingRow = rowPhases(shape)[0]!.rows;
    this.scaledBefore = Array.from({ length: stageDelay[shape.cell].writeBack }, () => null);
  }

  get done(): boolean {
    return this.unitsWritten === this.shape.units;
  }

  /** One clock: what the blocks do in this cycle, then the registers for the next. */
  step(): CycleState {
    const scaled = this.chainLength > 0 ? this.chainRow : null;
    const taken = this.chainLength <= 1 ? this.finished : null;
    const chainLength = taken?.busyUnits ?? Math.max(0, this.chainLength - 1);
    const read = this.nextRead();
    const state = this.stateNow(read, taken, scaled);
    this.clock(read, taken, scaled, chainLength);
    return state;
  }

  private stateNow(read: TaggedWord | null, taken: TaggedWord | null, scaled: number | null): CycleState {
    const { cell } = this.shape;
    const pipeline = [scaled, ...this.scaledBefore];
    const gate = stageDelay[cell].gate;
    const gateRow = pipeline[gate] ?? null;
    return {
      cycle: this.cycle,
      romRead: read && romWord(this.shape, read.group, this.position),
      accumulate: this.arriving,
      take: taken && taken.group,
      gateRows: pipeline.slice(0, gateStages[cell].length),
      gateWrite: gateRow !== null && gateRow < this.lastGate ? gateRow : null,
      resetProduct: resetsBefore(this.shape)
        ? resetProductStages.map((_, stage) => this.resetUnit(pipeline[gate + stage] ?? null))
        : [],
      elementWise: elementWiseStages[cell].map((_, stage) => this.completedUnit(pipeline[gate + stage] ?? null)),
      writeBack: this.completedUnit(pipeline[stageDelay[cell].writeBack] ?? null),
      idle: this.arriving ? null : this.idleReason(taken),
    };
  }

  private completedUnit(row: number | null): number | null {
    return row !== null && row >= this.lastGate ? row - this.lastGate : null;
  }

  private resetUnit(row: number | null): number | null {
    return row !== null && row < this.shape.units ? row : null;
  }

  private get readsAllRows(): boolean {
    return this.firstRow >= this.rows;
  }

  /** Whether the next word to read is the first of the candidate rows that wait. */
  private get atWaitingRows(): boolean {
    return this.firstRow === this.firstWaitingRow && this.position === 0;
  }

  private get arriving(): TaggedWord | null {
    return this.underWay[0]!;
  }

  private nextRead(): TaggedWord | null {
    const waits =
      this.readsAllRows || (this.position === 0 && !this.accumulatorsFree) || (this.atWaitingRows && !this.resetGatesDone);
    return waits
      ? null
      : { ...romWord(this.shape, this.group, this.position), firstRow: this.firstRow, busyUnits: this.rowsFrom(this.firstRow) };
  }

  /** Whether the sums before it are taken when a word that is read now arrives. */
  private get accumulatorsFree(): boolean {
    const coming = this.underWay.map((word, cycles) => ({ word, taken: cycles + 1 })).filter(({ word }) => word !== null && this.isLast(word));
    const waiting = this.finished === null ? coming : [{ word: this.finished, taken: 0 }, ...coming];
    let chainFree = Math.max(0, this.chainLength - 1);
    let lastTaken = 0;
    for (const { word, taken } of waiting) {
      lastTaken = Math.max(taken, chainFree);
      chainFree = lastTaken + word!.busyUnits;
    }
    return lastTaken <= this.underWay.length;
  }

  /** Whether every row that was begun has left the stages that make r and r·h. */
  private get resetGatesDone(): boolean {
    const stillInside = this.scaledBefore.slice(0, resetGateDelay - 1).some((row) => row !== null);
    return this.underWay.every((word) => word === null) && this.finished === null && this.chainLength === 0 && !stillInside;
  }

  private rowsFrom(firstRow: number): number {
    const end = firstRow < this.firstWaitingRow ? this.firstWaitingRow : this.rows;
    return Math.min(this.shape.macUnits, end - firstRow);
  }

  private isLast({ memory, column, columns }: RomWord): boolean {
    return memory === "input" && column + columns === inputColumns(this.shape);
  }

  private idleReason(taken: TaggedWord | null): IdleReason {
    if (this.cycle < this.underWay.length) {
      return "rom-latency";
    }
    const sumsWait = this.finished !== null && taken === null;
    const nextRow = this.underWay.find((word) => word !== null)?.firstRow ?? this.firstRow;
    const isPhaseOver = nextRow >= this.rows || nextRow === this.firstWaitingRow;
    if (sumsWait || !isPhaseOver) {
      return "look-up-port";
    }
    return nextRow >= this.rows ? "recurrence" : "reset-gate";
  }

  private clock(read: TaggedWord | null, taken: TaggedWord | null, scaled: number | null, chainLength: number): void {
    this.cycle++;
    this.unitsWritten += this.completedUnit(this.scaledBefore.at(-1) ?? null) === null ? 0 : 1;
    this.scaledBefore.pop();
    this.scaledBefore.unshift(scaled);
    this.chainRow = taken ? taken.firstRow : this.chainRow + 1;
    this.chainLength = chainLength;
    this.finished = taken ? null : this.finished;
    if (this.arriving && this.isLast(this.arriving)) {
      this.finished = this.arriving;
    }
    this.underWay.shift();
    this.underWay.push(read);
    if (read) {
      this.position = (this.position + 1) % this.words;
      if (this.position === 0) {
        this.group++;
        this.firstRow += read.busyUnits;
      }
    }
  }
}

/**
 * Steps the clocked controller through one timestep, cycle by cycle: the same states as `stateAt`, reached the way
 * hardware reaches them.
 * @throws InvalidShapeError
 */
export function* steps(shape: AcceleratorShape): Generator<CycleState> {
  const controller = new Controller(checkShape(shape));
  while (!controller.done) {
    yield controller.step();
  }
}
