import { version } from "../../../package.json";
import type { Sequence } from "../calibrate.js";
import type { FixedModel } from "../fixedModel.js";
import { layerShapes } from "../layerShapes.js";
import { acceleratorInWords } from "../rtl/accelerator.js";
import { summariseNetwork } from "../schedule/network.js";
import { clockedFigures } from "../schedule/schedule.js";
import { measureArea, type AreaModel } from "./areaModel.js";
import { areaPart } from "./areaPart.js";
import { figure, type Figure, type Provenance } from "./figure.js";
import { countFpga, families, type FpgaCount, type FpgaFamily } from "./fpga.js";
import { readLiberty, type Liberty } from "./liberty.js";
import { memoryPart } from "./memoryPart.js";
import { placeIce40 } from "./nextpnr.js";
import { findOpenSta, type OpenSta } from "./opensta.js";
import { recurrentColumns } from "./recurrentColumns.js";
import type { FpgaPart, HardwareReport, TogglePart } from "./reportSchema.js";
import { findIcarus } from "./gateSimulation.js";
import { MissingToolError } from "./runProgram.js";
import { tableEnergy } from "./tableEnergy.js";
import { cellEnergy, cellTiming, readCells, schedulePart, type CellReadings } from "./timingPart.js";
import { togglePart } from "./togglePart.js";
import { findYosys, type Yosys } from "./yosys.js";

export interface ReportOptions {
  /** P, of each layer. */
  readonly macUnits: number;
  readonly clockMegahertz?: number;
  /** A liberty file; default OSU 0.18 µm. */
  readonly liberty?: string;
  readonly fpga: readonly FpgaFamily[];
  /** Whether iCE40 is also placed and routed; takes minutes for all but small networks. */
  readonly place?: boolean;
  /** What the network reads, for figures that depend on data; default none. */
  readonly sequences?: readonly Sequence[];
  readonly signal?: AbortSignal;
  onProgress?(message: string): void;
}

/** The clock of the paper's accelerators, as remembered. */
const paperClockMegahertz = 400;

/**
 * Synthesises the model's accelerator and says what it takes.
 * @throws MissingToolError without Yosys or standard cells, ToolError, InvalidShapeError
 */
export async function hardwareReport(model: FixedModel, options: ReportOptions): Promise<HardwareReport> {
  const { macUnits, clockMegahertz = paperClockMegahertz, signal, onProgress = () => undefined } = options;
  const own: Provenance = { node: null, tool: "Tritloom", version, source: "counted" };
  const summary = summariseNetwork(layerShapes(model, { macUnits, clockMegahertz }));
  const liberty = await readLiberty(options.liberty);
  const yosys = await findYosys(signal);
  onProgress("standard cells");
  const area = await measureArea(model, yosys, liberty);
  onProgress("timing");
  const cells = await timeCells(area, liberty, signal);
  onProgress("toggles");
  const toggles = await countToggles(model, area, liberty, options);
  const { cyclesPerTimestep } = summary;
  return {
    version: 1,
    subject: acceleratorInWords(model, macUnits),
    memory: memoryPart(model, macUnits, own),
    area: areaPart(area, macUnits, liberty, yosys),
    timing: {
      schedule: schedulePart({ ...summary, ...clockedFigures(clockMegahertz, summary.cyclesPerTimestep, summary.operationsPerCycle) }, { ...own, source: `schedule, at ${clockMegahertz} MHz${model.delta === undefined ? "" : ", all columns read"}` }),
      cells: "missing" in cells ? cells : cellTiming(cells.readings, cyclesPerTimestep, cells),
    },
    energy: {
      table: tableEnergy(model, macUnits, recurrentColumns(model, options.sequences ?? []), own),
      cells: "missing" in cells ? cells : cellEnergy(cells.readings, { macUnits, cyclesPerTimestep, clockMegahertz }, cells),
      toggles,
    },
    fpga: await fpgaPart(model, options, yosys, onProgress),
  };
}

type Timed = { readonly readings: CellReadings; readonly liberty: Liberty; readonly sta: OpenSta } | { readonly missing: string };

async function timeCells(area: AreaModel, liberty: Liberty, signal?: AbortSignal): Promise<Timed> {
  return orMissing(async () => {
    const sta = await findOpenSta(signal);
    return { readings: await readCells(area, liberty, sta), liberty, sta };
  });
}

async function countToggles(model: FixedModel, area: AreaModel, liberty: Liberty, { sequences = [], signal }: ReportOptions): Promise<TogglePart> {
  const [sequence] = sequences;
  if (sequence === undefined) {
    return { missing: "no data was given from which operands could be taken." };
  }
  return orMissing(async () => togglePart(model, area, sequence, liberty, await findIcarus(signal)));
}

/** A tool that is not there leaves a part out, and the report says so. */
async function orMissing<Found>(find: () => Promise<Found>): Promise<Found | { readonly missing: string }> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof MissingToolError) {
      return { missing: error.message };
    }
    throw error;
  }
}

async function fpgaPart(model: FixedModel, options: ReportOptions, yosys: Yosys, onProgress: (message: string) => void): Promise<FpgaPart> {
  const counts: FpgaCount[] = [];
  for (const family of options.fpga) {
    onProgress(families[family].title);
    counts.push(await countFpga(model, options.macUnits, family, yosys));
  }
  const ice40 = counts.find(({ family }) => family === "ice40");
  const placed = options.place && ice40 ? await place(ice40, options.signal) : undefined;
  return { families: counts.map((count) => familyFigures(count, yosys)), ...(placed && { placed }) };
}

function familyFigures({ family, resources, weights }: FpgaCount, { tool, version }: Yosys): FpgaPart["families"][number] {
  const { title, synthesis } = families[family];
  const count = (value: number): Figure => figure(value, "cells", { node: title, tool, version, source: `${synthesis}, before placement` });
  const { luts, carries, flipFlops, blockRams, lutRams, dsps } = resources;
  return {
    family,
    title,
    weights,
    luts: count(luts),
    carries: count(carries),
    flipFlops: count(flipFlops),
    blockRams: count(blockRams),
    lutRams: count(lutRams),
    dsps: count(dsps),
  };
}

async function place({ netlist, weights }: FpgaCount, signal?: AbortSignal): Promise<FpgaPart["placed"]> {
  if (weights === "outside") {
    return { missing: "The weights are more than fit this device, so nothing is placed: report a smaller network." };
  }
  return orMissing(async () => {
    const { megahertz, version, device } = await placeIce40(netlist, signal);
    const provenance = { node: device, tool: "nextpnr-ice40", version, source: "placed and routed, seed 1" };
    return { device, frequency: figure(megahertz, "MHz", provenance) };
  });
}
