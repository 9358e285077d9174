import { createHash } from "node:crypto";
import { detectFormat } from "../../romFormats/detectFormat.js";
import { withoutComments } from "../../romFormats/reading/comments.js";
import { type RomFinding, RomFindings } from "../../romFormats/reading/findings.js";
import { isReadableSize, romLimits } from "../../romFormats/reading/limits.js";
import type { ReadWord } from "../../romFormats/reading/placedWords.js";
import type { ReadOptions, ReadRom, RomFormatModule, RomSource } from "../../romFormats/romFormat.js";
import { type RomFormat, romFormats } from "../../romFormats/romFormats.js";
import { valuesPerField } from "./encoding.js";
import { type LanePacking, wordUnpacker, wordWidth } from "./lanePacking.js";

/** What is known of a file beside its content, from options or the manifest of its export. */
export interface RomExpectation extends ReadOptions {
  /** Undefined: by content and name. */
  readonly format?: RomFormat;
  /** Where weights sit in a word; their codes are checked. Without lanes: as many as the width holds. */
  readonly packing?: Omit<LanePacking, "lanes"> & { readonly lanes?: number };
  readonly sha256?: string;
}

/** A file that was read as far as it could be. */
export interface LintedRom {
  /** Undefined when the file is like none of the formats. */
  readonly format?: RomFormat;
  readonly width?: number;
  readonly depth?: number;
  readonly words: ReadRom["words"];
  /** Where weights sit in a word, if that is known and fits the width. */
  readonly packing?: LanePacking;
  readonly findings: readonly RomFinding[];
}

/**
 * Reads a ROM file and finds what any tool trips over.
 * @param name of the file, for its extension
 */
export function lintRom(name: string, bytes: Uint8Array, expected: RomExpectation = {}): LintedRom {
  const format = expected.format ?? detectFormat(name, bytes);
  const findings = new RomFindings(format && romFormats[format], expected.format && romFormats[expected.format].onPurpose);
  checkSha256(bytes, expected, findings);
  if (bytes.length === 0) {
    findings.add("empty-file", 1, "The file is empty.");
  } else if (format === undefined) {
    findings.add("unknown-format", 1, "The file is like none of the formats that Tritloom knows.");
  } else {
    const source = sourceOf(name, bytes, romFormats[format], findings);
    if (source === undefined) {
      return { format, words: [], findings: findings.all() };
    }
    const known = readableExpectation(expected, findings);
    return { format, ...readAndCheck(source, romFormats[format], known, findings), findings: findings.all() };
  }
  return { ...(format && { format }), words: [], findings: findings.all() };
}

/** Sizes from options or a manifest beyond what a ROM may have are told and not believed. */
function readableExpectation(expected: RomExpectation, findings: RomFindings): RomExpectation {
  const { width = 1, depth = 1 } = expected;
  if (isReadableSize(depth, width)) {
    return expected;
  }
  findings.add("bad-field", 1, `${depth} words of ${width} bits are expected; ${readable}.`);
  const { width: _width, depth: _depth, ...others } = expected;
  return others;
}

const readable = `memories up to ${romLimits.words} words, and up to ${romLimits.memoryBits / 2 ** 23} MiB, are read`;

function checkSha256(bytes: Uint8Array, { sha256 }: RomExpectation, findings: RomFindings): void {
  const actual = createHash("sha256").update(bytes).digest("hex");
  if (sha256 !== undefined && sha256 !== actual) {
    findings.add("sha256-mismatch", 1, `The SHA-256 begins ${actual.slice(0, 12)}; the manifest says ${sha256.slice(0, 12)}.`);
  }
}

/** The text of a text format; undefined when the bytes cannot be one. */
function sourceOf(name: string, bytes: Uint8Array, { isText, comment, needsFinalNewline }: RomFormatModule, findings: RomFindings): RomSource | undefined {
  if (!isText) {
    return { name, bytes, text: "" };
  }
  const decoded = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  if (decoded.startsWith("\ufeff")) {
    findings.add("byte-order-mark", 1, "The file begins with a UTF-8 byte order mark.");
  }
  const isCrlf = decoded.includes("\r");
  const text = decoded.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  if (isCrlf) {
    findings.add("crlf", 1, "Lines end with a carriage return.");
  }
  const control = controlCharacter(text, comment);
  if (control !== undefined) {
    findings.add("binary-content", lineOf(text, control), "The file holds bytes that are no text.");
    return undefined;
  }
  if (needsFinalNewline && !text.endsWith("\n")) {
    findings.add("no-final-newline", lineOf(text, text.length), "The last line does not end with a newline.");
  }
  return { name, bytes, text };
}

/** The place of a character that is no text; tools skip those in comments. */
function controlCharacter(text: string, comment: RegExp | undefined): number | undefined {
  // eslint-disable-next-line no-control-regex -- these characters are what is looked for
  const pattern = /[\0-\x08\x0e-\x1f\x7f]/;
  return pattern.test(text) ? pattern.exec(withoutComments(text, comment))?.index : undefined;
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

function readAndCheck(source: RomSource, format: RomFormatModule, expected: RomExpectation, findings: RomFindings): Omit<LintedRom, "findings" | "format"> {
  const rom = readableSize(format.read(source, expected, findings), findings);
  checkStated("width", rom, expected, findings);
  checkStated("depth", rom, expected, findings);
  const width = rom.width ?? expected.width;
  const depth = rom.depth ?? expected.depth;
  if (rom.words.length === 0 && !findings.hasError) {
    findings.add("no-words", 1, "The file holds no word.");
  }
  checkWidths(rom, width, format, findings);
  const isShort = checkAddresses(rom, depth, findings);
  const words = isShort && format.isFilledWithZeros ? filled(rom.words, depth!, width ?? 1) : rom.words;
  return { ...(width && { width }), ...(depth && { depth }), ...checkedPacking(rom, width, expected, findings), words };
}

function checkedPacking(rom: ReadRom, width: number | undefined, expected: RomExpectation, findings: RomFindings): Pick<LintedRom, "packing"> {
  const packing = width === undefined ? undefined : packingFor(width, expected, findings);
  if (packing === undefined) {
    return {};
  }
  checkCodes(rom, packing, findings);
  return { packing };
}

/** Words by address, 0 where there is none, up to the depth. */
function filled(words: ReadRom["words"], depth: number, width: number): ReadRom["words"] {
  const given = new Set(words.map(({ address }) => address));
  const line = words.at(-1)?.line ?? 1;
  const missing = Array.from({ length: depth }, (_, address) => ({ address, value: 0n, bits: width, line })).filter(({ address }) => !given.has(address));
  return [...words, ...missing].toSorted((one, other) => one.address - other.address);
}

/** Sizes that the file states beyond what a ROM may have are told and not believed. */
function readableSize(rom: ReadRom, findings: RomFindings): ReadRom {
  const { width = 1, depth = 1, words } = rom;
  if (isReadableSize(depth, width)) {
    return rom;
  }
  findings.add("bad-field", 1, `The file says ${depth} words of ${width} bits; ${readable}.`);
  return { words };
}

function packingFor(width: number, { packing }: RomExpectation, findings: RomFindings): LanePacking | undefined {
  if (packing === undefined) {
    return undefined;
  }
  const { encoding } = packing;
  const lanes = packing.lanes ?? Math.floor(width / encoding.bits) * valuesPerField(encoding);
  const full = { ...packing, lanes };
  if (lanes > 0 && wordWidth(full) === width) {
    return full;
  }
  findings.add("width-mismatch", 1, `Words of ${width} bits are not made of fields of ${encoding.bits} bits (${encoding.name}).`);
  return undefined;
}

/** What the file says of itself against what is known of it. Formats of bytes round a width up. */
function checkStated(key: "width" | "depth", rom: ReadRom, expected: RomExpectation, findings: RomFindings): void {
  const stated = rom[key];
  const wanted = expected[key];
  if (stated !== undefined && wanted !== undefined && stated !== wanted) {
    findings.add(`${key}-mismatch`, 1, `The file says ${key} ${stated}, but ${wanted} is expected.`);
  }
}

function checkWidths({ words }: ReadRom, width: number | undefined, { hasAllDigits }: RomFormatModule, findings: RomFindings): void {
  const limit = width === undefined ? undefined : 1n << BigInt(width);
  for (const word of words) {
    if (limit !== undefined && word.value >= limit) {
      findings.add("word-too-wide", word.line, `Word ${word.address} is ${hexStart(word.value)} in hexadecimal, which does not fit in ${width} bits.`);
    } else if (hasAllDigits && word.bits > 0) {
      checkDigits(word, words[0]!.bits, width, findings);
    }
  }
}

function hexStart(value: bigint): string {
  const digits = value.toString(16).toUpperCase();
  return digits.length > 40 ? `${digits.slice(0, 40)}…` : digits;
}

/** Whether a word of digits has as many as the width needs, or where that is not known as the first word. */
function checkDigits({ address, bits, line }: ReadWord, firstBits: number, width: number | undefined, findings: RomFindings): void {
  const has = `Word ${address} has digits for ${bits} bits`;
  if (width === undefined) {
    if (bits !== firstBits) {
      findings.add("ragged-words", line, `${has}; the first has digits for ${firstBits}.`);
    }
  } else if (bits > Math.ceil(width / 4) * 4) {
    findings.add("excess-digits", line, `${has}; the width is ${width}.`);
  } else if (bits < width) {
    findings.add("short-word", line, `${has}; the width is ${width}.`);
  }
}

/** @returns whether words are missing */
function checkAddresses({ words }: ReadRom, depth: number | undefined, findings: RomFindings): boolean {
  if (depth === undefined || words.length === 0) {
    return false;
  }
  const beyond = words.findIndex(({ address }) => address >= depth);
  const first = words[beyond];
  const runsOver = first?.address === depth && words[beyond - 1]?.address === depth - 1;
  if (first !== undefined && runsOver) {
    findings.add("too-many-words", first.line, `There are words up to address ${words.at(-1)!.address}; the depth is ${depth}.`);
  } else if (first !== undefined) {
    findings.add("address-out-of-range", first.line, `Address ${first.address} is not below the depth ${depth}.`);
  }
  const given = countAddresses(words, depth);
  if (given < depth) {
    findings.add("too-few-words", words.at(-1)!.line, `The file has ${given} of ${depth} words.`);
  }
  return given < depth;
}

/** Different addresses below the depth. */
function countAddresses(words: ReadRom["words"], depth: number): number {
  const isAscending = words.every(({ address }, index) => index === 0 || address > words[index - 1]!.address);
  const below = words.filter(({ address }) => address < depth);
  return isAscending ? below.length : new Set(below.map(({ address }) => address)).size;
}

/** The weights' codes that no weight has. */
function checkCodes({ words }: ReadRom, packing: LanePacking, findings: RomFindings): void {
  const limit = 1n << BigInt(wordWidth(packing));
  const unpack = wordUnpacker(packing);
  for (const { address, value, line } of words) {
    const lane = value < limit ? unpack(value).indexOf(undefined) : -1;
    if (lane >= 0) {
      findings.add("illegal-code", line, `Lane ${lane} of word ${address} has a code that the encoding ${packing.encoding.name} does not use.`);
    }
  }
}
