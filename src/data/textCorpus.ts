import { constants } from "node:buffer";
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import type { CorpusSpec, SplitSpec } from "../experiment/taskSpec.js";
import { alphabetOf, countCharacters } from "./alphabet.js";
import type { DataPart } from "./contract.js";
import { printableLine } from "../text/printable.js";

/** A text to learn from. Its symbols are Unicode code points; line ends are \n; a byte-order mark is a symbol. */
export interface TextCorpus {
  readonly name: string;
  readonly text: string;
  /** What is known of its licence, in words. */
  readonly licence: string;
  readonly source: CorpusSpec["source"];
  /** SHA-256 of the text as UTF-8, in hexadecimal. */
  readonly sha256: string;
  /** Length in code points. */
  readonly characters: number;
  /** Distinct code points. */
  readonly symbols: number;
  /** Code points of each part in text order, where the data set itself defines them: the split "canonical". */
  readonly parts?: PartLengths;
  /** What a reader of its statistics should know: a checksum that nobody could check, say. */
  readonly notes: readonly string[];
}

export type PartLengths = Readonly<Record<DataPart, number>>;

/** A text that cannot be had or cannot be used; the message names the file or value and the remedy. */
export class CorpusError extends Error {
  override readonly name = "CorpusError";
}

/** What is known of a text besides itself. */
export type CorpusFacts = Pick<TextCorpus, "name" | "licence" | "source"> & Partial<Pick<TextCorpus, "parts" | "notes">>;

/** A text with its facts, checksum and counts. */
export function makeCorpus(text: string, facts: CorpusFacts): TextCorpus {
  const sha256 = createHash("sha256").update(text, "utf8").digest("hex");
  return { notes: [], ...facts, text, sha256, characters: countCharacters(text), symbols: alphabetOf(text).length };
}

/** Characters of each part: floor(N * fraction) of training and of validation text, the rest test text. */
export function splitLengths(characters: number, [trainShare, validationShare]: Exclude<SplitSpec, string>): PartLengths {
  const train = Math.floor(characters * trainShare);
  const validation = Math.floor(characters * validationShare);
  return { train, validation, test: characters - train - validation };
}

/**
 * A UTF-8 text file with \n for line ends.
 * @throws CorpusError when it is missing, a directory, empty, or not UTF-8
 */
export async function readText(file: string): Promise<string> {
  const bytes = await readBytes(file);
  if (bytes.length === 0) {
    throw new CorpusError(`The text file ${file} is empty: give a file with text in it.`);
  }
  return decodeUtf8(bytes, file);
}

/**
 * Text of UTF-8 bytes, with \n for line ends; a byte-order mark stays.
 * @param file for the message
 * @throws CorpusError when the bytes are not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array, file: string): string {
  if (bytes.length > constants.MAX_STRING_LENGTH) {
    throw new CorpusError(`The text file ${file} has ${bytes.length} bytes, which is more than fits in memory: give a part of it.`);
  }
  try {
    return universalNewlines(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new CorpusError(
      `The text file ${file} is not UTF-8: byte ${firstInvalidByte(bytes)} begins no character. Convert it to UTF-8.`,
    );
  }
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    if ((await stat(file)).isDirectory()) {
      throw new CorpusError(`${file} is a directory: give a text file.`);
    }
    return await readFile(file);
  } catch (error) {
    if (error instanceof CorpusError) {
      throw error;
    }
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CorpusError(
      code === "ENOENT"
        ? `There is no text file ${printableLine(file)}: check the path, relative ones start at ${process.cwd()}.`
        : `The text file ${printableLine(file)} cannot be read: ${message}.`,
    );
  }
}

/** \r\n and \r become \n. */
export function universalNewlines(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}

/** The offset, in bytes, at which a decoder puts its first replacement character. */
function firstInvalidByte(bytes: Uint8Array): number {
  const decoded = Buffer.from(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  return bytes.findIndex((byte, index) => decoded[index] !== byte);
}
