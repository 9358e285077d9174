import { identifierText } from "../text/code.js";
import { cComment } from "./reading/comments.js";
import { parseDigits, quoted, type Radix } from "./reading/digits.js";
import type { RomFindings } from "./reading/findings.js";
import { romLimits } from "./reading/limits.js";
import { PlacedWords, type ReadWord } from "./reading/placedWords.js";
import { type Token, Tokens } from "./reading/tokens.js";
import { hasLineLike, type ReadOptions, type ReadRom, type RomFormatModule, type RomSource } from "./romFormat.js";
import { hexWords, type RomImage } from "./romImage.js";

/** For tools that read no memory files, as ASIC synthesis: the words are in the Verilog itself. */
export const verilogCase = {
  name: "verilog-case",
  extension: "v",
  otherExtensions: ["sv", "vh", "svh"],
  title: "Verilog module with a case statement (synthesis without $readmemh)",
  isText: true,
  comment: cComment,
  content: { rank: 15, isLike: hasLineLike(/^(end)?module\b(?!\s*[=:])|\bcase[xz]?\s{0,9}\(|^endcase\b/) },
  write: writeVerilogCase,
  read: readVerilogCase,
  tools: {
    "address-overlap": "Verilog takes the first item.",
    "unknown-digits": "Synthesis may choose any bits there.",
  },
  howToLoad: ({ name, width, depth }, file) => `## Verilog module (.v)

For tools that read no memory files: ${file} holds the words itself. The module is combinational; an address that no item names gives x.

    wire [${width - 1}:0] word;
    ${name}_rom rom (.address(address[${addressBits(depth) - 1}:0]), .word(word));
`,
} as const satisfies RomFormatModule;

/** Bits that hold every address; at least 1. */
function addressBits(depth: number): number {
  return Math.max(1, Math.ceil(Math.log2(depth)));
}

/**
 * A combinational module in Verilog-2001 (IEEE 1364.1-2002, 5.6.1: a ROM as a case statement). The default is x, so that synthesis is
 * free there and a missing word is seen.
 */
function writeVerilogCase(image: RomImage): string {
  const { width, depth } = image;
  const bits = addressBits(depth);
  return [
    `// ${depth} words of ${width} bits, word 0 first. Lanes and number format: see manifest.json.`,
    `module ${identifierText(image.name)}_rom (`,
    `  input wire [${bits - 1}:0] address,`,
    `  output reg [${width - 1}:0] word`,
    ");",
    "  always @*",
    "    case (address)",
    ...hexWords(image).map((word, address) => `      ${bits}'d${address}: word = ${width}'h${word};`),
    `      default: word = ${width}'bx;`,
    "    endcase",
    "endmodule",
    "",
  ].join("\n");
}

/** Comments, attributes, directives; then numbers with and without size and base, names, and any other character. */
const pattern =
  /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|\(\*(?!\))[^)]{0,999}\*\)|`(?:timescale|default_nettype|include|define|undef|ifdef|ifndef|else|endif|resetall)\b[^\n]*|(?:\d[\d_]*\s{0,9})?'\s{0,9}[sS]?[bBoOdDhH]\s{0,9}[\w?]+|\d[\d_]*|[A-Za-z_][\w$]*|\\\S+|<=|\S/g;
const language = { pattern, isPassedOver: (text: string) => /^(\/[/*]|`[a-z]|\(\*)/.test(text) };

/** Each of them begins a declaration, and ends the range of the one before. */
const declarationWords = new Set(["input", "output", "inout", "reg", "wire", "logic", "bit", "var", "function", "parameter", "localparam", "integer"]);

/** Tokens of an item that are kept. */
const mostTokens = 64;

/**
 * The first case statement of a Verilog text whose items assign numbers: `labels : name = number ;`, also in begin and end. The width
 * is that of the assigned name's declaration, else of the numbers where all have the same. A default that is a number fills the
 * addresses without an item below the depth that is known, or below the highest one.
 */
function readVerilogCase({ text }: RomSource, options: ReadOptions, findings: RomFindings): ReadRom {
  const tokens = new Tokens(text, language);
  const widths = widthsBeforeCase(tokens);
  if (widths === undefined) {
    findings.add("missing-field", 1, "There is no case statement.");
    return { words: [] };
  }
  const reading = new CaseReading(tokens, widths, findings);
  reading.read();
  const { words } = reading;
  const common = words.every(({ bits }) => bits > 0 && bits === words[0]!.bits) ? words[0]?.bits : undefined;
  const width = reading.width ?? common;
  return { ...(width && { width }), words: filled(words, reading.otherwise, options.depth) };
}

/** Takes everything up to the expression of the first case statement. @returns bits of the declared names; undefined where there is no case */
function widthsBeforeCase(tokens: Tokens): Map<string, number> | undefined {
  const widths = new Map<string, number>();
  let width: number | undefined;
  for (let token = tokens.take(); token !== undefined; token = tokens.take()) {
    const { text } = token;
    if (/^case[xz]?$/.test(text)) {
      return widths;
    }
    if (text === "[") {
      width = rangeWidth(takeUpTo(tokens, "]").map((each) => each.text));
    } else if (text === ";" || declarationWords.has(text)) {
      width = undefined;
    } else if (width !== undefined && /^\w/.test(text)) {
      widths.set(text, width);
    }
  }
  return undefined;
}

/** Bits of `[7:0]`; undefined for a range that is not of plain numbers. */
function rangeWidth([high, colon, low, ...others]: readonly string[]): number | undefined {
  const isPlain = colon === ":" && others.length === 0 && /^\d{1,7}$/.test(high ?? "") && /^\d{1,7}$/.test(low ?? "");
  return isPlain ? Math.abs(Number(high) - Number(low)) + 1 : undefined;
}

/** The tokens before this one, which is taken too, or before the end of the case statement, which stays. */
function takeUpTo(tokens: Tokens, end: string): Token[] {
  const taken: Token[] = [];
  for (let token = tokens.peek(); token !== undefined && token.text !== "endcase"; token = tokens.peek()) {
    tokens.take();
    if (token.text === end) {
      return taken;
    }
    if (taken.length < mostTokens) {
      taken.push(token);
    }
  }
  return taken;
}

/** A number as it is written. */
interface Literal {
  readonly value: bigint;
  /** Undefined without a size. */
  readonly bits: number | undefined;
  readonly hasUnknown: boolean;
  /** Bits that are not 0 were cut off by its size. */
  readonly isCut: boolean;
}

const radices: Readonly<Record<string, Radix>> = { b: 2, o: 8, d: 10, h: 16 };

/** `255`, `8'hFF`, `'d255`, `8'sb1111_1111` (IEEE 1364-2005, 3.5.1), x and z as 0; undefined for anything else. */
function literalOf(token: string): Literal | undefined {
  const plain = token.replace(/[\s_]/g, "").toLowerCase();
  const [, size = "", base = "", digits = ""] = /^(\d*)'s?([bodh])([0-9a-fxz?]+)$/.exec(/^\d+$/.test(plain) ? `'d${plain}` : plain) ?? [];
  const known = digits.replace(/[xz?]/g, "0");
  const value = parseDigits(known, radices[base] ?? 10);
  return value === undefined ? undefined : sized({ value, bits: undefined, hasUnknown: known !== digits, isCut: false }, size);
}

/** The same cut to its size; undefined for a size that no word has. */
function sized(literal: Literal, size: string): Literal | undefined {
  const bits = Number(size);
  if (size === "") {
    return literal;
  }
  const value = bits >= 1 && bits <= romLimits.wordBits ? BigInt.asUintN(bits, literal.value) : undefined;
  return value === undefined ? undefined : { ...literal, value, bits, isCut: value !== literal.value };
}

/** In two's complement; as it is where no width is known. */
function negated(literal: Literal, bits: number): Literal {
  return bits === 0 || bits > romLimits.wordBits ? literal : { ...literal, value: BigInt.asUintN(bits, -literal.value), bits };
}

/** The items of one case statement. */
class CaseReading {
  /** Bits of the name that is assigned. */
  width: number | undefined;
  /** The number of the default. */
  otherwise: ReadWord | undefined;
  private readonly placed: PlacedWords;

  constructor(
    private readonly tokens: Tokens,
    private readonly widths: ReadonlyMap<string, number>,
    private readonly findings: RomFindings,
  ) {
    this.placed = new PlacedWords(findings);
  }

  get words(): readonly ReadWord[] {
    return this.placed.words;
  }

  read(): void {
    this.takeSelector();
    for (let token = this.tokens.peek(); token?.text !== "endcase"; token = this.tokens.peek()) {
      if (token === undefined) {
        this.findings.add("missing-end", this.tokens.text.split("\n").length, "The case statement does not end with endcase.");
        return;
      }
      this.readItem(token);
    }
  }

  /** The expression in parentheses. */
  private takeSelector(): void {
    let depth = 0;
    do {
      const text = this.tokens.take()?.text;
      depth += text === "(" ? 1 : text === ")" || text === undefined ? -1 : 0;
    } while (depth > 0);
  }

  private readItem({ text, line }: Token): void {
    if (text === "end" || text === ";") {
      this.tokens.take();
    } else if (text === "default") {
      this.readDefault(line);
    } else {
      const labels = takeUpTo(this.tokens, ":");
      this.place(labels.filter((label) => label.text !== ","), this.readWord(line), line);
    }
  }

  /** A default that is no number, as x, leaves the other addresses without a word. */
  private readDefault(line: number): void {
    this.tokens.take();
    if (this.tokens.peek()?.text === ":") {
      this.tokens.take();
    }
    const number = this.assigned(this.takeStatement());
    this.otherwise = number?.hasUnknown === false ? { address: 0, value: number.value, bits: number.bits ?? 0, line } : undefined;
  }

  /** The texts of a statement, the first one where a label has several. */
  private takeStatement(): string[] {
    if (this.tokens.peek()?.text === "begin") {
      this.tokens.take();
    }
    return takeUpTo(this.tokens, ";").map(({ text }) => text);
  }

  /** The number in `name = number` or `name <= -number`, a negative one as two's complement; undefined for any other statement. */
  private assigned(statement: readonly string[]): Literal | undefined {
    const [name, equals] = statement;
    const value = statement.slice(2);
    const magnitude = value[0] === "-" ? value.slice(1) : value;
    const literal = /^<?=$/.test(String(equals)) && magnitude.length === 1 ? literalOf(magnitude[0]!) : undefined;
    if (literal === undefined) {
      return undefined;
    }
    this.width ??= this.widths.get(String(name));
    return magnitude === value ? literal : negated(literal, literal.bits ?? this.width ?? 0);
  }

  /** The word of an item; what is wrong with it is told. */
  private readWord(line: number): Literal {
    const statement = this.takeStatement();
    const literal = this.assigned(statement);
    if (literal === undefined) {
      const shown = quoted(statement.slice(0, 16).join(" "));
      const isRunOn = statement.includes(":");
      this.findings.add(isRunOn ? "missing-semicolon" : "illegal-character", line, isRunOn ? `The statement ${shown} does not end.` : `${shown} assigns no number to a name.`);
      return { value: 0n, bits: undefined, hasUnknown: false, isCut: false };
    }
    if (literal.hasUnknown) {
      this.findings.add("unknown-digits", line, `${quoted(statement.at(-1)!)} has digits that are x or z.`);
    }
    if (literal.isCut) {
      this.findings.add("word-too-wide", line, `${quoted(statement.at(-1)!)} does not fit in ${literal.bits} bits.`);
    }
    return literal;
  }

  private place(labels: readonly Token[], { value, bits = 0 }: Literal, line: number): void {
    for (const label of labels) {
      const address = literalOf(label.text);
      if (address === undefined || address.hasUnknown || address.value > BigInt(Number.MAX_SAFE_INTEGER)) {
        this.findings.add("illegal-character", label.line, `${quoted(label.text)} is no address.`);
      } else {
        this.placed.add({ address: Number(address.value), value, bits, line });
      }
    }
  }
}

/** Words by address, with the default where there is no item. */
function filled(words: readonly ReadWord[], otherwise: ReadWord | undefined, depth: number | undefined): readonly ReadWord[] {
  const end = depth ?? words.reduce((most, { address }) => Math.max(most, address + 1), 0);
  if (otherwise === undefined || end > (depth === undefined ? romLimits.openSpanWords : romLimits.words)) {
    return words;
  }
  const given = new Set(words.map(({ address }) => address));
  const missing = Array.from({ length: end }, (_, address) => ({ ...otherwise, address })).filter(({ address }) => !given.has(address));
  return [...words, ...missing].toSorted((one, other) => one.address - other.address);
}
