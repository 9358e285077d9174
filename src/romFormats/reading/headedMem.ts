import type { ReadRom } from "../romFormat.js";
import { bitsOfDigits, parseAddress, parseDigits, quoted, type Radix } from "./digits.js";
import type { RomFindings } from "./findings.js";
import { type NumberedLine, numberedLines } from "./lines.js";
import { PlacedWords } from "./placedWords.js";

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
  format?: BodyFormat;
  width?: number;
  depth?: number;
}

/** A header of `#Name=value` lines, then one word a line, or `address : word word ...` in the format AddrHex. */
export function readHeadedMem(text: string, names: HeaderNames, findings: RomFindings): ReadRom {
  const reading = new HeaderReading(names, findings);
  const placed = new PlacedWords(findings);
  let format: BodyFormat | undefined;
  for (const line of numberedLines(text)) {
    if (format === undefined && reading.takes(line)) {
      continue;
    }
    const plain = withoutComment(line.text);
    if (plain !== "") {
      format ??= reading.header.format ?? likelyFormat(plain);
      readBodyLine({ line: line.line, text: plain }, format, placed, findings);
    }
  }
  reading.finish();
  const { width, depth } = reading.header;
  return { ...(width && { width }), ...(depth && { depth }), words: placed.words };
}

/** What a header without the field says by its first line. */
function likelyFormat(line: string): BodyFormat {
  return line.includes(":") ? "addrhex" : "hex";
}

/** Comments begin with # or //. */
function withoutComment(line: string): string {
  const ends = [line.indexOf("#"), line.indexOf("//")].filter((index) => index >= 0);
  return (ends.length === 0 ? line : line.slice(0, Math.min(ends[0]!, ends[1] ?? Infinity))).trim();
}

/** The lines before the words, one after the other. */
class HeaderReading {
  readonly header: Header = {};
  private readonly seen = new Set<string>();
  private isEnded = false;

  constructor(
    private readonly names: HeaderNames,
    private readonly findings: RomFindings,
  ) {}

  /** Whether the line belongs to the header: a field, an empty line, or a comment among them. */
  takes({ line, text }: NumberedLine): boolean {
    const content = text.trim();
    const field = this.isEnded ? undefined : headerField(content, this.names);
    if (field === undefined) {
      return content === "" || this.passesOver(content, line);
    }
    this.seen.add(field.name.toLowerCase());
    if (field.value === undefined) {
      this.isEnded = true;
    } else {
      readField(field.name, field.value, line, this.names, this.header, this.findings);
    }
    return true;
  }

  /** Tells the fields that are not there. */
  finish(): void {
    const { names, seen, findings } = this;
    const needed = [names.format, names.depth, names.width, ...(names.data ? [names.data] : [])];
    for (const name of needed.filter((each) => !seen.has(each.toLowerCase()))) {
      findings.add("missing-field", 1, `The header has no #${name}.`);
    }
  }

  private passesOver(content: string, line: number): boolean {
    const isComment = /^(#|\/\/)/.test(content);
    if (isComment && this.seen.size === 0) {
      this.findings.add("comment", line, `${quoted(content)} is a comment before the header, which is read all the same.`);
    }
    return isComment;
  }
}

/** A field, without value for the line that ends the header; undefined for any other line. */
function headerField(text: string, names: HeaderNames): { name: string; value?: string } | undefined {
  const [, name, value] = /^#[^\S\n]{0,99}(\w{1,99})[^\S\n]{0,99}(?:=(.*))?$/.exec(text) ?? [];
  const isEnd = name !== undefined && name.toLowerCase() === names.data?.toLowerCase();
  if (name === undefined || (!isEnd && value === undefined)) {
    return undefined;
  }
  return { name, ...(!isEnd && { value: value!.trim() }) };
}

function readField(name: string, value: string, line: number, names: HeaderNames, header: Header, findings: RomFindings): void {
  const key = name.toLowerCase();
  const isCount = key === names.width.toLowerCase() || key === names.depth.toLowerCase();
  if (isCount && /^[1-9]\d{0,8}$/.test(value)) {
    header[key === names.width.toLowerCase() ? "width" : "depth"] = Number(value);
  } else if (key === names.format.toLowerCase() && /^(bin|hex|addrhex)$/i.test(value)) {
    header.format = value.toLowerCase() as BodyFormat;
  } else if (!names.others.some((other) => other.toLowerCase() === key)) {
    findings.add("bad-field", line, `#${name}=${value.slice(0, 40)} is no field of this header, or has a value that it cannot have.`);
  }
}

function readBodyLine({ line, text }: NumberedLine, format: BodyFormat, placed: PlacedWords, findings: RomFindings): void {
  const radix: Radix = format === "bin" ? 2 : 16;
  const { first, data } = format === "addrhex" ? addressedData(text) : { first: placed.next, data: text };
  if (first === undefined) {
    findings.add("illegal-character", line, `${JSON.stringify(text.slice(0, 30))} is not "address: word ...".`);
    return;
  }
  const tokens = data.trim().split(/\s+/);
  if (format !== "addrhex" && tokens.length > 1) {
    findings.add("several-words-per-line", line, `${tokens[1]!.slice(0, 40)} is not the first word of its line.`);
  }
  tokens.forEach((token, index) => {
    const value = parseDigits(token, radix);
    if (value === undefined) {
      findings.add("illegal-character", line, `${quoted(token)} is not a ${radix === 2 ? "binary" : "hexadecimal"} word.`);
    }
    placed.add({ address: first + index, value: value ?? 0n, bits: bitsOfDigits(token, radix, value ?? 0n), line });
  });
}

/** Without address for a line that is not `address: word word ...`. */
function addressedData(text: string): { first?: number; data: string } {
  const colon = text.indexOf(":");
  const data = text.slice(colon + 1);
  const first = parseAddress(text.slice(0, Math.max(0, colon)).trim(), 16);
  return { ...(first !== undefined && data.trim() !== "" && { first }), data };
}
