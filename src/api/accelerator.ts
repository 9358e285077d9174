import path from "node:path";
import type { ChipLink, ScheduleOutput } from "../../webview/contract.js";
import { scheduleMime } from "../../webview/protocol.js";
import type { DataPart, TaskData } from "../data/contract.js";
import type { TaskSpec } from "../experiment/taskSpec.js";
import type { FixedModel } from "../hardware/fixedModel.js";
import { calibrationPart, type Chip, chipOf } from "../hardware/chip.js";
import { requireValid } from "../experiment/faults.js";
import { type ChipOptions, chipOptionsSchema } from "../hardware/chipOptions.js";
import type { WordLayout } from "../hardware/rom/layout.js";
import { accountMemory, memoryTable, savingFigures, type MemoryAccount } from "../hardware/rom/memory.js";
import { checkRomFormats } from "../romFormats/romFormats.js";
import { goldenTimesteps } from "../hardware/rom/goldenVectors.js";
import { scheduleSvg, scheduleText } from "../hardware/schedule/figure.js";
import { summariseNetwork, type NetworkSummary } from "../hardware/schedule/network.js";
import type { AcceleratorShape } from "../hardware/schedule/shape.js";
import { saveTrace, type TraceOptions } from "../hardware/schedule/traces/saveTrace.js";
import { generateAccelerator } from "../hardware/rtl/generate.js";
import { simulatorNames } from "../hardware/verify/simulators.js";
import type { DeployedModel } from "../rnn/shipping/deployedModel.js";
import type { RecurrentKernel } from "../rnn/kernels/contract.js";
import { runFiles } from "../runs/runFiles.js";
import { chipSource } from "../jobs/chipSource.js";
import { deltaInWords, integersInWords, layerInWords, macUnitsInWords } from "../jobs/chipWords.js";
import { escapeHtml } from "../text/markup.js";
import { table, thousands, type Row } from "../display/html.js";
import { acceleratorReport, type AcceleratorReport, type ReportOptions } from "./hardwareReport.js";
import { cellHost, displaySymbol, type Displayable, type MimeBundle } from "../display/host.js";
import { evaluateIntegers, type IntegerEvaluation } from "../jobs/integerEvaluation.js";
import { checkOptions, checkValues, requireOneOf, requireText } from "../experiment/options.js";
import { evaluationSchema, romSchema, traceSchema, verifySchema, verilogSchema } from "./optionSchemas.js";
import { partSequences } from "../jobs/runSequences.js";
import { exportChip } from "../jobs/exportChip.js";
import { verifyChip } from "../jobs/verifyChip.js";
import { VerifiedAccelerator, VerilogFiles, type VerifyAcceleratorOptions, type VerilogOptions } from "./verification.js";

/** Timesteps of a testbench. */
const defaultTestbench = 50;
/** Timesteps that a report looks at. */
const reportTimesteps = 1000;

/** The options of `run.accelerator()` are those of every chip. */
export type AcceleratorOptions = ChipOptions;

/** Options of `accelerator.exportRom()`. */
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
 * @throws UnsupportedModelError for a model that there is none for; OptionError, TypeError for options
 */
export async function acceleratorOf(source: AcceleratorSource, options: AcceleratorOptions): Promise<Accelerator> {
  const { name, deployed, data } = source;
  const given = checkOptions("run.accelerator", options, knownOptions);
  checkInnerOptions(given);
  requireValid("run.accelerator()", chipOptionsSchema, given);
  return new Accelerator(chipOf(chipSource(name, deployed, data), given), source, given);
}

/** @throws TypeError for a misspelt option in `lookUp` or `calibrate`, which would be left out silently */
function checkInnerOptions({ lookUp = {}, calibrate }: AcceleratorOptions): void {
  checkOptions("lookUp of run.accelerator", lookUp, { entries: true, interpolation: true });
  checkOptions("calibrate of run.accelerator", calibrate === false ? {} : (calibrate ?? {}), { timesteps: true });
}

/** The accelerator for one trained model: a few MAC units that compute row after row in turn. `run.accelerator()` makes it. */
export class Accelerator implements Displayable {
  /** Cycles of a timestep and of its stages, for each layer. */
  readonly summary: NetworkSummary;

  /** Made by `run.accelerator()`. */
  constructor(
    private readonly chip: Chip,
    private readonly source: AcceleratorSource,
    private readonly options: AcceleratorOptions,
  ) {
    this.summary = summariseNetwork(chip.shapes);
  }

  /** Sizes and precision of each layer, from the input on. */
  get shapes(): readonly AcceleratorShape[] {
    return this.chip.shapes;
  }

  /** All that the accelerator holds, in integers: weights, scales, shifts, tables and number formats. */
  get fixed(): FixedModel {
    return this.chip.fixed;
  }

  /** The bits of each ROM, and how much less that is than with float32 and with 12-bit weights, with and without the output layer. */
  get memory(): MemoryAccount {
    return accountMemory(this.fixed, this.chip.macUnits, this.chip.model.host);
  }

  /** Draws one timestep, cycle by cycle. The button below the picture opens this very chip in the panel "Accelerator Pipeline". */
  schedule(): Schedule {
    const chip = { dir: path.resolve(this.source.dir), name: this.source.name, options: this.options };
    cellHost()?.report({ kind: "chip", dir: chip.dir, options: chip.options });
    return new Schedule(this.shapes, this.summary, chip);
  }

  /**
   * Synthesises the accelerator and tells what it takes: memory, area of cells, timing, energy, FPGA resources. For a small one this takes a minute.
   * @throws MissingToolError without Yosys or standard cells; the message says what to install
   */
  async report(options: ReportOptions = {}): Promise<AcceleratorReport> {
    const { macUnits, clockMegahertz } = this.chip;
    const sequences = this.testSequences(reportTimesteps);
    return acceleratorReport(this.fixed, { macUnits, clockMegahertz, host: this.chip.model.host, sequences }, options);
  }

  /**
   * Scores exactly the integers of the accelerator on a part of the data, beside the float model on the same timesteps;
   * the integer hidden states go through the float output layer.
   * @param options.timesteps of the part's beginning; default: all
   */
  async evaluate(part: Exclude<DataPart, "train"> = "test", options: { timesteps?: number } = {}): Promise<IntegerEvaluation> {
    requireOneOf("accelerator.evaluate", part, ["validation", "test"]);
    const { timesteps } = checkValues("accelerator.evaluate", options, { timesteps: true }, evaluationSchema);
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
    requireText("accelerator.exportRom", folder, "a folder to write, as \"rom\"");
    const { overwrite, layout = {}, formats: names = ["mem"] } = checkOptions("accelerator.exportRom", options, romNames);
    checkOptions("layout of accelerator.exportRom", layout, layoutNames);
    requireValid("accelerator.exportRom()", romSchema, options);
    const formats = checkRomFormats(names);
    const sequences = this.testSequences(goldenTimesteps);
    const { dir, manifest, files, memory } = await exportChip(this.chip, this.source.dir, { folder, formats, layout, sequences, overwrite });
    cellHost()?.report({ kind: "rom", dir, manifest, files: [...files], ...savingFigures(memory) });
    return new RomFiles(dir, manifest, files, memory);
  }

  /**
   * Writes Verilog, ROM files, and a testbench of the run's own data into a new folder, whole or not at all.
   * @param folder default: `accelerator` in the run directory
   * @throws when the folder exists and `overwrite` is not set
   */
  async exportVerilog(folder = path.join(this.source.dir, "accelerator"), options: VerilogOptions = {}): Promise<VerilogFiles> {
    requireText("accelerator.exportVerilog", folder, "a folder to write, as \"verilog\"");
    const known = { timesteps: true, overwrite: true } as const;
    const { timesteps = defaultTestbench, overwrite } = checkValues("accelerator.exportVerilog", options, known, verilogSchema);
    const { macUnits, fixed, model } = this.chip;
    const place = { folder: path.resolve(folder), macUnits, model, overwrite, origin: this.source.name };
    return new VerilogFiles(await generateAccelerator(fixed, this.testSequences(timesteps), place));
  }

  /**
   * Simulates the accelerator on the run's own data and compares every gate, c, h and output with the integer model, and the
   * cycles with the schedule; the outcome is kept in the run's directory. The simulators must be installed.
   * @throws MissingToolError, SimulationError
   */
  async verify(options: VerifyAcceleratorOptions = {}): Promise<VerifiedAccelerator> {
    const { timesteps = defaultTestbench, simulators } = checkValues("accelerator.verify", options, { timesteps: true, simulators: true }, verifySchema);
    simulators?.forEach((name) => requireOneOf("accelerator.verify", name, simulatorNames));
    const run = { dir: this.source.dir, options: this.options };
    return new VerifiedAccelerator(await verifyChip(this.chip, this.testSequences(timesteps), { run, simulators, signal: cellHost()?.interrupt }));
  }

  private testSequences(timesteps: number) {
    const { data, deployed } = this.source;
    return partSequences(data, deployed.input, calibrationPart, timesteps);
  }

  [displaySymbol](): MimeBundle {
    const { shapes, summary, memory, fixed, chip } = this;
    return table(`Accelerator for ${this.source.name}`, [
      ...shapes.map((shape, layer): Row => [layerName(shapes, layer), layerInWords(shape)]),
      ["array", macUnitsInWords(shapes)],
      ["recurrent columns", deltaInWords(fixed)],
      ["clock", chip.clockMegahertz === undefined ? "none given: clockMegahertz gives figures per second" : `${chip.clockMegahertz} MHz, as given`],
      ["cycles per timestep", thousands(summary.cyclesPerTimestep)],
      ["MAC units busy", summary.layers.map(({ utilisation }) => `${(utilisation * 100).toFixed(1)} %`).join(", ")],
      ["integers", integersInWords(fixed)],
      ["memory saving", savingFigures(memory).memorySavingInWords],
    ]);
  }
}

function layerName(shapes: readonly AcceleratorShape[], layer: number): string {
  return shapes.length === 1 ? "network" : `layer ${layer}`;
}

/** The schedule of one timestep, as a picture and in words: which unit does what in which cycle. */
export class Schedule implements Displayable {
  constructor(
    /** Sizes and precision of each layer, from the input on. */
    readonly shapes: readonly AcceleratorShape[],
    /** Cycles of a timestep and of its stages, for each layer. */
    readonly summary: NetworkSummary,
    /** Whose it is, so that the panel can show the chip; absent for shapes that are of no run. */
    private readonly chip?: ChipLink,
  ) {}

  /**
   * Writes the schedule, cycle by cycle, for another tool. The ending of the file chooses the format: `.kanata` or `.log` for Konata, `.vcd` for
   * waveform viewers, `.json` for WaveDrom, or `.svg`. `from` and `to` are cycles from the first input; default: the first timestep.
   * @returns the file's absolute path
   * @throws TraceFileError for another ending or a file that is there, RangeError for a range without cycles
   */
  async save(file: string, options: TraceOptions = {}): Promise<string> {
    requireText("schedule.save", file, "the name of a file to write, as \"schedule.vcd\"");
    return saveTrace(file, this.shapes, checkValues("schedule.save", options, { from: true, to: true, overwrite: true }, traceSchema));
  }

  [displaySymbol](): MimeBundle {
    const { shapes, summary, chip } = this;
    const texts = summary.layers.map((layer) => scheduleText(layer));
    const figures = shapes.map(
      (shape, layer) => `${this.heading(layer)}${scheduleSvg(shape)}<pre style="white-space:pre-wrap">${escapeHtml(texts[layer]!)}</pre>`,
    );
    return {
      ...(chip && { [scheduleMime]: JSON.stringify({ ...chip, shapes } satisfies ScheduleOutput) }),
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

/** The ROM files and the manifest that an export wrote. */
export class RomFiles implements Displayable {
  constructor(
    /** The folder, as an absolute path. */
    readonly dir: string,
    /** The manifest's path: it states shape, layout, width, depth, number format and checksum of each file. */
    readonly manifest: string,
    /** Names of all files in the folder. */
    readonly files: readonly string[],
    /** The bits of each ROM, and what is saved against float32 and 12-bit weights. */
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
