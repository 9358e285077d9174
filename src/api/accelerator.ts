import path from "node:path";
import type { AcceleratorModel } from "../hardware/acceleratorModel.js";
import type { FixedModel } from "../hardware/fixedModel.js";
import { fixedModel } from "../hardware/fixModel.js";
import type { FixedModelOptions } from "../hardware/fixModel.js";
import { exportRom } from "../hardware/rom/exportRom.js";
import type { WordLayout } from "../hardware/rom/layout.js";
import { accountMemory, memoryTable, type MemoryAccount } from "../hardware/rom/memory.js";
import { checkRomFormats } from "../hardware/rom/formats.js";
import { cellName, scheduleSvg, scheduleText } from "../hardware/schedule/figure.js";
import { summariseNetwork, type NetworkSummary } from "../hardware/schedule/network.js";
import { defaultClockMegahertz, defaultMacUnits, type AcceleratorShape } from "../hardware/schedule/shape.js";
import { layerShapes } from "../hardware/layerShapes.js";
import { runFiles } from "../runs/contract.js";
import { escapeHtml, table, thousands, type Row } from "./display/html.js";
import { cellHost, displaySymbol, type Displayable, type MimeBundle } from "./host.js";

export interface AcceleratorOptions extends Omit<FixedModelOptions, "calibration"> {
  /** Multiply-accumulate units that work side by side, for each layer. Default 64. */
  macUnits?: number;
  /** Default 400, the paper's clock (as remembered, unverified). */
  clockMegahertz?: number;
}

export interface RomOptions {
  /** "mem", "coe", "mif", "hex", "c" and more: an unknown name is answered with all of them. Default: mem. */
  formats?: readonly string[];
  /** Encodings, bit order, gate order and greatest word width. Default: as the generated Verilog reads it. */
  layout?: Partial<WordLayout>;
  /** Replace an earlier export in the same folder. Default false: an existing folder is an error. */
  overwrite?: boolean;
}

interface RunSource {
  readonly dir: string;
  readonly name: string;
}

/** The time-multiplexed accelerator for one trained model. */
export class Accelerator implements Displayable {
  /** One for each layer, from the input on. */
  readonly shapes: readonly AcceleratorShape[];
  readonly summary: NetworkSummary;
  /** What it holds, integers only. */
  readonly fixed: FixedModel;
  private readonly macUnits: number;

  /** @throws InvalidShapeError, RangeError for an option out of range */
  constructor(
    private readonly model: AcceleratorModel,
    private readonly source: RunSource,
    options: AcceleratorOptions,
  ) {
    const { macUnits = defaultMacUnits, clockMegahertz = defaultClockMegahertz, ...fixedPoint } = options;
    this.macUnits = macUnits;
    this.fixed = fixedModel(model, fixedPoint);
    this.shapes = layerShapes(this.fixed, { macUnits, clockMegahertz });
    this.summary = summariseNetwork(this.shapes);
  }

  /** Bits that ship, each counted, and the compression against float32 and 12-bit weights. */
  get memory(): MemoryAccount {
    return accountMemory(this.fixed, this.macUnits);
  }

  /** One timestep, cycle by cycle, as a picture; the panel "Accelerator Pipeline" animates it. */
  schedule(): Schedule {
    return new Schedule(this.shapes, this.summary);
  }

  /**
   * Writes the ROM files and their manifest, whole or not at all.
   * @param folder default: `rom` in the run directory
   * @throws when the folder exists and `overwrite` is not set, or a format is unknown
   */
  async exportRom(folder = path.join(this.source.dir, runFiles.rom), options: RomOptions = {}): Promise<RomFiles> {
    const formats = checkRomFormats(options.formats ?? ["mem"]);
    const { macUnits, fixed, model } = this;
    const { overwrite, layout } = options;
    const source = { runDir: this.source.dir, name: this.source.name };
    const exported = await exportRom(model, { folder: path.resolve(folder), formats, macUnits, fixed, overwrite, layout, source });
    const { dir, manifest, files, memory } = exported;
    cellHost()?.report({ kind: "rom", dir, manifest, files: [...files], memorySaving: memory.memorySaving });
    return new RomFiles(dir, manifest, files, memory);
  }

  [displaySymbol](): MimeBundle {
    const { shapes, summary, memory, macUnits } = this;
    return table(`Accelerator for ${this.source.name}`, [
      ...shapes.map((shape, layer): Row => [layerName(shapes, layer), networkInWords(shape)]),
      ["MAC units", `${shapes.length > 1 ? `${shapes.length} x ` : ""}${macUnits} at ${shapes[0]!.clockMegahertz} MHz`],
      ["cycles per timestep", thousands(summary.cyclesPerTimestep)],
      ["MAC units busy", summary.layers.map(({ utilisation }) => `${(utilisation * 100).toFixed(1)} %`).join(", ")],
      ["memory saving", `${memory.memorySaving.toFixed(1)}x against float32, all constants counted`],
    ]);
  }
}

function layerName(shapes: readonly AcceleratorShape[], layer: number): string {
  return shapes.length === 1 ? "network" : `layer ${layer}`;
}

function networkInWords(shape: AcceleratorShape): string {
  return `${cellName(shape)}, ${shape.units} units, ${shape.inputs} ${shape.inputKind} inputs, ${shape.precision} weights`;
}

/** The schedule of one timestep, as a picture and in words. */
export class Schedule implements Displayable {
  constructor(
    /** One for each layer, from the input on. */
    readonly shapes: readonly AcceleratorShape[],
    readonly summary: NetworkSummary,
  ) {}

  [displaySymbol](): MimeBundle {
    const { shapes, summary } = this;
    const texts = summary.layers.map(scheduleText);
    const figures = shapes.map(
      (shape, layer) => `${this.heading(layer)}${scheduleSvg(shape)}<pre>${escapeHtml(texts[layer]!)}</pre>`,
    );
    return {
      "text/html": `<div>${figures.join("")}</div>`,
      ...(shapes.length === 1 && { "image/svg+xml": scheduleSvg(shapes[0]!) }),
      "text/plain": texts.map((text, layer) => (shapes.length === 1 ? text : `layer ${layer}\n${text}`)).join("\n\n"),
    };
  }

  private heading(layer: number): string {
    return this.shapes.length === 1 ? "" : `<h4>Layer ${layer}</h4>`;
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
