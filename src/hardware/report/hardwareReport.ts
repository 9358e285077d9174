import { version } from "../../../package.json";
import type { Sequence } from "../calibrate.js";
import type { HostPart } from "../acceleratorModel.js";
import type { FixedModel } from "../fixedModel.js";
import { layerShapes } from "../layerShapes.js";
import { acceleratorInWords } from "../rtl/accelerator.js";
import { summariseNetwork } from "../schedule/network.js";
import { measureArea, type AreaModel } from "./areaModel.js";
import { areaPart } from "./areaPart.js";
import type { Provenance } from "./figure.js";
import type { FpgaFamily } from "./fpgaFamilies.js";
import { fpgaPart } from "./fpgaPart.js";
import { readLiberty, type Liberty } from "./liberty.js";
import { memoryPart } from "./memoryPart.js";
import { findOpenSta, type OpenSta } from "./opensta.js";
import { recurrentColumns } from "./recurrentColumns.js";
import { orMissing } from "./orMissing.js";
import type { HardwareReport, TogglePart } from "./reportSchema.js";
import { findIcarus } from "./gateSimulation.js";
import { tableEnergy } from "./tableEnergy.js";
import { cellEnergy, cellTiming, readCells, schedulePart, type CellReadings } from "./timingPart.js";
import { togglePart } from "./togglePart.js";
import { findYosys } from "./yosys.js";

export interface ReportOptions {
  /** P, of each layer. */
  readonly macUnits: number;
  readonly clockMegahertz: number;
  /** What the model has beside the accelerator's layers; default nothing. */
  readonly host?: HostPart;
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
  const { macUnits, clockMegahertz, signal, onProgress = () => undefined } = options;
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
    memory: memoryPart(model, macUnits, options.host, own),
    area: areaPart(area, macUnits, liberty, yosys),
    timing: {
      schedule: schedulePart(summary, { ...own, source: `schedule, at ${clockMegahertz} MHz${model.delta === undefined ? "" : ", all columns read"}` }),
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
