import { version } from "../../../package.json";
import type { Sequence } from "../calibrate.js";
import type { HostPart } from "../acceleratorModel.js";
import type { FixedModel } from "../fixedModel.js";
import { layerShapes } from "../layerShapes.js";
import { acceleratorInWords } from "../rtl/accelerator.js";
import { summariseNetwork } from "../schedule/network.js";
import { measureArea, type AreaModel } from "./areaModel.js";
import { areaPart } from "./areaPart.js";
import { synthesiseFlat } from "./asicSynthesis.js";
import { figure, type Provenance } from "./figure.js";
import type { FpgaFamily } from "./fpgaFamilies.js";
import { fpgaPart } from "./fpgaPart.js";
import { readLiberty, type Liberty } from "./liberty.js";
import { memoryPart } from "./memoryPart.js";
import { assumedMemoryTiming, checkMemoryTiming, type MemoryTiming } from "./memoryCells.js";
import { findOpenSta } from "./opensta.js";
import { recurrentColumns } from "./recurrentColumns.js";
import { orMissing } from "./orMissing.js";
import type { HardwareReport, TogglePart } from "./reportSchema.js";
import { findIcarus } from "./gateSimulation.js";
import { tableEnergy } from "./tableEnergy.js";
import { cellEnergy, cellTiming, chooseClock, clockOfCells, readCells, throughputPart } from "./timingPart.js";
import { togglePart } from "./togglePart.js";
import { findYosys } from "./yosys.js";

/** What a report takes beside the model. */
export interface ReportOptions {
  /** P, of each layer. */
  readonly macUnits: number;
  /** The clock of throughput and power; default: the highest that the report finds. */
  readonly clockMegahertz?: number | undefined;
  /** What paths spend in memories; default: assumed times. */
  readonly memory?: MemoryTiming;
  /** What the model has beside the accelerator's layers; default nothing. */
  readonly host?: HostPart | undefined;
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

/**
 * Synthesises the model's accelerator and says what it takes.
 * @throws MissingToolError without Yosys or standard cells, ToolError, InvalidShapeError
 */
export async function hardwareReport(model: FixedModel, options: ReportOptions): Promise<HardwareReport> {
  const { macUnits, signal, onProgress = () => undefined } = options;
  const memory = checkMemoryTiming(options.memory ?? assumedMemoryTiming);
  const own: Provenance = { node: null, tool: "Tritloom", version, source: "counted" };
  const summary = summariseNetwork(layerShapes(model, { macUnits }));
  const { cyclesPerTimestep } = summary;
  const liberty = await readLiberty(options.liberty);
  const yosys = await findYosys(signal);
  onProgress("standard cells");
  const area = await measureArea(model, yosys, liberty);
  onProgress(`flattened netlist of ${macUnits} MAC units a layer`);
  const flat = await synthesiseFlat(model, macUnits, yosys, liberty);
  onProgress("timing");
  const cells = await orMissing(async () => readCells(flat, macUnits, memory, liberty, await findOpenSta(signal)));
  onProgress("toggles");
  const toggles = await countToggles(model, area, liberty, options);
  const allColumns = model.delta === undefined ? "" : ", all columns read";
  return {
    version: 2,
    subject: acceleratorInWords(model, macUnits),
    memory: memoryPart(model, macUnits, options.host, own),
    area: areaPart(area, flat, macUnits, liberty, yosys),
    timing: {
      cyclesPerTimestep: figure(cyclesPerTimestep, "cycles", { ...own, source: `schedule${allColumns}` }),
      throughput: throughputPart(chooseClock(options.clockMegahertz, cells), summary, own),
      cells: "missing" in cells ? cells : cellTiming(cells),
    },
    energy: {
      table: tableEnergy(model, macUnits, recurrentColumns(model, options.sequences ?? []), own),
      cells: "missing" in cells ? cells : cellEnergy(cells, cyclesPerTimestep, clockOfCells(options.clockMegahertz, cells)),
      toggles,
    },
    fpga: await fpgaPart(model, options, yosys, onProgress),
  };
}

async function countToggles(model: FixedModel, area: AreaModel, liberty: Liberty, { sequences = [], signal }: ReportOptions): Promise<TogglePart> {
  const [sequence] = sequences;
  if (sequence === undefined) {
    return { missing: "no data was given from which operands could be taken." };
  }
  return orMissing(async () => togglePart(model, area, sequence, liberty, await findIcarus(signal)));
}
