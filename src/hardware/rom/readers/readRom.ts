import type { RomFinding, RomFindings } from "../findings.js";
import { romLimits } from "../limits.js";

/** A file's content. */
export interface RomSource {
  readonly bytes: Uint8Array;
  /** UTF-8 without byte order mark, every line end as LF; "" for binary formats. */
  readonly text: string;
}

/** What a reader is told beside the file. */
export interface ReadOptions {
  /** Bits of a word. Formats of bytes have no width of their own; without it their words are bytes. */
  readonly width?: number;
  readonly depth?: number;
  /** Of the digits of a Verilog memory file: 2 for `$readmemb`. Default 16. */
  readonly radix?: 2 | 16;
}

export interface ReadWord {
  readonly address: number;
  readonly value: bigint;
  /** Bits that its digits can hold, leading zeros counted; 0 where they are not plain digits. */
  readonly bits: number;
  readonly line: number;
}

/** The words of a file as far as they could be understood, and what is wrong with it. */
export interface ReadRom {
  /** Bits of a word, where the file states them. */
  readonly width?: number;
  /** Words, where the file states them. */
  readonly depth?: number;
  /** In the order of the file, those of formats of bytes by address; an address given twice appears twice. */
  readonly words: readonly ReadWord[];
}

/** Reads one format: never throws for a bad file, but adds to the findings and gives the words that it understood. */
export type RomReader = (source: RomSource, options: ReadOptions, findings: RomFindings) => ReadRom;

export type { RomFinding };

/** Words by address, noting addresses that are given twice. Beyond `romLimits.words` words it takes no more, and says so once. */
export class PlacedWords {
  readonly words: ReadWord[] = [];
  private highest = -1;
  /** Line of each address; made when the first address does not follow those before it, which most files never do. */
  private lines: Map<number, number> | undefined;

  constructor(private readonly findings: RomFindings) {}

  /** Whether the limit is reached and further words are dropped. */
  get isFull(): boolean {
    return this.words.length >= romLimits.words;
  }

  /** The address after that of the last word. */
  get next(): number {
    return this.words.length === 0 ? 0 : this.words[this.words.length - 1]!.address + 1;
  }

  add(word: ReadWord): void {
    if (this.isFull) {
      tellTooManyWords(this.findings, word.line);
      return;
    }
    if (word.address > this.highest && this.lines === undefined) {
      this.highest = word.address;
    } else {
      this.noteOutOfOrder(word);
    }
    this.words.push(word);
  }

  /** Adds a word at each address from `first` to `last`, as far as the limit goes. */
  fill(first: number, last: number, wordAt: (address: number) => Omit<ReadWord, "address">): void {
    for (let address = first; address <= last; address++) {
      const { value, bits, line } = wordAt(address);
      this.add({ address, value, bits, line });
      if (this.isFull) {
        return;
      }
    }
  }

  private noteOutOfOrder({ address, line }: ReadWord): void {
    this.lines ??= new Map(this.words.map((word) => [word.address, word.line]));
    const earlier = this.lines.get(address);
    if (earlier === undefined) {
      this.lines.set(address, line);
    } else {
      this.findings.add("address-overlap", line, `Address ${address} was given in line ${earlier} already.`);
    }
  }
}

/** Told once, however many words follow. */
export function tellTooManyWords(findings: RomFindings, line: number): void {
  if (!findings.has("huge-file")) {
    findings.add("huge-file", line, `There are more words than ${romLimits.words}, and no more are read.`);
  }
}

/** A line with its number, counted from 1. */
export interface NumberedLine {
  readonly line: number;
  readonly text: string;
}

export function* numberedLines(text: string): Generator<NumberedLine> {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
    yield { line, text: text.slice(start, end) };
    line++;
    start = end + 1;
  }
  yield { line, text: text.slice(start) };
}

/** Tells the line of places in a text that only go forwards, each character looked at once. */
export class LineCounter {
  private line: number;
  private newline: number;

  /** @param firstLine the number of the line in which the text begins */
  constructor(
    private readonly text: string,
    firstLine = 1,
  ) {
    this.line = firstLine;
    this.newline = text.indexOf("\n");
  }

  at(index: number): number {
    while (this.newline >= 0 && this.newline < index) {
      this.line++;
      this.newline = this.text.indexOf("\n", this.newline + 1);
    }
    return this.line;
  }
}

const prefixes = { 2: "0b", 8: "0o", 10: "", 16: "0x" } as const;
const digitsOf = { 2: /^[01]+$/, 8: /^[0-7]+$/, 10: /^[0-9]+$/, 16: /^[0-9a-f]+$/i } as const;
const bitsPerDigit = { 2: 1, 8: 3, 10: undefined, 16: 4 } as const;
/** So many digits are an integer that a double holds. */
const exactDigits = { 2: 53, 8: 17, 10: 15, 16: 13 } as const;

export type Radix = keyof typeof prefixes;

/** An unsigned number without prefix; undefined when a character is no digit of the radix, or there are too many digits. */
export function parseDigits(digits: string, radix: Radix): bigint | undefined {
  if (!digitsOf[radix].test(digits) || digits.length > romLimits.digits) {
    return undefined;
  }
  return digits.length <= exactDigits[radix] ? BigInt(Number.parseInt(digits, radix)) : BigInt(prefixes[radix] + digits);
}

/** The same as an address or a size; undefined also above 2^53, where addresses would no longer be told apart. */
export function parseAddress(digits: string, radix: Radix): number | undefined {
  const value = parseDigits(digits, radix);
  return value === undefined || value > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(value);
}

/** Bits that so many digits can hold; for decimal numbers those of the value. */
export function bitsOfDigits(digits: string, radix: Radix, value: bigint): number {
  return (bitsPerDigit[radix] ?? 0) * digits.length || bitLength(value);
}

const twoTo32 = 2 ** 32;

/** The bits of a number that is not negative; 1 for 0. */
export function bitLength(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
    const digits = value.toString(16);
    return 4 * digits.length - Math.clz32(Number.parseInt(digits[0]!, 16)) + 28;
  }
  const number = Number(value);
  return number < twoTo32 ? Math.max(1, 32 - Math.clz32(number)) : 64 - Math.clz32(Math.floor(number / twoTo32));
}

/** A number or word of a file in a message, which stays one readable line. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
