import { bitLength, quoted, signedBits } from "../reading/digits.js";
import type { RomFindings } from "../reading/findings.js";
import { isReadableSize, romLimits } from "../reading/limits.js";
import { PlacedWords } from "../reading/placedWords.js";
import type { ReadOptions, ReadRom, RomSource } from "../romFormat.js";
import { type ArrayDeclaration, findArray } from "./declaration.js";
import { initialiserValue, integerLiteral } from "./numbers.js";
import { CTokens } from "./tokens.js";

/**
 * The first array of a C or C++ text: an array of whole numbers, or of rows of them, least significant first. The width is that
 * of the type; negative numbers are two's complement of it. Macros `NAME_WIDTH` and `NAME_LENGTH` or `NAME_DEPTH` of an array
 * `name` say width and depth of the words before type and bounds do.
 */
export function readCHeader({ text }: RomSource, options: ReadOptions, findings: RomFindings): ReadRom {
  const tokens = new CTokens(text);
  const array = findArray(tokens);
  if (array === undefined) {
    findings.add("missing-field", 1, "There is no array of words.");
    return { words: [] };
  }
  if (array.elementBits === undefined) {
    findings.add("unsupported-type", tokens.line, `The array ${array.name} has elements of type ${quoted(array.type)}.`);
    return { words: [] };
  }
  const values = new Initialiser(tokens, findings).read();
  const macro = (ending: string): number | undefined => {
    const value = integerLiteral(tokens.macros.get(`${array.name.toUpperCase()}_${ending}`) ?? "");
    return value === undefined || value < 1n || value > BigInt(2 ** 31) ? undefined : Number(value);
  };
  const read = placeWords(values, array, macro("WIDTH"), findings);
  const depth = macro("LENGTH") ?? macro("DEPTH") ?? array.bounds[0];
  const width = macro("WIDTH") ?? (options.width === undefined ? read.bits : undefined);
  return { ...(width && { width }), ...(depth && { depth }), words: read.words };
}

interface Value {
  readonly value: bigint;
  readonly line: number;
  /** Which pair of innermost braces it stands in; 0 outside any. */
  readonly row: number;
  /** The indices of a designator `[3] =`, or of a range `[0 ... 3] =`. */
  readonly place: { readonly first: number; readonly last: number } | undefined;
}

/** The value that nearly all lines of a file are: a number before a comma. */
const plainValue = /\s*(-?)(0[xX][0-9A-Fa-f]+|\d+)(?:[uU]?[lL]{0,2}),/y;

/** The values between the braces of an array. */
class Initialiser {
  private readonly values: Value[] = [];
  private row = 0;
  private depth = 1;

  constructor(
    private readonly tokens: CTokens,
    private readonly findings: RomFindings,
  ) {}

  read(): readonly Value[] {
    let pending: string[] = [];
    let line = this.tokens.line;
    for (;;) {
      if (pending.length === 0) {
        this.readPlain();
      }
      const token = this.tokens.next();
      if (token === undefined) {
        this.findings.add("missing-end", this.tokens.text.split("\n").length, "The braces of the array do not close.");
        return this.values;
      }
      if (/^[{},;]$/.test(token.text)) {
        this.close(pending, line);
        pending = [];
        if (this.isEnd(token.text)) {
          return this.values;
        }
      } else if (pending.length < 64) {
        line = pending.length === 0 ? token.line : line;
        pending.push(token.text);
      }
    }
  }

  private isEnd(text: string): boolean {
    if (text === "{") {
      this.depth++;
      this.row++;
    } else if (text === "}") {
      this.depth--;
    }
    if (this.depth > 0 && text !== ";") {
      return false;
    }
    if (text === ";") {
      this.findings.add("missing-end", this.tokens.line, "The braces of the array do not close.");
    } else if (this.tokens.next()?.text !== ";") {
      this.findings.add("missing-semicolon", this.tokens.line, "The array does not end with };.");
    }
    return true;
  }

  private readPlain(): void {
    for (let plain = this.tokens.match(plainValue); plain !== null; plain = this.tokens.match(plainValue)) {
      const [, sign, digits] = plain.found as unknown as [string, string, string];
      const value = integerLiteral(digits);
      this.add(value !== undefined && sign === "-" ? -value : value, sign + digits, plain.line);
    }
  }

  private close(pending: readonly string[], line: number): void {
    if (pending.length === 0) {
      return;
    }
    const equals = pending.indexOf("=");
    const place = equals < 0 ? undefined : this.designator(pending.slice(0, equals));
    const value = initialiserValue(pending.slice(equals + 1), this.tokens.macros);
    const isRead = equals < 0 || place !== undefined;
    this.add(isRead ? value : undefined, pending.join(equals < 0 ? "" : " "), line, place);
  }

  /** `[3]` and, of GNU C, `[0 ... 3]`. */
  private designator(tokens: readonly string[]): Value["place"] {
    const [open, first = "", dots, last = first] = tokens;
    const ends = [first, dots === "..." ? last : first].map((token) => initialiserValue([token], this.tokens.macros));
    const isInRange = ends.every((end) => end !== undefined && end >= 0n && end < BigInt(romLimits.words));
    return open === "[" && tokens.at(-1) === "]" && isInRange ? { first: Number(ends[0]), last: Number(ends[1]) } : undefined;
  }

  private add(value: bigint | undefined, text: string, line: number, place?: Value["place"]): void {
    if (value === undefined) {
      this.findings.add("illegal-character", line, `${quoted(text)} is no whole number.`);
    }
    if (this.values.length < romLimits.memoryBits / 64) {
      this.values.push({ value: value ?? 0n, line, row: this.row, place });
    }
  }
}

/** How an array's values become its elements. */
interface Elements {
  readonly bits: number;
  readonly of: (value: Value) => bigint;
}

/** @param stated the words' own width; a negative number of an element that is a word is two's complement of it */
function placeWords(values: readonly Value[], array: ArrayDeclaration, stated: number | undefined, findings: RomFindings): ReadRom & { bits: number } {
  const fits = (bits: number): boolean => values.every(({ value }) => bitsOf(value) <= bits);
  const elementBits = array.isLong && !fits(32) ? 64 : array.elementBits!;
  const isRows = array.bounds.length > 1;
  const signedIn = isRows ? elementBits : Math.min(elementBits, stated ?? elementBits);
  const elements = { bits: elementBits, of: (value: Value): bigint => elementOf(value, elementBits, signedIn, findings) };
  return isRows ? placeRows(values, elements, array.bounds.at(-1), findings) : placeElements(values, elements, findings);
}

function bitsOf(value: bigint): number {
  return value < 0n ? signedBits(value) : bitLength(value);
}

/** Negative numbers as two's complement. */
function elementOf({ value, line }: Value, bits: number, signedIn: number, findings: RomFindings): bigint {
  const most = value < 0n ? signedIn : bits;
  if (bitsOf(value) > most) {
    findings.add("word-too-wide", line, `${shown(value)} does not fit in an element of ${most} bits.`);
  }
  return value < 0n ? BigInt.asUintN(most, value) : value;
}

function shown(value: bigint): string {
  return bitsOf(value) > 128 ? "A number" : String(value);
}

function placeElements(values: readonly Value[], { bits, of }: Elements, findings: RomFindings): ReadRom & { bits: number } {
  const placed = new PlacedWords(findings);
  for (const each of values) {
    const { line, place } = each;
    const value = of(each);
    if (place === undefined) {
      placed.add({ address: placed.next, value, bits, line });
    } else {
      placed.fill(place.first, place.last, () => ({ value, bits, line }));
    }
  }
  return { words: placed.words, bits };
}

/** A word for each row, its first element in the lowest bits; without inner braces rows have as many elements as the last bound says. */
function placeRows(values: readonly Value[], elements: Elements, bound: number | undefined, findings: RomFindings): ReadRom & { bits: number } {
  const placed = new PlacedWords(findings);
  const rows = rowsOf(values, bound);
  const { bits: elementBits } = elements;
  const length = rows[0]?.length ?? 1;
  const bits = length * elementBits;
  for (const row of rows) {
    const { line } = row[0]!;
    if (!isReadableSize(1, row.length * elementBits)) {
      findings.add("huge-file", line, `The row has ${row.length} elements of ${elementBits} bits.`);
      continue;
    }
    if (row.length !== length) {
      findings.add("ragged-vector", line, `The row has ${row.length} bytes; the first has ${length}.`);
    }
    placed.add({ address: placed.next, value: rowValue(row, elements), bits: row.length * elementBits, line });
  }
  return { words: placed.words, bits };
}

/** Digits joined rather than shifted, which would take time by the square of the row's length. */
function rowValue(row: readonly Value[], { bits, of }: Elements): bigint {
  const digits = row.map((value) => BigInt.asUintN(bits, of(value)).toString(2).padStart(bits, "0"));
  return BigInt(`0b${digits.toReversed().join("")}`);
}

function rowsOf(elements: readonly Value[], bound: number | undefined): Value[][] {
  const isFlat = elements.every(({ row }) => row === elements[0]!.row);
  const rows: Value[][] = [];
  for (const [index, element] of elements.entries()) {
    const isNew = isFlat && bound !== undefined ? index % bound === 0 : element.row !== elements[index - 1]?.row;
    if (isNew) {
      rows.push([]);
    }
    rows.at(-1)!.push(element);
  }
  return rows;
}
