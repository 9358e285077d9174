import { cComment, withoutComments } from "./reading/comments.js";
import { parseAddress, parseDigits, quoted } from "./reading/digits.js";
import type { RomFindings } from "./reading/findings.js";
import { LineCounter } from "./reading/lines.js";
import { PlacedWords, type ReadWord } from "./reading/placedWords.js";
import type { FileHead, ReadOptions, ReadRom, RomFormatModule, RomSource } from "./romFormat.js";
import { hexWords, type RomImage } from "./romImage.js";

const vivadoSubset = "Icarus 11, Verilator 5.006 and Yosys 0.23 accept it; Vivado's synthesis reads words alone, one a line (UG901).";
const stopsHalfWay =
  "Icarus 11 stops reading there but ends with exit code 0, Verilator 5.006 aborts, Yosys 0.23 reads on without a word.";

/**
 * The memory file of Verilog. What Icarus, Verilator and Yosys are said to do with it was seen in the versions named, and is checked
 * against those programs by the tests; what Vivado is said to do is from its documentation.
 */
export const mem = {
  name: "mem",
  extension: "mem",
  otherExtensions: ["memh", "hexh"],
  title: "Verilog $readmemh (simulators, Vivado, Quartus, Yosys)",
  isText: true,
  hasEditor: true,
  hasAllDigits: true,
  needsFinalNewline: true,
  comment: cComment,
  content: { rank: 51, isLike: isMemoryFile },
  write: writeMem,
  read: readMem,
  tools: {
    "empty-file": "Icarus 11 warns; Verilator 5.006 and Yosys 0.23 load nothing without a word.",
    "binary-content": "Icarus 11 stops there but ends with exit code 0, Verilator 5.006 aborts, Yosys 0.23 reads it as 0.",
    "byte-order-mark": "Icarus 11 refuses the file but ends with exit code 0, Verilator 5.006 aborts, Yosys 0.23 reads past it.",
    "crlf": "Icarus 11, Verilator 5.006 and Yosys 0.23 read it alike, but checksums differ.",
    "no-final-newline": "Verilator 5.006 loses the last word without a warning; Icarus 11 and Yosys 0.23 read it.",
    "comment": vivadoSubset,
    "unterminated-comment": "Icarus 11 warns that words are missing; Verilator 5.006 and Yosys 0.23 lose them without a word.",
    "hash-comment":
      "Icarus 11 stops reading there but ends with exit code 0, Verilator 5.006 takes it as a comment, Yosys 0.23 reads its letters as data.",
    "underscore": vivadoSubset,
    "address-directive": vivadoSubset,
    "several-words-per-line": vivadoSubset,
    "short-word": "Icarus 11, Verilator 5.006 and Yosys 0.23 fill the top with zeros; others need not.",
    "excess-digits": "Icarus 11 warns of each; Verilator 5.006 and Yosys 0.23 read the same word.",
    "unknown-digits": "Icarus 11 and Yosys 0.23 load unknown bits, Verilator 5.006 aborts.",
    "radix-prefix": "Icarus 11 and Yosys 0.23 read the x as unknown bits, Verilator 5.006 as 0.",
    "address-prefix": "Icarus 11 takes the 0 as the address and the rest as a word, Verilator 5.006 aborts, Yosys 0.23 reads past the prefix.",
    "sign": "Icarus 11 stops reading there but ends with exit code 0, Verilator 5.006 aborts, Yosys 0.23 drops the sign without a word.",
    "illegal-character": stopsHalfWay,
    "address-space": "Icarus 11 refuses it but ends with exit code 0, Verilator 5.006 reads the address as data, Yosys 0.23 stops.",
    "address-out-of-range": "Icarus 11 stops reading but ends with exit code 0, Verilator 5.006 aborts, Yosys 0.23 drops the words without a word.",
    "address-overlap": "Icarus 11 and Verilator 5.006 keep the last word, Yosys 0.23 the first.",
    "too-few-words":
      "Icarus 11 warns, Verilator 5.006 does not, and both leave the other words as they were; Yosys 0.23 leaves them x without a word; Vivado wants a line for each row.",
    "too-many-words": "Icarus 11 warns and drops the rest, Verilator 5.006 aborts, Yosys 0.23 drops the rest without a word.",
    "word-too-wide": "Icarus 11 and Yosys 0.23 warn and cut the top bits, Verilator 5.006 cuts them without a word.",
    "binary-digits": "$readmemh reads each digit as four bits, $readmemb as one.",
  },
  howToLoad: ({ width, depth }, file) => `## Verilog (.mem)

Simulators, Vivado, Quartus and Yosys read it. Give \`$readmemh\` no address range, and do not fill the array before it:
some tools then keep the fill.

    reg [${width - 1}:0] rom [0:${depth - 1}];
    reg [${width - 1}:0] word;
    initial $readmemh("${file}", rom);
    always @(posedge clock) word <= rom[address];
`,
} as const satisfies RomFormatModule;

/** Whether there are words of digits, comments and addresses alone. */
export function isMemoryFile({ text }: FileHead): boolean {
  const plain = withoutComments(text.replace(/^\xef\xbb\xbf/, ""), cComment);
  return /^[\s0-9a-fxz_@?]*$/i.test(plain) && /[0-9a-fxz]/i.test(plain);
}

/** Vivado's generators write a word of binary digits a line, and name the file `.mif` as Quartus's; its simulation models read it with `$readmemb`. */
function radixByName({ name, text }: RomSource): 2 | undefined {
  return name.toLowerCase().endsWith(".mif") && /^\s*[01][01\s]*$/.test(text) ? 2 : undefined;
}

/**
 * For Verilog's `$readmemh` (IEEE 1364-2005, 17.2.9), in the subset that simulators and synthesisers read alike: one
 * word a line, exactly `depth` lines of exactly ceil(width / 4) digits, LF after each, and nothing else. Readers
 * disagree, mostly in silence, on comments, signs, prefixes, short files and a missing last newline.
 */
function writeMem(image: RomImage): string {
  return hexWords(image)
    .map((word) => `${word}\n`)
    .join("");
}

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
function readMem(source: RomSource, options: ReadOptions, findings: RomFindings): ReadRom {
  const stated = options.radix ?? radixByName(source);
  const radix = stated ?? 16;
  const placed = new PlacedWords(findings);
  const place: Place = { address: 0, lineOfWord: 0, isAllBinary: true };
  const lines = new LineCounter(source.text);
  for (const { 0: token, index } of source.text.matchAll(tokenPattern)) {
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
  if (place.isAllBinary && stated === undefined) {
    tellBinaryDigits(words, options, findings);
  }
  const width = radix === 2 ? commonBits(words, options) : undefined;
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

/** The digits of every word, if all have as many; the width that is known goes before. */
function commonBits(words: readonly ReadWord[], { width }: ReadOptions): number | undefined {
  const bits = width ?? words[0]?.bits;
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
