import type { NetworkSummary } from "../schedule/network.js";
import type { ClockedFigures } from "../schedule/schedule.js";
import { measuredLanes } from "./asicSynthesis.js";
import type { AreaModel } from "./areaModel.js";
import { figure, type Figure, type Provenance } from "./figure.js";
import type { Liberty } from "./liberty.js";
import { powerClock, readTiming, type OpenSta, type TimingReading } from "./opensta.js";
import type { EnergyPart, TimingPart } from "./reportSchema.js";

/** Readings of the accelerator with few lanes, and of each layer's array with few and more. */
export interface CellReadings {
  readonly accelerator: TimingReading;
  readonly arrays: readonly { readonly few: TimingReading; readonly more: TimingReading }[];
}

/** @throws ToolError */
export async function readCells({ designs }: AreaModel, liberty: Liberty, sta: OpenSta): Promise<CellReadings> {
  const accelerator = await readTiming(designs.accelerator, liberty, sta);
  const arrays = [];
  for (const { few, more } of designs.arrays) {
    arrays.push({ few: await readTiming(few, liberty, sta), more: await readTiming(more, liberty, sta) });
  }
  return { accelerator, arrays };
}

/** Cells of an accelerator with so many MAC units in every layer, in pJ a cycle. */
export function energyPerCycle({ accelerator, arrays }: CellReadings, macUnits: number): number {
  const lane = arrays.reduce((sum, { few, more }) => sum + (more.watts - few.watts) / (measuredLanes.more - measuredLanes.few), 0);
  const watts = accelerator.watts + lane * (macUnits - measuredLanes.few);
  return watts * powerClock.periodNanoseconds * 1e3;
}

export interface CellProvenance {
  readonly liberty: Liberty;
  readonly sta: OpenSta;
}

function provenance({ liberty, sta }: CellProvenance, source: string): Provenance {
  return { node: liberty.node, tool: sta.tool, version: sta.version, source };
}

export function schedulePart(summary: NetworkSummary & ClockedFigures, own: Provenance): TimingPart["schedule"] {
  const { cyclesPerTimestep, timestepsPerSecond, throughputGops } = summary;
  return {
    cyclesPerTimestep: figure(cyclesPerTimestep, "cycles", own),
    timestepsPerSecond: figure(timestepsPerSecond, "timesteps/s", own),
    effectiveThroughput: figure(throughputGops.effective, "GOPS", own),
    peakThroughput: figure(throughputGops.peak, "GOPS", own),
  };
}

export function cellTiming(readings: CellReadings, cyclesPerTimestep: number, tools: CellProvenance): TimingPart["cells"] {
  const lanes = measuredLanes.few;
  const path = (reading: TimingReading, source: string) => {
    const { periodNanoseconds, startPoint, endPoint } = reading;
    const own = provenance(tools, source);
    const period = figure(periodNanoseconds, "ns", own);
    return { period, frequency: figure(1e3 / periodNanoseconds, "MHz", own), startPoint, endPoint };
  };
  const accelerator = path(readings.accelerator, `slowest register to register path, ${lanes} lanes; no wires, memory access or clock tree`);
  return {
    accelerator,
    arrays: readings.arrays.map(({ few }) => path(few, `MAC array of ${lanes} lanes alone, inputs at the clock edge; no wires`)),
    timestepsPerSecond: figure((accelerator.frequency.value * 1e6) / cyclesPerTimestep, "timesteps/s", provenance(tools, "that clock and the schedule")),
  };
}

export function cellEnergy(
  readings: CellReadings,
  use: { readonly macUnits: number; readonly cyclesPerTimestep: number; readonly clockMegahertz: number },
  tools: CellProvenance,
): EnergyPart["cells"] {
  const source = `vectorless: every net switches in ${powerClock.activity} of the cycles; cells only, no wires, memories or clock tree`;
  const own = provenance(tools, source);
  const picojoules = energyPerCycle(readings, use.macUnits);
  const pico = (value: number): Figure => figure(value, "pJ", own);
  return {
    perCycle: pico(picojoules),
    perTimestep: pico(picojoules * use.cyclesPerTimestep),
    power: figure((picojoules * use.clockMegahertz) / 1e3, "mW", own),
  };
}
