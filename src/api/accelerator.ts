import path from "node:path";
import type { AcceleratorModel } from "../hardware/acceleratorModel.js";
import { exportRom } from "../hardware/rom/exportRom.js";
import { accountMemory, memoryTable, type MemoryAccount } from "../hardware/rom/memory.js";
import { checkRomFormats } from "../hardware/rom/formats.js";
import { scheduleSvg, scheduleText } from "../hardware/schedule/figure.js";
import { summarise, type ScheduleSummary } from "../hardware/schedule/schedule.js";
import { checkShape, defaultClockMegahertz, defaultMacUnits, type AcceleratorShape } from "../hardware/schedule/shape.js";
import { runFiles } from "../runs/contract.js";
import { escapeHtml, table, thousands } from "./display/html.js";
import { cellHost, displaySymbol, type Displayable, type MimeBundle } from "./host.js";

export interface AcceleratorOptions {
  /** Multiply-accumulate units that work side by side. Default 64. */
  macUnits?: number;
  /** Default 400, the paper's clock (as remembered, unverified). */
  clockMegahertz?: number;
}

export interface RomOptions {
  /** "mem", "coe", "mif", "hex", "c". Default: mem. */
  formats?: readonly string[];
  /** Replace an earlier export in the same folder. Default false: an existing folder is an error. */
  overwrite?: boolean;
}

interface RunSource {
  readonly dir: string;
  readonly name: string;
}

function precisionOf(model: AcceleratorModel): AcceleratorShape["precision"] {
  const { inputWeights } = model;
  return inputWeights.kind === "quantised" ? inputWeights.levels : "full";
}

/** The time-multiplexed accelerator for one trained model. */
export class Accelerator implements Displayable {
  readonly shape: AcceleratorShape;
  readonly summary: ScheduleSummary;

  constructor(
    private readonly model: AcceleratorModel,
    private readonly source: RunSource,
    options: AcceleratorOptions,
  ) {
    this.shape = checkShape({
      cell: "lstm",
      inputs: model.alphabet.length,
      inputKind: "one-hot",
      units: model.units,
      macUnits: options.macUnits ?? defaultMacUnits,
      precision: precisionOf(model),
      clockMegahertz: options.clockMegahertz ?? defaultClockMegahertz,
    });
    this.summary = summarise(this.shape);
  }

  /** Bits that ship, each counted, and the compression against float32 and 12-bit weights. */
  get memory(): MemoryAccount {
    return accountMemory(this.model, this.shape.macUnits);
  }

  /** One timestep, cycle by cycle, as a picture; the panel "Accelerator Pipeline" animates it. */
  schedule(): Schedule {
    return new Schedule(this.shape, this.summary);
  }

  /**
   * Writes the ROM files and their manifest, whole or not at all.
   * @param folder default: `rom` in the run directory
   * @throws when the folder exists and `overwrite` is not set, or a format is unknown
   */
  async exportRom(folder = path.join(this.source.dir, runFiles.rom), options: RomOptions = {}): Promise<RomFiles> {
    const formats = checkRomFormats(options.formats ?? ["mem"]);
    const { macUnits } = this.shape;
    const { overwrite } = options;
    const source = { runDir: this.source.dir, name: this.source.name };
    const exported = await exportRom(this.model, { folder: path.resolve(folder), formats, macUnits, overwrite, source });
    const { dir, manifest, files, memory } = exported;
    cellHost()?.report({ kind: "rom", dir, manifest, files: [...files], memorySaving: memory.memorySaving });
    return new RomFiles(dir, manifest, files, memory);
  }

  [displaySymbol](): MimeBundle {
    const { shape, summary, memory } = this;
    return table(`Accelerator for ${this.source.name}`, [
      ["network", `LSTM, ${shape.units} units, ${shape.inputs} one-hot inputs, ${shape.precision} weights`],
      ["MAC units", `${shape.macUnits} at ${shape.clockMegahertz} MHz`],
      ["cycles per timestep", thousands(summary.cyclesPerTimestep)],
      ["MAC units busy", `${(summary.utilisation * 100).toFixed(1)} %`],
      ["memory saving", `${memory.memorySaving.toFixed(1)}x against float32, all constants counted`],
    ]);
  }
}

/** The schedule of one timestep, as a picture and in words. */
export class Schedule implements Displayable {
  constructor(
    readonly shape: AcceleratorShape,
    readonly summary: ScheduleSummary,
  ) {}

  [displaySymbol](): MimeBundle {
    const svg = scheduleSvg(this.shape);
    const text = scheduleText(this.summary);
    return {
      "text/html": `<div>${svg}<pre>${escapeHtml(text)}</pre></div>`,
      "image/svg+xml": svg,
      "text/plain": text,
    };
  }
}

/** "45 files: .coe, .h, .hex, .mem, .mif" */
function filesInWords(files: readonly string[]): string {
  const extensions = [...new Set(files.map((file) => path.extname(file)))].sort();
  return `${files.length} files: ${extensions.join(", ")}`;
}

/** What an export wrote. */
export class RomFiles implements Displayable {
  constructor(
    readonly dir: string,
    readonly manifest: string,
    readonly files: readonly string[],
    readonly memory: MemoryAccount,
  ) {}

  [displaySymbol](): MimeBundle {
    const { dir, manifest, files, memory } = this;
    return table("ROM files", [
      ["folder", dir],
      ["manifest", path.basename(manifest)],
      ["files", filesInWords(files)],
      ...memoryTable(memory),
    ]);
  }
}
