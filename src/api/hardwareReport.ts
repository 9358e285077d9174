import type { Sequence } from "../hardware/calibrate.js";
import type { FixedModel } from "../hardware/fixedModel.js";
import { type FpgaFamily, fpgaFamilies } from "../hardware/report/fpga.js";
import { hardwareReport } from "../hardware/report/hardwareReport.js";
import type { HardwareReport } from "../hardware/report/reportSchema.js";
import { reportMarkdown } from "../hardware/report/reportText.js";
import { cellHost, displaySymbol, type Displayable, type MimeBundle } from "./host.js";
import { checkOptions, requireOneOf } from "./options.js";

export interface ReportOptions {
  /** A liberty file: standard cells of your own. Default: OSU 0.18 µm, as Debian's qflow-tech-osu018 has it. */
  liberty?: string;
  /** FPGA families to synthesise for: "ice40", "ecp5", "xilinx", "gowin". Default: ice40. */
  fpga?: readonly FpgaFamily[];
  /** Also place and route for iCE40, which takes minutes for all but small networks. Default false. */
  place?: boolean;
}

/** Memory, area, timing, energy and FPGA resources of an accelerator; every number with its source. */
export class AcceleratorReport implements Displayable {
  constructor(readonly figures: HardwareReport) {}

  toString(): string {
    return reportMarkdown(this.figures);
  }

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
  array: { readonly macUnits: number; readonly clockMegahertz: number | undefined; readonly sequences: readonly Sequence[] },
  options: ReportOptions,
): Promise<AcceleratorReport> {
  const { liberty, fpga = ["ice40"], place } = checkOptions("accelerator.report", options, { liberty: true, fpga: true, place: true });
  for (const family of fpga) {
    requireOneOf("accelerator.report, fpga", family, fpgaFamilies);
  }
  return new AcceleratorReport(await hardwareReport(fixed, { ...array, liberty, fpga, place, signal: cellHost()?.interrupt }));
}
