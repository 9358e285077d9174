import type { HostPart } from "../hardware/acceleratorModel.js";
import type { Sequence } from "../hardware/calibrate.js";
import { requireValid } from "../experiment/faults.js";
import type { FixedModel } from "../hardware/fixedModel.js";
import { type FpgaFamily, fpgaFamilies } from "../hardware/report/fpgaFamilies.js";
import { hardwareReport } from "../hardware/report/hardwareReport.js";
import { assumedMemoryTiming, type MemoryTiming } from "../hardware/report/memoryCells.js";
import type { HardwareReport } from "../hardware/report/reportSchema.js";
import { reportMarkdown } from "../hardware/report/reportText.js";
import { cellHost, displaySymbol, type Displayable, type MimeBundle } from "../display/host.js";
import { checkOptions, requireOneOf } from "../experiment/options.js";
import { reportSchema } from "./optionSchemas.js";

/** Options of `accelerator.report()`. */
export interface ReportOptions {
  /** A liberty file: standard cells of your own. Default: OSU 0.18 µm, as Debian's qflow-tech-osu018 has it. */
  liberty?: string;
  /** FPGA families to synthesise for: "ice40", "ecp5", "xilinx", "gowin". Default: ice40. */
  fpga?: readonly FpgaFamily[];
  /** The clock in MHz for which throughput and power are told. Default: that of `run.accelerator()`, else the highest that the report finds. */
  clockMegahertz?: number;
  /** What paths spend in memories, in ns, as your memory compiler tells it. Default: an access of 1.5 and a setup of 0.2, assumed. */
  memory?: Partial<MemoryTiming>;
  /** Also place and route for iCE40, which takes minutes for all but small networks. Default false. */
  place?: boolean;
}

/** Memory, area, timing, energy and FPGA resources of an accelerator; every number with its source. */
export class AcceleratorReport implements Displayable {
  constructor(
    /** All figures of the report, each with its unit and source. */
    readonly figures: HardwareReport,
  ) {}

  toString(): string {
    return reportMarkdown(this.figures);
  }

  /** The figures, so that `JSON.stringify(report)` writes what `tritloom report --json` does. */
  toJSON(): HardwareReport {
    return this.figures;
  }

  [displaySymbol](): MimeBundle {
    return { "text/markdown": this.toString(), "text/plain": this.toString() };
  }
}

/** @throws MissingToolError without Yosys or standard cells, TypeError, RangeError for options */
export async function acceleratorReport(
  fixed: FixedModel,
  array: {
    readonly macUnits: number;
    readonly clockMegahertz: number | undefined;
    readonly host: HostPart | undefined;
    readonly sequences: readonly Sequence[];
  },
  options: ReportOptions,
): Promise<AcceleratorReport> {
  const checked = checkOptions("accelerator.report", options, { liberty: true, fpga: true, clockMegahertz: true, memory: true, place: true });
  const { liberty, fpga = ["ice40"], clockMegahertz = array.clockMegahertz, memory, place } = checked;
  checkOptions("memory of accelerator.report", memory ?? {}, { accessNanoseconds: true, setupNanoseconds: true });
  requireValid("accelerator.report()", reportSchema, options);
  fpga.forEach((family) => requireOneOf("accelerator.report, fpga", family, fpgaFamilies));
  const timing = { ...assumedMemoryTiming, ...memory };
  return new AcceleratorReport(await hardwareReport(fixed, { ...array, clockMegahertz, liberty, fpga, memory: timing, place, signal: cellHost()?.interrupt }));
}
