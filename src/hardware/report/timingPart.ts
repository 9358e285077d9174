import type { NetworkSummary } from "../schedule/network.js";
import { clockedFigures } from "../schedule/schedule.js";
import type { FlatDesign } from "./asicSynthesis.js";
import { overloadsInWords } from "./driveLimits.js";
import { figure, type Figure, type Provenance } from "./figure.js";
import type { Liberty } from "./liberty.js";
import { memoryTimingInWords, type MemoryTiming } from "./memoryCells.js";
import { powerClock, readTiming, type OpenSta, type TimingReading } from "./opensta.js";
import type { EnergyPart, TimingPart } from "./reportSchema.js";
import { ToolError } from "../../programs/runProgram.js";

/** A netlist that cannot be timed. */
export class OverloadError extends ToolError {
  override readonly name = "OverloadError";
}

/** What OpenSTA said of the flattened accelerator, and what of. */
export interface CellReading {
  readonly reading: TimingReading;
  readonly macUnits: number;
  readonly memory: MemoryTiming;
  readonly liberty: Liberty;
  readonly sta: OpenSta;
}

/** @throws ToolError when OpenSTA fails, or a pin of the netlist drives more than its library allows: no delay could be told of it */
export async function readCells(design: FlatDesign, macUnits: number, memory: MemoryTiming, liberty: Liberty, sta: OpenSta): Promise<CellReading> {
  const [worst, ...others] = design.overloads;
  if (worst !== undefined) {
    throw new OverloadError(overloadsInWords([worst, ...others]));
  }
  return { reading: await readTiming(design, memory, liberty, sta), macUnits, memory, liberty, sta };
}

/** Cells of the accelerator, in pJ a cycle. */
export function energyPerCycle({ watts }: TimingReading): number {
  return watts * powerClock.periodNanoseconds * 1e3;
}

/** The highest clock of the cells, in MHz. */
export function highestClock({ periodNanoseconds }: TimingReading): number {
  return 1e3 / periodNanoseconds;
}

function provenance({ liberty, sta }: CellReading, source: string): Provenance {
  return { node: liberty.node, tool: sta.tool, version: sta.version, source };
}

type Missing = Readonly<{ missing: string }>;

/** The clock of every headline: the one that was asked for, else the highest that the cells reach. */
export interface ChosenClock {
  readonly megahertz: number;
  readonly origin: "found" | "given";
  /** Whether the cells reach it; null where no clock of theirs is known. */
  readonly isReachable: boolean | null;
}

/** @param asked by the user, in MHz */
export function clockOfCells(asked: number | undefined, { reading }: CellReading): ChosenClock {
  const highest = highestClock(reading);
  return asked === undefined
    ? { megahertz: highest, origin: "found", isReachable: true }
    : { megahertz: asked, origin: "given", isReachable: asked <= highest };
}

/** The same where the cells may not have been timed: then only a clock that was asked for is left. */
export function chooseClock(asked: number | undefined, cells: CellReading | Missing): ChosenClock | Missing {
  if (!("missing" in cells)) {
    return clockOfCells(asked, cells);
  }
  return asked === undefined ? cells : { megahertz: asked, origin: "given", isReachable: null };
}

/** "the highest clock found, 165.6 MHz"; "the clock given, 400 MHz, which these cells do not reach" */
export function clockInWords({ megahertz, origin, isReachable }: ChosenClock): string {
  const clock = `${Number(megahertz.toPrecision(4))} MHz`;
  return origin === "found" ? `the highest clock found, ${clock}` : `the clock given, ${clock}${isReachable === false ? ", which these cells do not reach" : ""}`;
}

/** Speeds at a clock. */
export function throughputPart(clock: ChosenClock | Missing, summary: NetworkSummary, own: Provenance): TimingPart["throughput"] {
  if ("missing" in clock) {
    return clock;
  }
  const { timestepsPerSecond, throughputGops } = clockedFigures(clock.megahertz, summary.cyclesPerTimestep, summary.operationsPerCycle);
  const at = { ...own, source: `schedule, at ${clockInWords(clock)}` };
  return {
    clock: figure(clock.megahertz, "MHz", { ...at, source: clockInWords(clock) }),
    origin: clock.origin,
    isReachable: clock.isReachable,
    timestepsPerSecond: figure(timestepsPerSecond, "timesteps/s", at),
    effectiveThroughput: figure(throughputGops.effective, "GOPS", at),
    peakThroughput: figure(throughputGops.peak, "GOPS", at),
  };
}

/** The timing of the flattened netlist, as the report shows it. */
export function cellTiming(cells: CellReading): Exclude<TimingPart["cells"], Missing> {
  const { reading, macUnits, memory } = cells;
  const { periodNanoseconds, startPoint, endPoint } = reading;
  const units = `${macUnits} MAC unit${macUnits === 1 ? "" : "s"} a layer`;
  const words = `slowest path of the flattened netlist of ${units}, buffered, no cell driving more than its library allows; ${memoryTimingInWords(memory)}; no wires or clock tree`;
  const own = provenance(cells, words);
  return { period: figure(periodNanoseconds, "ns", own), frequency: figure(highestClock(reading), "MHz", own), startPoint, endPoint };
}

/** The energy of the flattened netlist at a clock, as the report shows it. */
export function cellEnergy(cells: CellReading, cyclesPerTimestep: number, clock: ChosenClock): Exclude<EnergyPart["cells"], Missing> {
  const source = `vectorless: every net switches in ${powerClock.activity} of the cycles; cells of the flattened netlist only, no wires, memories or clock tree`;
  const own = provenance(cells, source);
  const picojoules = energyPerCycle(cells.reading);
  const pico = (value: number): Figure => figure(value, "pJ", own);
  return {
    perCycle: pico(picojoules),
    perTimestep: pico(picojoules * cyclesPerTimestep),
    power: figure((picojoules * clock.megahertz) / 1e3, "mW", { ...own, source: `${source}; at ${clockInWords(clock)}` }),
  };
}
