import path from "node:path";
import { checkSame, ConversionError, imageOfRom, writtenAs } from "../hardware/rom/convert.js";
import { lintRom } from "../hardware/rom/lint.js";
import type { RomFile } from "../hardware/rom/romFile.js";
import { formatOfName } from "../romFormats/detectFormat.js";
import { checkRomFormats, type RomFormat, romFormatNames, UnknownRomFormatError } from "../romFormats/romFormats.js";
import { writeErrorText } from "../files/writeErrorText.js";
import { writeFileAtomically } from "../files/atomicFile.js";
import { type Report, UsageError } from "./command.js";

/**
 * Writes a ROM file in another format, whole or not at all.
 * @param to format, by its name; undefined: by the target's extension
 * @throws UsageError for a target whose format is not known; ConversionError for what would not be the same; Error for a target that cannot be written
 */
export async function convertReport(rom: RomFile, target: string, to: string | undefined): Promise<Report> {
  const format = targetFormat(target, to);
  const { width, depth } = await converted(rom, target, format);
  const text = `${target}: ${format}, ${depth} words of ${width} bits, from ${rom.file} (${rom.format})`;
  const warnings = rom.findings.map(({ line, rule, message }) => `${rom.file}:${line}: warning ${rule}: ${message}`);
  return { text: [...warnings, text].join("\n"), json: { file: target, format, width, depth, findings: rom.findings } };
}

async function converted(rom: RomFile, target: string, format: RomFormat): Promise<{ width: number; depth: number }> {
  try {
    const image = imageOfRom(rom, path.basename(target).split(".")[0] ?? "");
    const content = writtenAs(image, format);
    const { width, depth } = image;
    checkSame(image, lintRom(path.basename(target), Buffer.from(content), { format, width, depth }), format);
    await writeFileAtomically(target, content);
    return image;
  } catch (error) {
    if (error instanceof ConversionError) {
      throw new Error(`${rom.file}: ${error.message}`, { cause: error });
    }
    const isFolderMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const words = isFolderMissing ? "Its folder does not exist; make it, or choose another. (ENOENT)" : writeErrorText(error, (name) => name);
    throw new Error(`Cannot write ${target}: ${words}`, { cause: error });
  }
}

function targetFormat(target: string, to: string | undefined): RomFormat {
  if (to === undefined) {
    const format = formatOfName(path.basename(target));
    if (format === undefined) {
      throw new UsageError(`The extension of ${target} is that of no format: name the format with --to, one of ${romFormatNames.join(", ")}.`);
    }
    return format;
  }
  try {
    return checkRomFormats([to])[0]!;
  } catch (error) {
    throw error instanceof UnknownRomFormatError ? new UsageError(`--to ${to}: ${error.message}`) : error;
  }
}
