import type { RomFindings } from "../findings.js";
import { bitLength, parseDigits, PlacedWords } from "./readRom.js";
import type { Radix, ReadOptions, ReadRom, RomSource } from "./readRom.js";

/** The declaration of an array and the brace that opens its values. */
const arrayPattern = /\b(u?int(?:8|16|32|64)_t|unsigned\s+\w+|char|short|int|long)\s+\w+\s*((?:\[[^\]]*\])+)[^={;]*=\s*\{/;

/**
 * The first array of a C header: an array of unsigned words, or of rows of bytes, least significant first. Width and depth
 * are those of `#define ..._WIDTH` and `..._LENGTH` or `_DEPTH`; without them those of the element type and the bounds.
 */
export function readCHeader({ text }: RomSource, options: ReadOptions, findings: RomFindings): ReadRom {
  const plain = withoutComments(text);
  const array = arrayPattern.exec(plain);
  if (array === null) {
    findings.add("missing-field", 1, "There is no array of words.");
    return { words: [] };
  }
  const [declaration, type, bounds] = array as unknown as [string, string, string];
  const start = array.index + declaration.length;
  const defined = (name: string): number | undefined => numberAfter(plain, new RegExp(`#define\\s+\\w*${name}\\s+(\\d+)`));
  const depth = defined("(?:LENGTH|DEPTH)") ?? numberAfter(bounds, /^\[\s*(\d+)\s*\]/);
  const isRows = bounds.split("]").length > 2;
  const values = readValues(plain.slice(start), plain.slice(0, start).split("\n").length, findings);
  const elementBits = numberAfter(type, /(8|16|32|64)/) ?? 32;
  const read = placeWords(values, isRows, elementBits, findings);
  const width = defined("WIDTH") ?? (options.width === undefined ? read.bits : undefined);
  return { ...(width && { width }), ...(depth && { depth }), words: read.words };
}

/** Comments become white space, so that lines stay what they were. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, " "));
}

function numberAfter(text: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

interface Value {
  readonly value: bigint;
  readonly line: number;
  /** Which pair of inner braces it stands in; 0 outside any. */
  readonly row: number;
}

function readValues(text: string, firstLine: number, findings: RomFindings): Value[] {
  const values: Value[] = [];
  let line = firstLine;
  let row = 0;
  let depth = 1;
  for (const [token] of text.matchAll(/\n|[{},;]|[^\s{},;]+/g)) {
    if (token === "\n") {
      line++;
    } else if (token === "{") {
      depth++;
      row++;
    } else if (token === "}") {
      depth--;
    } else if (token === ";") {
      break;
    } else if (token !== ",") {
      values.push({ value: readNumber(token, line, findings), line, row });
    }
    if (depth === 0) {
      checkEnd(text, token, line, findings);
      return values;
    }
  }
  findings.add("missing-end", line, "The braces of the array do not close.");
  return values;
}

function checkEnd(text: string, token: string, line: number, findings: RomFindings): void {
  if (token === "}" && !text.includes(";")) {
    findings.add("missing-semicolon", line, "The array does not end with };.");
  }
}

function readNumber(token: string, line: number, findings: RomFindings): bigint {
  const [, prefix = "", digits = ""] = /^(0x|0b)?([0-9a-f]+?)(?:u?l{0,2}|l{1,2}u)$/i.exec(token) ?? [];
  const radix: Radix = prefix === "" ? (/^0\d/.test(digits) ? 8 : 10) : prefix.toLowerCase() === "0x" ? 16 : 2;
  const value = parseDigits(digits, radix);
  if (value === undefined) {
    findings.add(token.startsWith("-") ? "sign" : "illegal-character", line, `${JSON.stringify(token)} is not an unsigned number.`);
  }
  return value ?? 0n;
}

function placeWords(values: readonly Value[], isRows: boolean, elementBits: number, findings: RomFindings): ReadRom & { bits: number } {
  const placed = new PlacedWords(findings);
  for (const { value, line } of values.filter((each) => bitLength(each.value) > elementBits)) {
    findings.add("word-too-wide", line, `${value} does not fit in an element of ${elementBits} bits.`);
  }
  if (!isRows) {
    values.forEach(({ value, line }, address) => placed.add({ address, value, bits: elementBits, line }));
    return { words: placed.words, bits: elementBits };
  }
  const rows = rowsOf(values);
  const bytes = rows[0]?.length ?? 1;
  rows.forEach((row, address) => {
    const { line } = row[0]!;
    if (row.length !== bytes) {
      findings.add("ragged-vector", line, `The row has ${row.length} bytes; the first has ${bytes}.`);
    }
    const value = row.reduceRight((word, byte) => (word << BigInt(elementBits)) | byte.value, 0n);
    placed.add({ address, value, bits: row.length * elementBits, line });
  });
  return { words: placed.words, bits: bytes * elementBits };
}

function rowsOf(values: readonly Value[]): Value[][] {
  const rows = new Map<number, Value[]>();
  for (const value of values) {
    rows.set(value.row, [...(rows.get(value.row) ?? []), value]);
  }
  return [...rows.values()];
}
