import path from "node:path";
import { chipData, chipSource, RunDataError } from "../jobs/chipSource.js";
import type { Sequence } from "../hardware/calibrate.js";
import { exportChip } from "../jobs/exportChip.js";
import { acceleratorModel } from "../hardware/acceleratorModel.js";
import { type Chip, chipOf } from "../hardware/chip.js";
import type { ChipOptions } from "../hardware/chipOptions.js";
import { bitEncodings, encodingNames, tritEncodings } from "../hardware/rom/encoding.js";
import type { RomExport } from "../hardware/rom/exportRom.js";
import { goldenTimesteps } from "../hardware/rom/goldenVectors.js";
import { parseRomFormats, type RomFormat, romFormatNames, UnknownRomFormatError } from "../romFormats/romFormats.js";
import { allGateOrders, gateOrderNames, type WordLayout } from "../hardware/rom/layout.js";
import { bitOrders } from "../hardware/rom/lanePacking.js";
import { savingFigures } from "../hardware/rom/memory.js";
import type { DeployedModel } from "../rnn/shipping/deployedModel.js";
import type { RunReading } from "../runs/readRun.js";
import { runFiles } from "../runs/runFiles.js";
import { shippedModel } from "../runs/shippedModel.js";
import { defaultFolders, trackers } from "../trackers/exportRuns.js";
import { chipOptions, precisionOption, readChipOptions } from "./chipOptions.js";
import { type Command, type CommandLine, oneOf, positiveInteger, type Report, UsageError } from "./command.js";
import { exportToTracker, requireNoTracker, trackerOptions } from "./exportRuns.js";
import { openNamedRun } from "./openedRun.js";

export const exportCommand: Command = {
  summary: "Writes the weight ROMs of a finished run, with a manifest; or with --to the curves and settings of runs for TensorBoard, MLflow or as CSV.",
  guide: "from-run-to-rom",
  operands: [{ name: "RUN", description: "directory of a finished run; with --to of any runs, also a sweep or a folder of runs", isRepeated: true }],
  options: {
    ...trackerOptions,
    format: { value: "LIST", description: `formats from ${romFormatNames.join(",")}, separated by commas; default mem` },
    out: { value: "DIR", description: `folder to write; default ${runFiles.rom} in the run's directory, with --to ${trackers.map((to) => defaultFolders[to]).join(", ")} in this folder` },
    ...chipOptions,
    precision: precisionOption,
    encoding: { value: "LIST", description: `of trits: ${Object.keys(tritEncodings).join(", ")}; of bits: ${Object.keys(bitEncodings).join(", ")}; default the first of each` },
    "bit-order": { value: "ORDER", description: `where lane 0 sits in a word: ${bitOrders.join(", ")}; default lsb-first` },
    "gate-order": { value: "LIST", description: `gate blocks in the order of rows: ${orders("lstm")}; ${orders("gru")}; default the first of each` },
    "max-width": { value: "BITS", description: "split weight images into banks of words of at most so many bits" },
    overwrite: { description: "replace an earlier export in that folder" },
  },
  work: (line) => (line.values.to === undefined ? exportRun(line) : exportToTracker(line)),
};

async function exportRun({ operands, values, switches }: CommandLine): Promise<Report> {
  requireNoTracker({ operands, values, switches });
  const formats = readFormats(values.format ?? "mem");
  const layout = readLayout(values);
  const options = readChipOptions(values);
  const run = await openNamedRun(operands[0]!);
  const { chip, sequences } = await chipToExport(run, await shippedModel(run), options);
  const { ranges } = chip;
  const exported = await exportChip(chip, run.dir, { folder: values.out, formats, layout, sequences, overwrite: switches.has("overwrite") });
  const { dir, manifest, files, memory } = exported;
  return { text: `${inWords(exported)}\n${ranges}`, json: { dir, manifest, files, ...savingFigures(memory), ranges } };
}

interface ExportedChip {
  readonly chip: Chip;
  /** What golden vectors are made of; none where the data cannot be had. */
  readonly sequences?: readonly Sequence[];
}

/** The run's weights can be written even where its data cannot be had any more: with assumed ranges, which the export says. */
async function chipToExport(run: RunReading, deployed: DeployedModel, options: ChipOptions): Promise<ExportedChip> {
  const { name } = run.spec;
  try {
    const source = chipSource(name, deployed, await chipData(run));
    return { chip: chipOf(source, options), sequences: source.read(goldenTimesteps) };
  } catch (error) {
    if (!(error instanceof RunDataError)) {
      throw error;
    }
    const chip = chipOf({ name, model: acceleratorModel(deployed), read: () => [] }, { ...options, calibrate: false });
    return { chip: { ...chip, ranges: `${chip.ranges}: ${error.message}` } };
  }
}

function orders(cell: "lstm" | "gru"): string {
  return Object.entries(gateOrderNames[cell]).map(([name, users]) => `${name} (${users})`).join(", ");
}

/** @throws UsageError for a name that no list has */
function readLayout(values: CommandLine["values"]): Partial<WordLayout> {
  const { encoding = "", "bit-order": bitOrder, "gate-order": gateOrder = "", "max-width": maxWidth } = values;
  const encodings = listOf(encoding).map((name) => oneOf("encoding", name, encodingNames));
  const gates = listOf(gateOrder).map((name) => oneOf("gate-order", name, allGateOrders));
  const trits = encodings.find((name) => name in tritEncodings) as WordLayout["trits"] | undefined;
  const bits = encodings.find((name) => name in bitEncodings) as WordLayout["bits"] | undefined;
  const lstmOrder = gates.find((name) => name in gateOrderNames.lstm) as WordLayout["lstmOrder"] | undefined;
  const gruOrder = gates.find((name) => name in gateOrderNames.gru) as WordLayout["gruOrder"] | undefined;
  return {
    ...(trits && { trits }),
    ...(bits && { bits }),
    ...(lstmOrder && { lstmOrder }),
    ...(gruOrder && { gruOrder }),
    ...(bitOrder !== undefined && { bitOrder: oneOf("bit-order", bitOrder, bitOrders) }),
    ...(maxWidth !== undefined && { maxWidth: positiveInteger("max-width", maxWidth) }),
  };
}

function listOf(text: string): string[] {
  return text.split(",").map((name) => name.trim()).filter((name) => name !== "");
}

function readFormats(list: string): RomFormat[] {
  try {
    return parseRomFormats(list);
  } catch (error) {
    throw error instanceof UnknownRomFormatError ? new UsageError(`--format ${list}: ${error.message}`) : error;
  }
}

function inWords({ dir, manifest, files, memory }: RomExport): string {
  return [
    `Wrote ${files.length} files and ${path.basename(manifest)} to ${dir}`,
    ...files.map((file) => `  ${path.basename(file)}`),
    `Memory saving: ${savingFigures(memory).memorySavingInWords}`,
  ].join("\n");
}
