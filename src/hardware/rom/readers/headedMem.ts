import type { RomFindings } from "../findings.js";
import { bitsOfDigits, numberedLines, parseDigits, PlacedWords } from "./readRom.js";
import type { Radix, ReadRom } from "./readRom.js";

/** The header fields of a vendor's file of lines `#Name=value`, with the names as the vendor writes them. */
export interface HeaderNames {
  readonly format: string;
  readonly depth: string;
  readonly width: string;
  /** Fields without a meaning for the words. */
  readonly others: readonly string[];
  /** A line that ends the header, if the vendor has one. */
  readonly data?: string;
}

type BodyFormat = "bin" | "hex" | "addrhex";

interface Header {
  format: BodyFormat;
  width?: number;
  depth?: number;
}

interface Line {
  readonly line: number;
  readonly text: string;
}

/** A header of `#Name=value` lines, then one word a line, or `address : word word ...` in the format AddrHex. */
export function readHeadedMem(text: string, names: HeaderNames, findings: RomFindings): ReadRom {
  const lines = numberedLines(text);
  const { header, bodyStart } = readHeader(lines, names, findings);
  const placed = new PlacedWords(findings);
  for (const { line, text: content } of lines.slice(bodyStart)) {
    const plain = content.replace(/(#|\/\/).*$/, "").trim();
    if (plain !== "") {
      readBodyLine({ line, text: plain }, header.format, placed, findings);
    }
  }
  const { width, depth } = header;
  return { ...(width && { width }), ...(depth && { depth }), words: placed.words };
}

function readHeader(lines: readonly Line[], names: HeaderNames, findings: RomFindings): { header: Header; bodyStart: number } {
  const header: Header = { format: "hex" };
  const seen = new Set<string>();
  let bodyStart = 0;
  for (const { line, text } of lines) {
    const field = headerField(text, names);
    if (field === undefined) {
      break;
    }
    seen.add(field.name.toLowerCase());
    bodyStart = line;
    if (field.value === undefined) {
      break;
    }
    readField(field.name, field.value, line, names, header, findings);
  }
  const needed = [names.format, names.depth, names.width, ...(names.data ? [names.data] : [])];
  for (const name of needed.filter((each) => !seen.has(each.toLowerCase()))) {
    findings.add("missing-field", 1, `The header has no #${name}.`);
  }
  return { header, bodyStart };
}

/** A field, without value for the line that ends the header; undefined for any other line. */
function headerField(text: string, names: HeaderNames): { name: string; value?: string } | undefined {
  const [, name, value] = /^#\s*(\w+)\s*(?:=\s*(.*?)\s*)?$/.exec(text.trim()) ?? [];
  const isEnd = name !== undefined && name.toLowerCase() === names.data?.toLowerCase();
  if (name === undefined || (!isEnd && value === undefined)) {
    return undefined;
  }
  return { name, ...(!isEnd && { value }) };
}

function readField(name: string, value: string, line: number, names: HeaderNames, header: Header, findings: RomFindings): void {
  const key = name.toLowerCase();
  const isCount = key === names.width.toLowerCase() || key === names.depth.toLowerCase();
  if (isCount && /^[1-9]\d{0,8}$/.test(value)) {
    header[key === names.width.toLowerCase() ? "width" : "depth"] = Number(value);
  } else if (key === names.format.toLowerCase() && /^(bin|hex|addrhex)$/i.test(value)) {
    header.format = value.toLowerCase() as BodyFormat;
  } else if (!names.others.some((other) => other.toLowerCase() === key)) {
    findings.add("bad-field", line, `#${name}=${value} is no field of this header, or has a value that it cannot have.`);
  }
}

function readBodyLine({ line, text }: Line, format: BodyFormat, placed: PlacedWords, findings: RomFindings): void {
  const radix: Radix = format === "bin" ? 2 : 16;
  const { first, data } = format === "addrhex" ? addressedData(text) : { first: nextAddress(placed), data: text };
  if (first === undefined) {
    findings.add("illegal-character", line, `${JSON.stringify(text.slice(0, 30))} is not "address: word ...".`);
    return;
  }
  const tokens = data.trim().split(/\s+/);
  if (format !== "addrhex" && tokens.length > 1) {
    findings.add("several-words-per-line", line, `${tokens[1]} is not the first word of its line.`);
  }
  tokens.forEach((token, index) => {
    const value = parseDigits(token, radix);
    if (value === undefined) {
      findings.add("illegal-character", line, `${JSON.stringify(token)} is not a ${radix === 2 ? "binary" : "hexadecimal"} word.`);
    }
    placed.add({ address: first + index, value: value ?? 0n, bits: bitsOfDigits(token, radix, value ?? 0n), line });
  });
}

/** Without address for a line that is not `address: word word ...`. */
function addressedData(text: string): { first?: number; data: string } {
  const [, place = "", data = ""] = /^([^:]*):(.*)$/.exec(text) ?? [];
  const first = parseDigits(place.trim(), 16);
  return { ...(first !== undefined && data.trim() !== "" && { first: Number(first) }), data };
}

function nextAddress({ words }: PlacedWords): number {
  return (words.at(-1)?.address ?? -1) + 1;
}
