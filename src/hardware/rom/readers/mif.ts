import type { RomFindings } from "../findings.js";
import { bitsOfDigits, parseDigits, PlacedWords } from "./readRom.js";
import type { Radix, ReadOptions, ReadRom, RomSource } from "./readRom.js";

type RadixName = "BIN" | "OCT" | "HEX" | "DEC" | "UNS";
const radices: Readonly<Record<RadixName, Radix>> = { BIN: 2, OCT: 8, HEX: 16, DEC: 10, UNS: 10 };

interface Token {
  readonly line: number;
  readonly text: string;
}

/** Tokens not read yet. */
class Tokens {
  private at = 0;

  constructor(private readonly list: readonly Token[]) {}

  get lastLine(): number {
    return this.list.at(-1)?.line ?? 1;
  }

  peek(ahead = 0): Token | undefined {
    return this.list[this.at + ahead];
  }

  skip(count: number): void {
    this.at += count;
  }
}

/** The fields before CONTENT; the radices have defaults. */
interface Header {
  width?: number;
  depth?: number;
  addressRadix: RadixName;
  dataRadix: RadixName;
}

/**
 * A Memory Initialization File of Quartus: fields in any order and case, `--` and `%...%` comments, items `A : D;`,
 * `A : D0 D1 ...;` and `[A0..A1] : D0 D1 ...;` whose data repeat. Negative numbers with DATA_RADIX=DEC only.
 */
export function readMif({ text }: RomSource, _: ReadOptions, findings: RomFindings): ReadRom {
  const tokens = new Tokens(tokensOf(text, findings));
  const header = readHeader(tokens, findings);
  const placed = new PlacedWords(findings);
  const content = contentItems(tokens, findings);
  for (const item of content) {
    readItem(item, header, placed, findings);
  }
  const { width, depth } = header;
  return { ...(width && { width }), ...(depth && { depth }), words: placed.words };
}

function tokensOf(text: string, findings: RomFindings): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (const [token] of text.matchAll(/--[^\n]*|%[^%]*%|%[^%]*$|\n|[^\S\n]+|\.\.|[;:=[\]]|[^\s;:=[\]%.]+|\./g)) {
    if (token.startsWith("%") && (token.length === 1 || !token.endsWith("%"))) {
      findings.add("unterminated-comment", line, "The comment that % begins does not end.");
    }
    if (!/^(--|%|\s)/.test(token)) {
      tokens.push({ line, text: token });
    }
    line += token.split("\n").length - 1;
  }
  return tokens;
}

function readHeader(tokens: Tokens, findings: RomFindings): Header {
  const header: Header = { addressRadix: "HEX", dataRadix: "HEX" };
  for (let next = tokens.peek(); next !== undefined && !isContent(next); next = tokens.peek()) {
    readField(takeStatement(tokens, findings, isContent), header, findings);
  }
  for (const name of ["WIDTH", "DEPTH"] as const) {
    if (header[name === "WIDTH" ? "width" : "depth"] === undefined) {
      findings.add("missing-field", 1, `There is no ${name}.`);
    }
  }
  return header;
}

function isContent({ text }: Token): boolean {
  return text.toUpperCase() === "CONTENT";
}

/** Tokens before a semicolon, which goes too; told when the end or `stop` comes first. */
function takeStatement(tokens: Tokens, findings: RomFindings, stop: (token: Token) => boolean): Token[] {
  const taken: Token[] = [];
  let next = tokens.peek();
  while (next !== undefined && next.text !== ";" && !(taken.length > 0 && stop(next))) {
    taken.push(next);
    tokens.skip(1);
    next = tokens.peek();
  }
  if (next?.text === ";") {
    tokens.skip(1);
  } else if (taken.length > 0) {
    findings.add("missing-semicolon", taken.at(-1)!.line, `${JSON.stringify(textOf(taken))} does not end.`);
  }
  return taken;
}

function textOf(tokens: readonly Token[]): string {
  return tokens.map(({ text }) => text).join(" ").slice(0, 40);
}

function readField(tokens: readonly Token[], header: Header, findings: RomFindings): void {
  if (tokens.length === 0) {
    return;
  }
  const [name, equals, value, ...others] = tokens.map(({ text }) => text.toUpperCase());
  const { line } = tokens[0]!;
  const known = { WIDTH: "width", DEPTH: "depth", ADDRESS_RADIX: "addressRadix", DATA_RADIX: "dataRadix" } as const;
  if (!Object.hasOwn(known, name!) || equals !== "=" || value === undefined || others.length > 0) {
    findings.add("bad-field", line, `${JSON.stringify(textOf(tokens))} is no field of a MIF file.`);
    return;
  }
  const key = known[name as keyof typeof known];
  if (key === "width" || key === "depth") {
    readCount(key, value, line, header, findings);
  } else if (Object.hasOwn(radices, value)) {
    header[key] = value as RadixName;
  } else {
    findings.add("bad-field", line, `${name} is ${value}; a MIF file has BIN, OCT, HEX, DEC or UNS.`);
  }
}

function readCount(key: "width" | "depth", value: string, line: number, header: Header, findings: RomFindings): void {
  if (/^[1-9]\d{0,8}$/.test(value)) {
    header[key] = Number(value);
  } else {
    findings.add("bad-field", line, `${key.toUpperCase()} is ${value}; it must be a decimal number above 0.`);
  }
}

/** The items between BEGIN and END. */
function contentItems(tokens: Tokens, findings: RomFindings): Token[][] {
  if (tokens.peek(1)?.text.toUpperCase() !== "BEGIN") {
    findings.add("missing-field", tokens.peek()?.line ?? 1, "There is no CONTENT BEGIN.");
    return [];
  }
  tokens.skip(2);
  const items: Token[][] = [];
  for (let next = tokens.peek(); next !== undefined && !isEnd(next); next = tokens.peek()) {
    items.push(takeStatement(tokens, findings, isEnd));
  }
  checkEnd(tokens, findings);
  return items.filter((item) => item.length > 0);
}

function isEnd({ text }: Token): boolean {
  return text.toUpperCase() === "END";
}

function checkEnd(tokens: Tokens, findings: RomFindings): void {
  const [end, semicolon, following] = [tokens.peek(), tokens.peek(1), tokens.peek(2)];
  if (end === undefined) {
    findings.add("missing-end", tokens.lastLine, "There is no END;.");
  } else if (semicolon?.text !== ";") {
    findings.add("missing-semicolon", end.line, "END does not end.");
  } else if (following !== undefined) {
    findings.add("data-after-end", following.line, `${JSON.stringify(following.text)} follows END.`);
  }
}

function readItem(item: readonly Token[], header: Header, placed: PlacedWords, findings: RomFindings): void {
  const colon = item.findIndex(({ text }) => text === ":");
  const data = item.slice(colon + 1);
  if (colon < 1 || data.length === 0 || data.some(({ text }) => text === ":")) {
    findings.add("missing-semicolon", item[0]!.line, `${JSON.stringify(textOf(item))} is not one item "address : data".`);
    return;
  }
  const range = readRange(item.slice(0, colon), header, findings);
  if (range === undefined) {
    return;
  }
  const { first, last = first + data.length - 1 } = range;
  const values = data.map((token) => readValue(token, header, findings));
  const end = Math.min(last, first + 2 ** 24);
  for (let address = first; address <= end; address++) {
    placed.add({ address, ...values[(address - first) % values.length]! });
  }
}

function readRange(tokens: readonly Token[], header: Header, findings: RomFindings): { first: number; last?: number } | undefined {
  const place = tokens.map(({ text }) => text).join(" ");
  const [, begin, end] = /^\[ (\S+) \.\. (\S+) \]$/.exec(place) ?? [undefined, place, undefined];
  const [first, last] = [begin, end].map((digits) => (digits === undefined ? undefined : parseDigits(digits, radices[header.addressRadix])));
  const isRange = end !== undefined;
  if (first === undefined || (isRange && (last === undefined || last < first))) {
    findings.add("illegal-character", tokens[0]!.line, `${JSON.stringify(textOf(tokens))} is no address in ${header.addressRadix}.`);
    return undefined;
  }
  return { first: Number(first), ...(isRange && { last: Number(last) }) };
}

function readValue({ text, line }: Token, header: Header, findings: RomFindings): { value: bigint; bits: number; line: number } {
  const { width = 1, dataRadix } = header;
  const isNegative = text.startsWith("-");
  const magnitude = parseDigits(isNegative ? text.slice(1) : text, radices[dataRadix]);
  if (magnitude === undefined) {
    findings.add("illegal-character", line, `${JSON.stringify(text)} is not a number in ${dataRadix}.`);
    return { value: 0n, bits: 1, line };
  }
  if (!isNegative) {
    return { value: magnitude, bits: bitsOfDigits(text, radices[dataRadix], magnitude), line };
  }
  if (dataRadix !== "DEC") {
    findings.add("sign", line, `${text} has a sign, but DATA_RADIX is ${dataRadix}.`);
  }
  if (magnitude > 1n << BigInt(width - 1)) {
    findings.add("word-too-wide", line, `${text} does not fit in ${width} bits.`);
  }
  return { value: BigInt.asUintN(width, -magnitude), bits: width, line };
}
