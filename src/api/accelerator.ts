import path from "node:path";
import type { DataPart, TaskData } from "../data/contract.js";
import type { TaskSpec } from "../experiment/taskSpec.js";
import { acceleratorModel, type AcceleratorModel } from "../hardware/acceleratorModel.js";
import type { CellRange, FixedModel } from "../hardware/fixedModel.js";
import { fixedModel } from "../hardware/fixModel.js";
import type { FixedModelOptions } from "../hardware/fixModel.js";
import { exportRom } from "../hardware/rom/exportRom.js";
import type { WordLayout } from "../hardware/rom/layout.js";
import { accountMemory, memoryTable, savingFigures, type MemoryAccount } from "../hardware/rom/memory.js";
import { checkRomFormats } from "../hardware/rom/formats.js";
import { goldenTimesteps } from "../hardware/rom/goldenVectors.js";
import { cellName, columnsText, scheduleSvg, scheduleText } from "../hardware/schedule/figure.js";
import { summariseNetwork, type NetworkSummary } from "../hardware/schedule/network.js";
import { defaultClockMegahertz, defaultMacUnits, type AcceleratorShape } from "../hardware/schedule/shape.js";
import { saveTrace, type TraceOptions } from "../hardware/schedule/traces/saveTrace.js";
import { layerShapes } from "../hardware/layerShapes.js";
import { generateAccelerator } from "../hardware/rtl/generate.js";
import { simulatorNames } from "../hardware/verify/simulators.js";
import { verifyAccelerator } from "../hardware/verify/verify.js";
import type { DeployedModel } from "../rnn/deployedModel.js";
import type { RecurrentKernel } from "../rnn/kernels/contract.js";
import { runFiles } from "../runs/runFiles.js";
import { calibrationOn, calibrationPart, type CalibrationOptions } from "./calibration.js";
import { escapeHtml, table, thousands, type Row } from "./display/html.js";
import { acceleratorReport, type AcceleratorReport, type ReportOptions } from "./hardwareReport.js";
import { cellHost, displaySymbol, type Displayable, type MimeBundle } from "./host.js";
import { evaluateIntegers, type IntegerEvaluation } from "./integerEvaluation.js";
import { checkOptions, requireOneOf } from "./options.js";
import { partSequences } from "./runSequences.js";
import { VerifiedAccelerator, VerilogFiles, type VerifyAcceleratorOptions, type VerilogOptions } from "./verification.js";

/** Timesteps of a testbench. */
const defaultTestbench = 50;
/** Timesteps that a report looks at. */
const reportTimesteps = 1000;

export interface AcceleratorOptions extends Omit<FixedModelOptions, "calibration"> {
  /**
   * Ranges of cell states and inputs are seen on the beginning of the validation part; false: they are assumed to be
   * [-8, 8). Default: 1,000 timesteps. Cell states that were trained in fixed point keep their range.
   */
  calibrate?: CalibrationOptions | false;
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

const romNames = { formats: true, layout: true, overwrite: true } as const;
const layoutNames = { trits: true, bits: true, bitOrder: true, lstmOrder: true, gruOrder: true, maxWidth: true } as const;

/** Where an accelerator's model comes from, and what it is scored on. */
export interface AcceleratorSource {
  readonly dir: string;
  readonly name: string;
  readonly task: TaskSpec["kind"];
  readonly deployed: DeployedModel;
  readonly data: TaskData;
  readonly kernel: RecurrentKernel;
}

const knownOptions = {
  macUnits: true,
  clockMegahertz: true,
  calibrate: true,
  activationBits: true,
  cellBits: true,
  constantBits: true,
  lookUp: true,
  precision: true,
  deltaThreshold: true,
  columnsPerCycle: true,
} as const;

/**
 * The accelerator of a run, with ranges that were seen on its data.
 * @throws UnsupportedModelError for a model that there is none for; RangeError, TypeError, InvalidShapeError for options
 */
export async function acceleratorOf(source: AcceleratorSource, options: AcceleratorOptions): Promise<Accelerator> {
  const { calibrate, macUnits, clockMegahertz, ...widths } = checkOptions("run.accelerator", options, knownOptions);
  checkOptions("calibrate of run.accelerator", calibrate || {}, { timesteps: true });
  checkOptions("lookUp of run.accelerator", widths.lookUp ?? {}, { entries: true, interpolation: true });
  const model = acceleratorModel(source.deployed);
  const { data, deployed } = source;
  const calibration =
    calibrate === false
      ? undefined
      : await calibrationOn(model, (timesteps) => partSequences(data, deployed.input, calibrationPart, timesteps), widths, calibrate);
  return new Accelerator(model, fixedModel(model, { ...widths, calibration }), source, { macUnits, clockMegahertz });
}

/** The time-multiplexed accelerator for one trained model. */
export class Accelerator implements Displayable {
  /** One for each layer, from the input on. */
  readonly shapes: readonly AcceleratorShape[];
  readonly summary: NetworkSummary;
  private readonly macUnits: number;
  /** Undefined: nobody gave one. */
  private readonly clockMegahertz: number | undefined;

  /**
   * Made by `run.accelerator()`.
   * @throws InvalidShapeError
   */
  constructor(
    private readonly model: AcceleratorModel,
    /** What it holds, integers only. */
    readonly fixed: FixedModel,
    private readonly source: AcceleratorSource,
    { macUnits = defaultMacUnits, clockMegahertz }: Pick<AcceleratorOptions, "macUnits" | "clockMegahertz">,
  ) {
    this.macUnits = macUnits;
    this.clockMegahertz = clockMegahertz;
    this.shapes = layerShapes(fixed, { macUnits, clockMegahertz: clockMegahertz ?? defaultClockMegahertz });
    this.summary = summariseNetwork(this.shapes);
  }

  /** Bits of its ROMs, each counted, and the compression against float32 and 12-bit weights, with and without the output layer. */
  get memory(): MemoryAccount {
    return accountMemory(this.fixed, this.macUnits, this.model.host);
  }

  /** One timestep, cycle by cycle, as a picture; the panel "Accelerator Pipeline" animates it. */
  schedule(): Schedule {
    return new Schedule(this.shapes, this.summary);
  }

  /**
   * What the accelerator takes: memory, area of cells, timing, energy, FPGA resources; synthesises it, which takes a minute.
   * @throws MissingToolError without Yosys or standard cells; the message says what to install
   */
  async report(options: ReportOptions = {}): Promise<AcceleratorReport> {
    const { macUnits, clockMegahertz } = this;
    const sequences = this.testSequences(reportTimesteps);
    return acceleratorReport(this.fixed, { macUnits, clockMegahertz, host: this.model.host, sequences }, options);
  }

  /**
   * Scores exactly the integers of the accelerator on a part of the data, beside the float model on the same timesteps;
   * the integer hidden states go through the float output layer.
   * @param options.timesteps of the part's beginning; default: all
   */
  async evaluate(part: Exclude<DataPart, "train"> = "test", options: { timesteps?: number } = {}): Promise<IntegerEvaluation> {
    requireOneOf("accelerator.evaluate", part, ["validation", "test"]);
    const { timesteps } = checkOptions("accelerator.evaluate", options, { timesteps: true });
    const { task, deployed, data, kernel } = this.source;
    const signal = cellHost()?.interrupt;
    return evaluateIntegers({ task, deployed, fixed: this.fixed, data, part, timesteps, kernel }, { signal });
  }

  /**
   * Writes the ROM files and their manifest, whole or not at all.
   * @param folder default: `rom` in the run directory
   * @throws when the folder exists and `overwrite` is not set, or a format is unknown
   */
  async exportRom(folder = path.join(this.source.dir, runFiles.rom), options: RomOptions = {}): Promise<RomFiles> {
    const { overwrite, layout, formats: names = ["mem"] } = checkOptions("accelerator.exportRom", options, romNames);
    checkOptions("layout of accelerator.exportRom", layout ?? {}, layoutNames);
    const formats = checkRomFormats(names);
    const { macUnits, fixed, model } = this;
    const source = { runDir: this.source.dir, name: this.source.name };
    const golden = { origin: `the ${calibrationPart} part`, sequences: this.testSequences(goldenTimesteps) };
    const exported = await exportRom(model, { folder: path.resolve(folder), formats, macUnits, fixed, overwrite, layout, source, golden });
    const { dir, manifest, files, memory } = exported;
    cellHost()?.report({ kind: "rom", dir, manifest, files: [...files], ...savingFigures(memory) });
    return new RomFiles(dir, manifest, files, memory);
  }

  /**
   * Writes Verilog, ROM files, and a testbench of the run's own data into a new folder, whole or not at all.
   * @param folder default: `accelerator` in the run directory
   * @throws when the folder exists and `overwrite` is not set
   */
  async exportVerilog(folder = path.join(this.source.dir, "accelerator"), options: VerilogOptions = {}): Promise<VerilogFiles> {
    const { timesteps = defaultTestbench, overwrite } = checkOptions("accelerator.exportVerilog", options, { timesteps: true, overwrite: true });
    const { macUnits, fixed, model } = this;
    const place = { folder: path.resolve(folder), macUnits, model, overwrite, origin: this.source.name };
    return new VerilogFiles(await generateAccelerator(fixed, this.testSequences(timesteps), place));
  }

  /**
   * Simulates the accelerator on the run's own data and compares every gate, c, h and output with the integer model, and the
   * cycles with the schedule. The simulators must be installed.
   * @throws MissingToolError, SimulationError
   */
  async verify(options: VerifyAcceleratorOptions = {}): Promise<VerifiedAccelerator> {
    const { timesteps = defaultTestbench, simulators } = checkOptions("accelerator.verify", options, { timesteps: true, simulators: true });
    simulators?.forEach((name) => requireOneOf("accelerator.verify", name, simulatorNames));
    const { macUnits, fixed } = this;
    const how = { macUnits, simulators, signal: cellHost()?.interrupt };
    return new VerifiedAccelerator(await verifyAccelerator(fixed, this.testSequences(timesteps), how));
  }

  private testSequences(timesteps: number) {
    const { data, deployed } = this.source;
    return partSequences(data, deployed.input, calibrationPart, timesteps);
  }

  [displaySymbol](): MimeBundle {
    const { shapes, summary, memory, macUnits, fixed } = this;
    return table(`Accelerator for ${this.source.name}`, [
      ...shapes.map((shape, layer): Row => [layerName(shapes, layer), networkInWords(shape)]),
      ["MAC units", `${shapes.length > 1 ? `${shapes.length} x ` : ""}${macUnits}${columnsText(fixed)} at ${shapes[0]!.clockMegahertz} MHz`],
      ["cycles per timestep", thousands(summary.cyclesPerTimestep)],
      ["MAC units busy", summary.layers.map(({ utilisation }) => `${(utilisation * 100).toFixed(1)} %`).join(", ")],
      ["integers", integersInWords(fixed)],
      ["memory saving", savingFigures(memory).memorySavingInWords],
    ]);
  }
}

const rangesInWords: Readonly<Record<CellRange, string>> = { calibrated: "calibrated on data", trained: "as trained", assumed: "assumed" };

/** "hidden states of 12 bits; cell states of 16 bits in [-4, 4), calibrated on data; tables of 256 words" */
function integersInWords({ formats, layers, tables }: FixedModel): string {
  const cells = layers.flatMap((layer) => {
    if (layer.cell === "gru") {
      return [];
    }
    const limit = 2 ** (layer.cellFormat.bits - 1 - layer.cellFormat.fractionBits);
    return [`cell states of ${layer.cellFormat.bits} bits in [-${limit}, ${limit}), ${rangesInWords[layer.cellRange]}`];
  });
  return [`hidden states of ${formats.hidden.bits} bits`, ...new Set(cells), `tables of ${tables.tanh.entries} words`].join("; ");
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

  /**
   * Writes it, cycle by cycle, for another tool: .kanata or .log (Konata), .vcd (waveform viewers), .json (WaveDrom), or
   * .svg. `from` and `to` are cycles from the first input; default: the first timestep.
   * @returns the file's absolute path
   * @throws TraceFileError for another ending or a file that is there, RangeError for a range without cycles
   */
  async save(file: string, options: TraceOptions = {}): Promise<string> {
    return saveTrace(file, this.shapes, checkOptions("schedule.save", options, { from: true, to: true, overwrite: true }));
  }

  [displaySymbol](): MimeBundle {
    const { shapes, summary } = this;
    const texts = summary.layers.map(scheduleText);
    const figures = shapes.map(
      (shape, layer) => `${this.heading(layer)}${scheduleSvg(shape)}<pre style="white-space:pre-wrap">${escapeHtml(texts[layer]!)}</pre>`,
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
