import type { RomFindings } from "./reading/findings.js";
import type { ReadWord } from "./reading/placedWords.js";
import type { FormatRules, RomRuleId } from "./reading/rules.js";
import type { RomImage, RomShape } from "./romImage.js";

/** A file's content. */
export interface RomSource {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** UTF-8 without byte order mark, every line end as LF; "" for binary formats. */
  readonly text: string;
}

/** What a reader is told beside the file. */
export interface ReadOptions {
  /** Bits of a word. Formats of bytes have no width of their own; without it their words are bytes. */
  readonly width?: number;
  readonly depth?: number;
  /** The radix of a Verilog memory file's digits: 2 for `$readmemb`. Default 16. */
  readonly radix?: 2 | 16;
}

/** The words of a file as far as they could be understood. */
export interface ReadRom {
  /** Bits of a word, where the file states them. */
  readonly width?: number;
  /** Words, where the file states them. */
  readonly depth?: number;
  /** The words in the order of the file, in formats of bytes by address; an address given twice appears twice. */
  readonly words: readonly ReadWord[];
}

/** The beginning of a file whose format is looked for. */
export interface FileHead {
  /** In lower case. */
  readonly name: string;
  /** A character a byte. */
  readonly text: string;
  /** The lines that are not empty, without the white space around them, each up to its 300th character. */
  readonly lines: readonly string[];
}

/** All that is known of one ROM format. A new format is one such value, and its line in `romFormats.ts`. */
export interface RomFormatModule extends FormatRules {
  /** In options, on the command line and in manifests. */
  readonly name: string;
  /** The ending of the files that are written, without the first point; it is different for every format, so that all fit in one folder. */
  readonly extension: string;
  /** More endings that files of the format have. */
  readonly otherExtensions?: readonly string[];
  /** The format and who reads it, for a list that a person chooses from. */
  readonly title: string;
  readonly isText: boolean;
  /** The editor opens files with this extension as ROM images; not for one that belongs to a programming language. */
  readonly hasEditor?: boolean;

  /** What no other file begins with. */
  readonly magic?: string;
  /** The name is believed, whatever the content is like. */
  readonly isToldByName?: boolean;
  /** Whether a file is like one of the format. The formats are asked in the order of their ranks, the surest sign first. */
  readonly content?: { readonly rank: number; readonly isLike: (head: FileHead) => boolean };

  /** @throws RangeError for an image that the format cannot hold */
  readonly write: (image: RomImage) => string | Uint8Array;
  /** Never throws for a bad file, but adds to the findings and gives the words that it understood. */
  readonly read: (source: RomSource, options: ReadOptions, findings: RomFindings) => ReadRom;

  /** What is a comment, in which any byte may stand; one that does not end goes to the end of the text. */
  readonly comment?: RegExp;
  readonly needsFinalNewline?: boolean;
  /** A word is written with as many digits as its width needs; another number is told. */
  readonly hasAllDigits?: boolean;
  /** The format's tools fill a memory with 0 where the file gives no word. */
  readonly isFilledWithZeros?: boolean;
  /** Rules that a file breaks on purpose when it is said to be of this format. */
  readonly onPurpose?: readonly RomRuleId[];

  /** A section of an export's README in Markdown: how a tool loads one of the files. */
  readonly howToLoad: (image: RomShape, file: string) => string;
}

/** Whether one of the first lines has a format's sign. */
export function hasLineLike(sign: RegExp): (head: FileHead) => boolean {
  return ({ lines }) => lines.some((line) => sign.test(line));
}
