import { bitEncodings, type Encoding, type EncodingName, encodingNames, tritEncodings } from "../hardware/rom/encoding.js";
import type { RomExpectation } from "../hardware/rom/lint.js";
import { isCompanion } from "../hardware/rom/besideManifest.js";
import { readRomFile, type RomFile } from "../hardware/rom/romFile.js";
import { type BitOrder, bitOrders } from "../hardware/rom/lanePacking.js";
import { romLimits } from "../romFormats/reading/limits.js";
import { checkRomFormats, romFormatNames, UnknownRomFormatError } from "../romFormats/romFormats.js";
import { type Command, type CommandLine, oneOf, positiveInteger, type Report, UsageError } from "./command.js";
import { convertReport } from "./romConvert.js";
import { diffReport } from "./romDiff.js";
import { lintReport } from "./romLint.js";
import { showReport } from "./romShow.js";

/** What each word does with its files. */
const tasks = {
  lint: { files: "one file or more", takes: (count: number) => count >= 1 },
  diff: { files: "two files", takes: (count: number) => count === 2 },
  show: { files: "one file", takes: (count: number) => count === 1 },
  convert: { files: "two files, from and to", takes: (count: number) => count === 2 },
} as const;
type Task = keyof typeof tasks;

export const romCommand: Command = {
  summary: "Lints ROM files, compares two of them, shows one, or writes one in another format: files of any format here, whoever wrote them.",
  guide: "from-run-to-rom",
  operands: [
    { name: "lint|diff|show|convert", description: "what to do" },
    { name: "FILE", description: "ROM file; the manifest.json of an export beside it is used", isRepeated: true },
  ],
  options: {
    to: { value: "FORMAT", description: "of the second file of convert; default by its extension" },
    as: { value: "FORMAT", description: `read as ${romFormatNames.join(", ")}; default by content and name` },
    width: { value: "BITS", description: "bits of a word; default what the file or the manifest says" },
    depth: { value: "WORDS", description: "words; default what the file or the manifest says" },
    radix: { value: "2|16", description: "digits of a Verilog memory file, 2 for $readmemb; default 16" },
    encoding: { value: "NAME", description: `weights in a word: ${encodingNames.join(", ")}; default what the manifest says` },
    "bit-order": { value: "ORDER", description: `where lane 0 sits: ${bitOrders.join(", ")}; default lsb-first` },
  },
  work: romWork,
};

async function romWork({ operands, values }: CommandLine): Promise<Report> {
  const [task, ...files] = operands as [Task, ...string[]];
  if (!Object.hasOwn(tasks, task)) {
    throw new UsageError(`rom does not know "${task}"; it does ${Object.keys(tasks).join(", ")}.`);
  }
  if (!tasks[task].takes(files.length)) {
    throw new UsageError(`rom ${task} takes ${tasks[task].files}; ${files.length} given.`);
  }
  const { to } = values;
  if (to !== undefined && task !== "convert") {
    throw new UsageError(`--to ${to}: only rom convert takes it; rom ${task} reads, and --as names the format to read.`);
  }
  const expected = expectation(values);
  return task === "lint" ? lint(files, expected) : one(task, files, expected, to);
}

/** Companions of an export beside its ROM files are passed over, so that all files of its folder can be named. */
async function lint(files: readonly string[], expected: RomExpectation): Promise<Report> {
  const roms: RomFile[] = [];
  const passedOver: string[] = [];
  for (const file of files) {
    if (await isCompanion(file)) {
      passedOver.push(file);
    } else {
      roms.push(await readRomFile(file, expected));
    }
  }
  return lintReport(roms, passedOver);
}

async function one(task: Exclude<Task, "lint">, [file, other]: readonly string[], expected: RomExpectation, to: string | undefined): Promise<Report> {
  const rom = await readRomFile(file!, expected);
  switch (task) {
    case "diff":
      return diffReport(rom, await readRomFile(other!, expected));
    case "show":
      return showReport(rom);
    case "convert":
      return convertReport(rom, other!, to);
  }
}

function expectation(values: CommandLine["values"]): RomExpectation {
  const { as, width, depth, radix, encoding } = values;
  const bitOrder = values["bit-order"];
  return {
    ...(as !== undefined && { format: readFormat(as) }),
    ...(width !== undefined && { width: limited("width", width, romLimits.wordBits) }),
    ...(depth !== undefined && { depth: limited("depth", depth, romLimits.words) }),
    ...(radix !== undefined && { radix: Number(oneOf("radix", radix, ["2", "16"])) as 2 | 16 }),
    ...packing(encoding, bitOrder),
  };
}

function limited(option: string, text: string, most: number): number {
  const value = positiveInteger(option, text);
  if (value > most) {
    throw new UsageError(`--${option} ${text}: give at most ${most}.`);
  }
  return value;
}

function packing(encoding: string | undefined, bitOrder: string | undefined): Pick<RomExpectation, "packing"> {
  if (encoding === undefined && bitOrder !== undefined) {
    throw new UsageError(`--bit-order ${bitOrder}: name the encoding too, with --encoding.`);
  }
  if (encoding === undefined) {
    return {};
  }
  const encodings: Readonly<Record<EncodingName, Encoding>> = { ...tritEncodings, ...bitEncodings };
  const order: BitOrder = oneOf("bit-order", bitOrder ?? "lsb-first", bitOrders);
  return { packing: { encoding: encodings[oneOf("encoding", encoding, encodingNames)], bitOrder: order } };
}

function readFormat(name: string): RomExpectation["format"] {
  try {
    return checkRomFormats([name])[0]!;
  } catch (error) {
    throw error instanceof UnknownRomFormatError ? new UsageError(`--as ${name}: ${error.message}`) : error;
  }
}
