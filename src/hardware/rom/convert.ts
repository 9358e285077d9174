import { bitLength } from "../../romFormats/reading/digits.js";
import { isReadableSize } from "../../romFormats/reading/limits.js";
import type { ReadWord } from "../../romFormats/reading/placedWords.js";
import { type RomFormat, romFormats } from "../../romFormats/romFormats.js";
import { bytesPerWord, hexWord, type RomImage } from "../../romFormats/romImage.js";
import type { LintedRom } from "./lint.js";
import { wordsByAddress } from "./wordsByAddress.js";

/** The words cannot be written as they were read; the message names the value, its place and the remedy. */
export class ConversionError extends Error {
  override readonly name = "ConversionError";
}

/**
 * The image of what was read: its width, else that of the widest word's digits; its depth, else up to the highest address.
 * @param name for the image, from which formats make identifiers
 * @throws ConversionError where a word would be lost, changed or invented: errors of the file, words that are too wide, addresses that
 * have no word or lie beyond the depth
 */
export function imageOfRom(rom: LintedRom, name: string): RomImage {
  const error = rom.findings.find(({ severity }) => severity === "error");
  if (error !== undefined) {
    throw new ConversionError(`line ${error.line}: ${error.message}`);
  }
  const words = wordsByAddress(rom);
  const last = words.at(-1);
  if (last === undefined) {
    throw new ConversionError("The file holds no word. Export it again.");
  }
  const width = rom.width ?? words.reduce((most, word) => Math.max(most, word.bits, bitLength(word.value)), 1);
  const depth = rom.depth ?? last.address + 1;
  if (!isReadableSize(depth, width)) {
    throw new ConversionError(`${depth} words of ${width} bits are too many: the highest address is ${last.address}, in line ${last.line}. Correct it, or say --depth.`);
  }
  checkWhole(words, depth);
  return { name: identifier(name), width, depth, data: packed(words, width, depth) };
}

function checkWhole(words: readonly ReadWord[], depth: number): void {
  const gap = words.findIndex(({ address }, index) => address !== index);
  const missing = gap >= 0 ? gap : words.length < depth ? words.length : undefined;
  if (missing !== undefined) {
    throw new ConversionError(`Address ${missing} has no word, and its content is not known. Give every address a word, or say a smaller --depth.`);
  }
}

function packed(words: readonly ReadWord[], width: number, depth: number): Uint8Array {
  const stride = bytesPerWord(width);
  const data = new Uint8Array(depth * stride);
  for (const { address, value } of words) {
    const bytes = Buffer.from(value.toString(16).padStart(2 * stride, "0"), "hex").reverse();
    data.set(bytes, address * stride);
  }
  return data;
}

/** A file name as the lower-case identifier that formats put into their text. */
function identifier(name: string): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9_]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 60);
  return /^[a-z]/.test(plain) ? plain : `rom_${plain}`.replace(/_$/, "");
}

/**
 * The image as a file of a format.
 * @throws ConversionError for an image that the format cannot hold
 */
export function writtenAs(image: RomImage, format: RomFormat): string | Uint8Array {
  try {
    return romFormats[format].write(image);
  } catch (error) {
    throw error instanceof RangeError ? new ConversionError(error.message, { cause: error }) : error;
  }
}

/**
 * That what was written says the same when it is read again with what is known of it.
 * @throws ConversionError naming the first word that differs
 */
export function checkSame(image: RomImage, again: LintedRom, format: RomFormat): void {
  const words = wordsByAddress(again);
  for (let address = 0; address < image.depth; address++) {
    const was = BigInt(`0x${hexWord(image, address)}`);
    const is = words[address]?.address === address ? words[address]!.value : undefined;
    if (was !== is) {
      throw new ConversionError(`Word ${address} is ${was.toString(16)}, but ${format} would say ${is?.toString(16) ?? "none"}. Choose another format.`);
    }
  }
  if (words.length !== image.depth) {
    throw new ConversionError(`There are ${image.depth} words, but ${format} would say ${words.length}. Choose another format.`);
  }
}
