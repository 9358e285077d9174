import type { RomFindings } from "../findings.js";
import { LineCounter, parseAddress, parseDigits, PlacedWords, quoted } from "./readRom.js";
import type { ReadOptions, ReadRom, ReadWord, RomSource } from "./readRom.js";

/** Comments, one illegal form of comment, addresses, and whatever else stands between white space. */
const tokenPattern = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|#[^\n]*|--[^\n]*|@[^\s@/]*|[^\s@/#]+|\//g;

/** Where reading is: the next word's address, and the line of the word before it. */
interface Place {
  address: number;
  lineOfWord: number;
  /** No digit but 0 and 1 so far. */
  isAllBinary: boolean;
}

/**
 * A memory file of Verilog (IEEE 1364-2005, 17.2.9): numbers without width and base, underscores, x and z, comments, and
 * `@` with a hexadecimal word address. Binary words, all of as many digits, state their width.
 */
export function readMem({ text }: RomSource, options: ReadOptions, findings: RomFindings): ReadRom {
  const { radix = 16 } = options;
  const placed = new PlacedWords(findings);
  const place: Place = { address: 0, lineOfWord: 0, isAllBinary: true };
  const lines = new LineCounter(text);
  for (const { 0: token, index } of text.matchAll(tokenPattern)) {
    const line = lines.at(index);
    if (isComment(token)) {
      readComment(token, line, findings);
    } else if (token.startsWith("@")) {
      readAddress(token, line, place, findings);
    } else {
      readWord(token, line, radix, place, placed, findings);
    }
  }
  const { words } = placed;
  if (place.isAllBinary && options.radix === undefined) {
    tellBinaryDigits(words, options, findings);
  }
  const width = radix === 2 && options.width === undefined ? commonBits(words) : undefined;
  return { ...(width && { width }), words };
}

/** Hexadecimal words of the digits 0 and 1 alone may be meant as binary; a width that fits them says that they are not. */
function tellBinaryDigits(words: readonly ReadWord[], { width }: ReadOptions, findings: RomFindings): void {
  const isOfWidth = width !== undefined && words.every(({ bits }) => bits <= 4 * Math.ceil(width / 4));
  const first = words.find(({ value }) => value > 1n);
  if (first !== undefined && !isOfWidth) {
    findings.add("binary-digits", first.line, `Every digit is 0 or 1, and word ${first.address} was read as hexadecimal ${hexText(first.value)}.`);
  }
}

function hexText(value: bigint): string {
  const digits = value.toString(16);
  return digits.length > 40 ? `${digits.slice(0, 40)}…` : digits;
}

/** The digits of every word, if all have as many. */
function commonBits(words: readonly ReadWord[]): number | undefined {
  const bits = words[0]?.bits;
  return words.every((word) => word.bits === bits) ? bits : undefined;
}

function isComment(token: string): boolean {
  const first = token[0]!;
  return first === "#" || token.startsWith("--") || (first === "/" && token.length > 1);
}

function readComment(token: string, line: number, findings: RomFindings): void {
  const start = JSON.stringify(token.slice(0, 20).split("\n")[0]!);
  if (token.startsWith("#")) {
    findings.add("hash-comment", line, `${start} begins with #, which is no comment in Verilog.`);
  } else if (token.startsWith("--")) {
    findings.add("illegal-character", line, `${start} begins with --, which is no comment in Verilog.`);
  } else if (token.startsWith("/*") && !token.endsWith("*/")) {
    findings.add("unterminated-comment", line, `The comment ${start} does not end.`);
  } else {
    findings.add("comment", line, `${start} is a comment.`);
  }
}

function readAddress(token: string, line: number, place: Place, findings: RomFindings): void {
  const digits = token.slice(1).replaceAll("_", "");
  const plain = digits.replace(/^0x/i, "");
  const address = parseAddress(plain, 16);
  if (digits === "") {
    findings.add("address-space", line, "The @ has no address directly after it.");
    return;
  }
  if (plain !== digits) {
    findings.add("address-prefix", line, `The address ${shown(token)} has a prefix.`);
  }
  if (address === undefined) {
    findings.add("illegal-character", line, `The address ${shown(token)} is not hexadecimal.`);
    return;
  }
  findings.add("address-directive", line, `${shown(token)} sets the address.`);
  place.address = address;
}

function readWord(token: string, line: number, radix: 2 | 16, place: Place, placed: PlacedWords, findings: RomFindings): void {
  if (place.lineOfWord === line) {
    findings.add("several-words-per-line", line, `${shown(token)} is not the first word of its line.`);
  }
  place.lineOfWord = line;
  place.isAllBinary &&= /^[01_]+$/.test(token);
  const known = parseDigits(token, radix);
  const word = known === undefined ? oddWord(token, line, radix, findings) : { value: known, digits: token.length };
  placed.add({ address: place.address++, value: word.value, bits: word.digits * (radix === 2 ? 1 : 4), line });
}

/** A word that is not digits alone, as far as it can be understood; 0 digits where they say nothing of its width. */
function oddWord(token: string, line: number, radix: 2 | 16, findings: RomFindings): { value: bigint; digits: number } {
  const digits = plainDigits(token, line, radix, findings);
  const value = parseDigits(digits, radix);
  if (value === undefined) {
    findings.add("illegal-character", line, `${quoted(token)} is not a ${radix === 2 ? "binary" : "hexadecimal"} word.`);
  }
  const isPlain = value !== undefined && /^[^-+]/.test(token) && !/^0x[0-9a-f]/i.test(token);
  return { value: value ?? 0n, digits: isPlain ? digits.length : 0 };
}

/** The digits alone, unknown ones as 0; tells prefix, sign, underscores and unknown digits. */
function plainDigits(token: string, line: number, radix: 2 | 16, findings: RomFindings): string {
  const [, sign = "", prefix = "", body = ""] = /^([-+]?)(0[xX](?=[0-9a-fA-F]))?(.*)$/.exec(token)!;
  if (sign !== "") {
    findings.add("sign", line, `${shown(token)} has a sign.`);
  }
  if (prefix !== "") {
    findings.add("radix-prefix", line, `${shown(token)} has a prefix.`);
  }
  if (body.includes("_")) {
    findings.add("underscore", line, `${shown(token)} has underscores.`);
  }
  const digits = body.replaceAll("_", "");
  const unknown = radix === 2 ? /^[01xz?]+$/i : /^[0-9a-fxz?]+$/i;
  if (!unknown.test(digits) || !/[xz?]/i.test(digits)) {
    return digits;
  }
  findings.add("unknown-digits", line, `${shown(token)} has digits that are x or z.`);
  return digits.replace(/[xz?]/gi, "0");
}

/** A token in a message. */
function shown(token: string): string {
  return token.length > 40 ? `${token.slice(0, 40)}…` : token;
}
