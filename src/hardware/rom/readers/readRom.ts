import type { RomFinding, RomFindings } from "../findings.js";

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
  /** In the order of the file; an address given twice appears twice. */
  readonly words: readonly ReadWord[];
}

/** Reads one format: never throws for a bad file, but adds to the findings and gives the words that it understood. */
export type RomReader = (source: RomSource, options: ReadOptions, findings: RomFindings) => ReadRom;

export type { RomFinding };

/** Words by address, noting addresses that are given twice. */
export class PlacedWords {
  readonly words: ReadWord[] = [];
  private readonly lines = new Map<number, number>();

  constructor(private readonly findings: RomFindings) {}

  add(word: ReadWord): void {
    const earlier = this.lines.get(word.address);
    if (earlier === undefined) {
      this.lines.set(word.address, word.line);
    } else {
      this.findings.add("address-overlap", word.line, `Address ${word.address} was given in line ${earlier} already.`);
    }
    this.words.push(word);
  }
}

/** Bytes at byte addresses, before they become words. */
export class PlacedBytes {
  private readonly bytes = new Map<number, { readonly byte: number; readonly line: number }>();

  constructor(private readonly findings: RomFindings) {}

  add(address: number, bytes: Iterable<number>, line: number): void {
    let place = address;
    let clash: number | undefined;
    for (const byte of bytes) {
      if (this.bytes.has(place)) {
        clash ??= place;
      }
      this.bytes.set(place, { byte, line });
      place++;
    }
    if (clash !== undefined) {
      this.findings.add("address-overlap", line, `Byte address ${clash} was given already.`);
    }
  }

  /** Words of ceil(width / 8) bytes, least significant first; a word that lacks bytes is told and filled with 0. */
  words(width: number): ReadWord[] {
    const stride = Math.ceil(width / 8);
    const words = new Map<number, { value: bigint; count: number; line: number }>();
    for (const [place, { byte, line }] of this.bytes) {
      const address = Math.floor(place / stride);
      const word = words.get(address) ?? { value: 0n, count: 0, line };
      word.value |= BigInt(byte) << BigInt(8 * (place % stride));
      word.count++;
      words.set(address, word);
    }
    return [...words].map(([address, { value, count, line }]) => {
      if (count < stride) {
        this.findings.add("partial-word", line, `Word ${address} has ${count} of its ${stride} bytes.`);
      }
      return { address, value, bits: 8 * stride, line };
    });
  }
}

/** The lines of a text with their numbers, counted from 1. */
export function numberedLines(text: string): { readonly line: number; readonly text: string }[] {
  return text.split("\n").map((content, index) => ({ line: index + 1, text: content }));
}

const prefixes = { 2: "0b", 8: "0o", 10: "", 16: "0x" } as const;
const digitsOf = { 2: /^[01]+$/, 8: /^[0-7]+$/, 10: /^[0-9]+$/, 16: /^[0-9a-f]+$/i } as const;
const bitsPerDigit = { 2: 1, 8: 3, 10: undefined, 16: 4 } as const;

export type Radix = keyof typeof prefixes;

/** An unsigned number without prefix; undefined when a character is no digit of the radix. */
export function parseDigits(digits: string, radix: Radix): bigint | undefined {
  return digitsOf[radix].test(digits) ? BigInt(prefixes[radix] + digits) : undefined;
}

/** Bits that so many digits can hold; for decimal numbers those of the value. */
export function bitsOfDigits(digits: string, radix: Radix, value: bigint): number {
  return (bitsPerDigit[radix] ?? 0) * digits.length || bitLength(value);
}

/** 1 for 0. */
export function bitLength(value: bigint): number {
  return value.toString(2).length;
}
