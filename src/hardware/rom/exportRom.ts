import { createHash } from "node:crypto";
import path from "node:path";
import type { AcceleratorModel } from "../acceleratorModel.js";
import type { FixedModel } from "../fixedModel.js";
import { fixedModel } from "../fixModel.js";
import { type NameOption, RefusedError } from "../optionError.js";
import { defaultMacUnits } from "../schedule/shape.js";
import { isMacUnits, mostMacUnits } from "../chipOptions.js";
import { writeFolder } from "./atomicFolder.js";
import type { NewFolder } from "./atomicFolder.js";
import { romContents } from "./contents.js";
import { type ExportMarks, isOnlyExport } from "./earlierExport.js";
import { checkRomFormats, romWriters } from "./formats.js";
import type { RomFormat } from "./formats.js";
import { checkedLayout } from "./layout.js";
import type { WordLayout } from "./layout.js";
import { manifestName, parseRomManifest, romManifest } from "./manifest.js";
import type { RomManifestFile } from "./manifest.js";
import { accountMemory } from "./memory.js";
import type { MemoryAccount } from "./memory.js";
import { readmeName, romReadme } from "./readme.js";
import type { RomImage } from "./romImage.js";
import { writeErrorText } from "./writeErrorText.js";

export interface RomExportOptions {
  readonly folder: string;
  readonly formats: readonly RomFormat[];
  /** Weights per word. Default 64. */
  readonly macUnits?: number;
  /** The integers of the model's chip. Default, for a model that has no data: those of `fixedModel`, ranges assumed. */
  readonly fixed?: FixedModel;
  /** Who sits where in a word. Default: as the generated Verilog reads it. */
  readonly layout?: Partial<WordLayout>;
  /** Replace an earlier export in the folder. Default false. */
  readonly overwrite?: boolean;
  /** The run that the model came from, for the manifest. */
  readonly source?: { readonly runDir?: string; readonly name?: string };
}

const marks: ExportMarks = {
  index: manifestName,
  readme: readmeName,
  filesOf: (text) => parseRomManifest(text)?.images.flatMap(({ files }) => files.map((file) => file.path)),
};

/** What an export wrote; absolute paths. */
export interface RomExport {
  readonly dir: string;
  readonly manifest: string;
  /** The image files, without manifest and README. */
  readonly files: readonly string[];
  readonly memory: MemoryAccount;
}

/** The export could not be written; nothing was left behind. The message names the folder, the cause and the remedy. */
export class RomExportError extends RefusedError {
  override readonly name = "RomExportError";
}

/**
 * Writes every ROM image of a model in every format asked for, with manifest and README, whole or not at all.
 * An existing folder with files is never touched, unless `overwrite` is set and it holds an earlier export.
 * @throws RomExportError, UnknownRomFormatError, RomLayoutError; RangeError for a model that has no fixed-point form
 */
export async function exportRom(model: AcceleratorModel, options: RomExportOptions): Promise<RomExport> {
  const { folder, macUnits = defaultMacUnits, overwrite = false, source = {} } = options;
  const formats = checkRomFormats(options.formats);
  checkMacUnits(macUnits);
  const fixed = options.fixed ?? fixedModel(model);
  const layout = checkedLayout(options.layout ?? {}, fixed);
  const contents = romContents(fixed, macUnits, model, layout);
  const memory = accountMemory(fixed, macUnits);

  const fill = async (target: NewFolder): Promise<void> => {
    const images = [];
    for (const content of contents) {
      images.push({ content, files: await writeImage(target, content.image, formats) });
    }
    const manifest = romManifest({ model, fixed, macUnits, layout, source, images, memory });
    await target.write(manifestName, `${JSON.stringify(manifest, null, 2)}\n`);
    await target.write(readmeName, romReadme(manifest));
  };
  const dir = await writeExport(folder, overwrite, fill);
  const files = contents.flatMap(({ image }) => formats.map((format) => path.join(dir, fileName(image, format))));
  return { dir, manifest: path.join(dir, manifestName), files, memory };
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

async function writeImage(target: NewFolder, image: RomImage, formats: readonly RomFormat[]): Promise<RomManifestFile[]> {
  const files: RomManifestFile[] = [];
  for (const format of formats) {
    const content = Buffer.from(romWriters[format].write(image));
    const name = fileName(image, format);
    await target.write(name, content);
    const sha256 = createHash("sha256").update(content).digest("hex");
    files.push({ format, path: name, bytes: content.length, sha256 });
  }
  return files;
}

function fileName({ name }: RomImage, format: RomFormat): string {
  return `${name}.${romWriters[format].extension}`;
}
