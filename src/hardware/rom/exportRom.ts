import path from "node:path";
import type { AcceleratorModel } from "../acceleratorModel.js";
import type { FixedModel } from "../fixedModel.js";
import { fixModel } from "../fixModel.js";
import { type NameOption, RefusedError } from "../../text/optionError.js";
import { defaultMacUnits } from "../schedule/shape.js";
import { isMacUnits, mostMacUnits } from "../chipOptions.js";
import { writeFolder } from "../../files/atomicFolder.js";
import type { NewFolder } from "../../files/atomicFolder.js";
import { type ExportMarks, isOnlyExport } from "./earlierExport.js";
import { checkRomFormats, type RomFormat } from "../../romFormats/romFormats.js";
import { randomGolden, type GoldenSource } from "./goldenVectors.js";
import { checkedLayout } from "./layout.js";
import type { WordLayout } from "./layout.js";
import { filesListedIn, manifestName } from "./manifest.js";
import { accountMemory } from "./memory.js";
import type { MemoryAccount } from "./memory.js";
import { readmeName } from "./readme.js";
import { romFolder } from "./romFolder.js";
import { writeErrorText } from "../../files/writeErrorText.js";

export interface RomExportOptions {
  readonly folder: string;
  readonly formats: readonly RomFormat[];
  /** Weights per word. Default 64. */
  readonly macUnits?: number;
  /** The integers of the model's chip. Default, for a model that has no data: those of `fixModel`, ranges assumed. */
  readonly fixed?: FixedModel;
  /** Who sits where in a word. Default: as the generated Verilog reads it. */
  readonly layout?: Partial<WordLayout>;
  /** Replace an earlier export in the folder. Default false. */
  readonly overwrite?: boolean;
  /** The run that the model came from, for the manifest. */
  readonly source?: { readonly runDir?: string; readonly name?: string };
  /** What golden vectors are made from. Default: seeded random input. */
  readonly golden?: GoldenSource;
}

const marks: ExportMarks = {
  index: manifestName,
  readme: readmeName,
  filesOf: filesListedIn,
};

/** What an export wrote; absolute paths. */
export interface RomExport {
  readonly dir: string;
  readonly manifest: string;
  /** The ROM images, in every format. */
  readonly files: readonly string[];
  readonly memory: MemoryAccount;
}

/** The export could not be written; nothing was left behind. The message names the folder, the cause and the remedy. */
export class RomExportError extends RefusedError {
  override readonly name = "RomExportError";
}

/**
 * Writes every ROM image of a model in every format asked for, what the host needs beside them, golden vectors, manifest and README,
 * whole or not at all.
 * An existing folder with files is never touched, unless `overwrite` is set and it holds an earlier export.
 * @throws RomExportError, UnknownRomFormatError, RomLayoutError; RangeError for a model that has no fixed-point form
 */
export async function exportRom(model: AcceleratorModel, options: RomExportOptions): Promise<RomExport> {
  const { folder, macUnits = defaultMacUnits, overwrite = false, source = {}, golden = randomGolden(model) } = options;
  const formats = checkRomFormats(options.formats);
  checkMacUnits(macUnits);
  const fixed = options.fixed ?? fixModel(model);
  const layout = checkedLayout(options.layout ?? {}, fixed);
  const contents = romFolder({ model, fixed, macUnits, formats, layout, source, golden });
  const names: string[] = [];
  const fill = async (target: NewFolder): Promise<void> => {
    for (const { name, content } of contents) {
      await target.write(name, content);
      names.push(name);
    }
  };
  const dir = await writeExport(folder, overwrite, fill);
  // What is for the host lies in folders of its own.
  const images = names.filter((name) => !name.includes("/") && name !== manifestName && name !== readmeName);
  const files = images.map((name) => path.join(dir, name));
  return { dir, manifest: path.join(dir, manifestName), files, memory: accountMemory(fixed, macUnits, model.host) };
}

function checkMacUnits(macUnits: number): void {
  if (!isMacUnits(macUnits)) {
    throw new RomExportError(() => `macUnits is ${macUnits}; choose a whole number from 1 to ${mostMacUnits}.`);
  }
}

async function writeExport(folder: string, overwrite: boolean, fill: (target: NewFolder) => Promise<void>): Promise<string> {
  const remedy = (name: NameOption): string =>
    overwrite
      ? "Only a folder with nothing but an earlier ROM export is overwritten; choose another folder."
      : `Choose another folder, or allow overwriting (${name("overwrite")}).`;
  const mayReplace = async (existing: string): Promise<boolean> => overwrite && (await isOnlyExport(existing, marks));
  try {
    return await writeFolder(folder, { mayReplace, remedy }, fill);
  } catch (error) {
    throw new RomExportError((name) => `Cannot export to ${folder}: ${writeErrorText(error, name)}`, { cause: error });
  }
}
