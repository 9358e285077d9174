import { bitsOfDigits, parseAddress, parseDigits, quoted, type Radix } from "./reading/digits.js";
import type { RomFindings } from "./reading/findings.js";
import { isReadableSize, romLimits } from "./reading/limits.js";
import { LineCounter } from "./reading/lines.js";
import { PlacedWords } from "./reading/placedWords.js";
import { hasLineLike, type ReadOptions, type ReadRom, type RomFormatModule, type RomSource } from "./romFormat.js";
import { hexWords, type RomImage } from "./romImage.js";

export const mif = {
  name: "mif",
  extension: "mif",
  title: "MIF (Quartus)",
  isText: true,
  hasEditor: true,
  isFilledWithZeros: true,
  comment: /--[^\n]*|%[^%]*(?:%|$)/g,
  content: { rank: 21, isLike: hasLineLike(/^(WIDTH|DEPTH|ADDRESS_RADIX|DATA_RADIX)\s{0,9}=|\bCONTENT\s{1,9}BEGIN\b|^CONTENT$/i) },
  write: writeMif,
  read: readMif,
  tools: {
    "sign": "Quartus takes a sign with DATA_RADIX=DEC alone.",
    "too-few-words": "Quartus warns and fills with 0, and so they are read.",
  },
  onlyWarnings: ["too-few-words"],
  howToLoad: ({ width, depth }, file) => `## Quartus (.mif)

Memory \`ROM: 1-PORT\`, ${width} bits, ${depth} words, initialisation file ${file}; or for inferred memory:

    (* ram_init_file = "${file}" *) reg [${width - 1}:0] rom [0:${depth - 1}];
`,
} as const satisfies RomFormatModule;

/** For Quartus (Memory Initialization File): width and depth in decimal, addresses and data in hexadecimal. */
function writeMif(image: RomImage): string {
  const digits = (image.depth - 1).toString(16).length;
  const lines = hexWords(image).map((word, address) => {
    const place = address.toString(16).toUpperCase().padStart(digits, "0");
    return `${place} : ${word};\n`;
  });
  return [
    `WIDTH=${image.width};\n`,
    `DEPTH=${image.depth};\n`,
    "ADDRESS_RADIX=HEX;\n",
    "DATA_RADIX=HEX;\n",
    "CONTENT BEGIN\n",
    ...lines,
    "END;\n",
  ].join("");
}

type RadixName = "BIN" | "OCT" | "HEX" | "DEC" | "UNS";
const radices: Readonly<Record<RadixName, Radix>> = { BIN: 2, OCT: 8, HEX: 16, DEC: 10, UNS: 10 };

interface Token {
  readonly line: number;
  readonly text: string;
}

const tokenPattern = /--[^\n]*|%[^%]*(?:%|$)|\.\.|[;:=[\]]|[^\s;:=[\]%.]+|\./g;
/** The item that nearly all lines of a file are: one address, one word. */
const plainItem = /\s*([0-9A-Za-z]+)[^\S\n]*:[^\S\n]*(-?[0-9A-Za-z]+)[^\S\n]*;/y;

/** Tokens not read yet, found as they are asked for. */
class Tokens {
  lastLine = 1;
  private readonly ahead: Token[] = [];
  private readonly lines: LineCounter;
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly findings: RomFindings,
  ) {
    this.lines = new LineCounter(text);
  }

  peek(place = 0): Token | undefined {
    while (this.ahead.length <= place) {
      const token = this.find();
      if (token === undefined) {
        return undefined;
      }
      this.ahead.push(token);
    }
    return this.ahead[place];
  }

  skip(count: number): void {
    for (let taken = 0; taken < count; taken++) {
      this.ahead.shift();
    }
  }

  /** Address and word of the next item, where it is a plain one; undefined leaves everything as it is. */
  takePlainItem(): readonly [Token, Token] | undefined {
    plainItem.lastIndex = this.at;
    const found = this.ahead.length > 0 ? null : plainItem.exec(this.text);
    if (found === null || /^end$/i.test(found[1]!)) {
      return undefined;
    }
    const line = this.lines.at(plainItem.lastIndex - 1);
    this.at = plainItem.lastIndex;
    this.lastLine = line;
    return [{ line, text: found[1]! }, { line, text: found[2]! }];
  }

  private find(): Token | undefined {
    for (;;) {
      tokenPattern.lastIndex = this.at;
      const found = tokenPattern.exec(this.text);
      if (found === null) {
        return undefined;
      }
      const [text] = found;
      const line = this.lines.at(found.index);
      this.at = tokenPattern.lastIndex;
      if (text.startsWith("%") && (text.length === 1 || !text.endsWith("%"))) {
        this.findings.add("unterminated-comment", line, "The comment that % begins does not end.");
      }
      if (!text.startsWith("--") && !text.startsWith("%")) {
        this.lastLine = line;
        return { line, text };
      }
    }
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
function readMif({ text }: RomSource, _: ReadOptions, findings: RomFindings): ReadRom {
  const tokens = new Tokens(text, findings);
  const header = readHeader(tokens, findings);
  const placed = new PlacedWords(findings);
  readContent(tokens, header, placed, findings);
  const { width, depth } = header;
  return { ...(width && { width }), ...(depth && { depth }), words: placed.words };
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
  for (let next = tokens.peek(); next !== undefined && !stop(next); next = tokens.peek()) {
    tokens.skip(1);
    if (next.text === ";") {
      return taken;
    }
    taken.push(next);
  }
  if (taken.length > 0) {
    findings.add("missing-semicolon", taken.at(-1)!.line, `${textOf(taken)} does not end.`);
  }
  return taken;
}

/** The tokens of an item in a message: its first ones, quoted. */
function textOf(tokens: readonly Token[]): string {
  return quoted(tokens.slice(0, 16).map(({ text }) => text.slice(0, 40)).join(" "));
}

function readField(tokens: readonly Token[], header: Header, findings: RomFindings): void {
  if (tokens.length === 0) {
    return;
  }
  const [name, equals, value, ...others] = tokens.slice(0, 4).map(({ text }) => text.toUpperCase());
  const { line } = tokens[0]!;
  const known = { WIDTH: "width", DEPTH: "depth", ADDRESS_RADIX: "addressRadix", DATA_RADIX: "dataRadix" } as const;
  if (!Object.hasOwn(known, name!) || equals !== "=" || value === undefined || others.length > 0) {
    findings.add("bad-field", line, `${textOf(tokens)} is no field of a MIF file.`);
    return;
  }
  const key = known[name as keyof typeof known];
  if (key === "width" || key === "depth") {
    readCount(key, value, line, header, findings);
  } else if (Object.hasOwn(radices, value)) {
    header[key] = value as RadixName;
  } else {
    findings.add("bad-field", line, `${name} is ${value.slice(0, 40)}; a MIF file has BIN, OCT, HEX, DEC or UNS.`);
  }
}

function readCount(key: "width" | "depth", value: string, line: number, header: Header, findings: RomFindings): void {
  if (/^[1-9]\d{0,8}$/.test(value)) {
    header[key] = Number(value);
  } else {
    findings.add("bad-field", line, `${key.toUpperCase()} is ${value.slice(0, 40)}; it must be a decimal number above 0.`);
  }
}

/** The items between BEGIN and END. */
function readContent(tokens: Tokens, header: Header, placed: PlacedWords, findings: RomFindings): void {
  if (tokens.peek(1)?.text.toUpperCase() !== "BEGIN") {
    findings.add("missing-field", tokens.peek()?.line ?? 1, "There is no CONTENT BEGIN.");
    return;
  }
  tokens.skip(2);
  for (;;) {
    for (let plain = tokens.takePlainItem(); plain !== undefined; plain = tokens.takePlainItem()) {
      placePlain(plain, header, placed, findings);
    }
    const next = tokens.peek();
    if (next === undefined || isEnd(next)) {
      break;
    }
    readItem(takeStatement(tokens, findings, isEnd), header, placed, findings);
  }
  checkEnd(tokens, findings);
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
    findings.add("data-after-end", following.line, `${quoted(following.text)} follows END.`);
  }
}

function readItem(item: readonly Token[], header: Header, placed: PlacedWords, findings: RomFindings): void {
  const colon = item.findIndex(({ text }) => text === ":");
  const data = item.slice(colon + 1);
  if (item.length === 0) {
    return;
  }
  if (colon < 1 || data.length === 0 || data.some(({ text }) => text === ":")) {
    findings.add("missing-semicolon", item[0]!.line, `${textOf(item)} is not one item "address : data".`);
    return;
  }
  placeItem(item.slice(0, colon), data, header, placed, findings);
}

function placePlain([place, data]: readonly [Token, Token], header: Header, placed: PlacedWords, findings: RomFindings): void {
  const address = parseAddress(place.text, radices[header.addressRadix]);
  if (address === undefined) {
    placeItem([place], [data], header, placed, findings);
    return;
  }
  const { value, bits, line } = readValue(data, header, findings);
  placed.add({ address, value, bits, line });
}

function placeItem(place: readonly Token[], data: readonly Token[], header: Header, placed: PlacedWords, findings: RomFindings): void {
  const range = readRange(place, header, findings);
  if (range === undefined) {
    return;
  }
  const { first, last = first + data.length - 1 } = range;
  const values = data.map((token) => readValue(token, header, findings));
  placed.fill(first, lastWorth(first, last, header), (address) => values[(address - first) % values.length]!);
}

/** A range ends at the depth at the latest; one word beyond it is kept, so that it is told. A depth beyond all limits fills nothing. */
function lastWorth(first: number, last: number, { depth = romLimits.words }: Header): number {
  return depth > romLimits.words ? first : Math.min(last, Math.max(first, depth));
}

function readRange(tokens: readonly Token[], header: Header, findings: RomFindings): { first: number; last?: number } | undefined {
  const ends = rangeEnds(tokens.map(({ text }) => text));
  const isRange = ends.length === 2;
  const [first, last] = ends.map((digits) => parseAddress(digits, radices[header.addressRadix]));
  if (first === undefined || (isRange && (last === undefined || last < first))) {
    findings.add("illegal-character", tokens[0]!.line, `${textOf(tokens)} is no address in ${header.addressRadix}.`);
    return undefined;
  }
  return { first, ...(isRange && { last: last! }) };
}

/** `A` or `[A .. B]`; nothing for anything else. */
function rangeEnds(texts: readonly string[]): readonly string[] {
  const [open, first, dots, last, close] = texts;
  const isRange = texts.length === 5 && open === "[" && dots === ".." && close === "]";
  return isRange ? [first!, last!] : texts.length === 1 ? texts : [];
}

function readValue({ text, line }: Token, header: Header, findings: RomFindings): { value: bigint; bits: number; line: number } {
  const { width = 1, dataRadix } = header;
  const isNegative = text.startsWith("-");
  const magnitude = parseDigits(isNegative ? text.slice(1) : text, radices[dataRadix]);
  if (magnitude === undefined) {
    findings.add("illegal-character", line, `${quoted(text)} is not a number in ${dataRadix}.`);
    return { value: 0n, bits: 1, line };
  }
  if (!isNegative) {
    return { value: magnitude, bits: bitsOfDigits(text, radices[dataRadix], magnitude), line };
  }
  if (dataRadix !== "DEC") {
    findings.add("sign", line, `${text.slice(0, 40)} has a sign, but DATA_RADIX is ${dataRadix}.`);
  }
  const isWidthReadable = isReadableSize(1, width);
  if (isWidthReadable && magnitude > 1n << BigInt(width - 1)) {
    findings.add("word-too-wide", line, `${text.slice(0, 40)} does not fit in ${width} bits.`);
  }
  return { value: isWidthReadable ? BigInt.asUintN(width, -magnitude) : 0n, bits: width, line };
}
