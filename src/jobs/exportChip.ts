import path from "node:path";
import { calibrationPart, type Chip } from "../hardware/chip.js";
import { exportRom, type RomExport } from "../hardware/rom/exportRom.js";
import type { RomFormat } from "../romFormats/romFormats.js";
import type { WordLayout } from "../hardware/rom/layout.js";
import type { Sequence } from "../hardware/calibrate.js";
import { runFiles } from "../runs/runFiles.js";

export interface ExportChipOptions {
  /** Default: `rom` in the run's directory. */
  readonly folder?: string;
  readonly formats: readonly RomFormat[];
  /** Default: as the generated Verilog reads it. */
  readonly layout?: Partial<WordLayout>;
  /** What golden vectors are made of, from the calibration part; absent where the data cannot be had. */
  readonly sequences?: readonly Sequence[];
  /** Replace an earlier export in that folder. Default: no. */
  readonly overwrite?: boolean;
}

/**
 * Writes the ROM files of a run's chip and their manifest, whole or not at all.
 * @throws RefusedError when the folder exists and `overwrite` is not set, or cannot be written
 */
export async function exportChip({ name, model, fixed, macUnits }: Chip, runDir: string, options: ExportChipOptions): Promise<RomExport> {
  const { folder = path.join(runDir, runFiles.rom), formats, layout = {}, sequences, overwrite = false } = options;
  const golden = sequences && { origin: `the ${calibrationPart} part`, sequences };
  const source = { runDir, name };
  return exportRom(model, { folder: path.resolve(folder), formats, macUnits, fixed, overwrite, layout, source, ...(golden && { golden }) });
}
