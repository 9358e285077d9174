import type { RomFindings } from "../findings.js";
import { parseDigits, PlacedWords } from "./readRom.js";
import type { ReadOptions, ReadRom, RomSource } from "./readRom.js";

/** Comments, one illegal form of comment, addresses, and whatever else stands between white space. */
const tokenPattern = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|#[^\n]*|--[^\n]*|@[^\s@/]*|[^\s@/#]+|\//g;

/** Where reading is: the next word's address, and the line of the word before it. */
interface Place {
  address: number;
  lineOfWord: number;
}

/**
 * A memory file of Verilog (IEEE 1364-2005, 17.2.9): numbers without width and base, underscores, x and z, comments, and
 * `@` with a hexadecimal word address.
 */
export function readMem({ text }: RomSource, { radix = 16 }: ReadOptions, findings: RomFindings): ReadRom {
  const placed = new PlacedWords(findings);
  const place: Place = { address: 0, lineOfWord: 0 };
  let line = 1;
  let scanned = 0;
  for (const { 0: token, index } of text.matchAll(tokenPattern)) {
    line += newlines(text.slice(scanned, index));
    scanned = index;
    if (isComment(token)) {
      readComment(token, line, findings);
    } else if (token.startsWith("@")) {
      readAddress(token, line, place, findings);
    } else {
      readWord(token, line, radix, place, placed, findings);
    }
  }
  return { words: placed.words };
}

function newlines(text: string): number {
  return text.split("\n").length - 1;
}

function isComment(token: string): boolean {
  return /^(\/[/*]|#|--)/.test(token);
}

function readComment(token: string, line: number, findings: RomFindings): void {
  const start = JSON.stringify(token.split("\n")[0]!.slice(0, 20));
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
  const address = parseDigits(plain, 16);
  if (digits === "") {
    findings.add("address-space", line, "The @ has no address directly after it.");
    return;
  }
  if (plain !== digits) {
    findings.add("address-prefix", line, `The address ${token} has a prefix.`);
  }
  if (address === undefined) {
    findings.add("illegal-character", line, `The address ${token} is not hexadecimal.`);
    return;
  }
  findings.add("address-directive", line, `${token} sets the address.`);
  place.address = Number(address);
}

function readWord(token: string, line: number, radix: 2 | 16, place: Place, placed: PlacedWords, findings: RomFindings): void {
  if (place.lineOfWord === line) {
    findings.add("several-words-per-line", line, `${token} is not the first word of its line.`);
  }
  place.lineOfWord = line;
  const digits = plainDigits(token, line, radix, findings);
  const value = parseDigits(digits, radix);
  if (value === undefined) {
    findings.add("illegal-character", line, `${JSON.stringify(token)} is not a ${radix === 2 ? "binary" : "hexadecimal"} word.`);
  }
  const isPlain = value !== undefined && /^[^-+]/.test(token) && !/^0x[0-9a-f]/i.test(token);
  const bits = isPlain ? digits.length * (radix === 2 ? 1 : 4) : 0;
  placed.add({ address: place.address++, value: value ?? 0n, bits, line });
}

/** The digits alone, unknown ones as 0; tells prefix, sign, underscores and unknown digits. */
function plainDigits(token: string, line: number, radix: 2 | 16, findings: RomFindings): string {
  const [, sign = "", prefix = "", body = ""] = /^([-+]?)(0[xX](?=[0-9a-fA-F]))?(.*)$/.exec(token)!;
  if (sign !== "") {
    findings.add("sign", line, `${token} has a sign.`);
  }
  if (prefix !== "") {
    findings.add("radix-prefix", line, `${token} has a prefix.`);
  }
  if (body.includes("_")) {
    findings.add("underscore", line, `${token} has underscores.`);
  }
  const digits = body.replaceAll("_", "");
  const unknown = radix === 2 ? /^[01xz?]+$/i : /^[0-9a-fxz?]+$/i;
  if (!unknown.test(digits) || !/[xz?]/i.test(digits)) {
    return digits;
  }
  findings.add("unknown-digits", line, `${token} has digits that are x or z.`);
  return digits.replace(/[xz?]/gi, "0");
}
