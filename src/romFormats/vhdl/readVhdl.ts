import { parseDigits, quoted } from "../reading/digits.js";
import type { RomFindings } from "../reading/findings.js";
import { isReadableSize, romLimits } from "../reading/limits.js";
import { PlacedWords } from "../reading/placedWords.js";
import type { ReadOptions, ReadRom, RomSource } from "../romFormat.js";
import { Declarations } from "./declarations.js";
import { type Element, ElementTokens } from "./elements.js";
import type { Bits } from "./literals.js";
import { type Token, Tokens } from "./tokens.js";
import { indexAt, type IndexRange, rangeLength, type VhdlType, wordsOf } from "./types.js";
import { choiceSpan, wordValue } from "./values.js";

/** The element that nearly all lines of a file are: a string, or a bit string in hexadecimal, with its index or without. */
const plainElement = /\s*(?:(\d{1,9})[^\S\n]*=>[^\S\n]*)?([xX]?)"([0-9A-Fa-f]{1,4096})"[^\S\n]*,/y;

/**
 * The first constant, signal or variable of a VHDL text that is an array of vectors or whole numbers, with an aggregate as its
 * value (IEEE 1076-2008, 9.3.3): elements by position, by `a | b =>`, by `a to b =>`, by `others =>`; words as strings,
 * bit strings, aggregates of bits, concatenations and conversions. Width and depth are those of its type, or of the words.
 * The word at the lowest index has address 0.
 */
export function readVhdl({ text }: RomSource, _: ReadOptions, findings: RomFindings): ReadRom {
  const declarations = new Declarations();
  const found = declarations.find(new Tokens(text));
  if (found === undefined) {
    findings.add("missing-field", 1, "There is no constant, signal or variable that is an array of words and has an aggregate.");
    return { words: [] };
  }
  const { range, element = { kind: "unknown" } as const } = wordsOf(found.type) ?? {};
  const depth = range === undefined ? undefined : rangeLength(range);
  const reading = new AggregateReading(declarations, element, range, findings);
  const words = reading.read(new Tokens(text, found.place));
  const width = widthOf(element) ?? words[0]?.bits;
  tellRagged(words, width, findings);
  return { ...(width && { width }), ...(depth && { depth }), words };
}

function tellRagged(words: ReadRom["words"], width: number | undefined, findings: RomFindings): void {
  for (const { bits, line } of words) {
    if (bits !== width) {
      findings.add("ragged-vector", line, `The literal has ${bits} bits; the words have ${width}.`);
    }
  }
}

function widthOf(type: VhdlType): number | undefined {
  if (type.kind === "integer") {
    return type.bits;
  }
  return type.kind === "array" && type.range !== undefined ? rangeLength(type.range) : undefined;
}

/** The tokens up to a comma, parenthesis or semicolon outside parentheses, which is taken too; no element where there are none. */
function takeElement(tokens: Tokens): { element?: Element; line: number; end: Token | undefined } {
  const gathering = new ElementTokens();
  const line = tokens.peek()?.line ?? tokens.line;
  for (;;) {
    const end = tokens.take();
    const isEnd = end === undefined || end.text === ";" || (gathering.isOutside && (end.text === "," || end.text === ")"));
    if (isEnd) {
      return { ...(!gathering.isEmpty && { element: gathering.take() }), line, end };
    }
    gathering.add(end.text);
  }
}

/** The elements of one aggregate, one after the other. */
class AggregateReading {
  private readonly placed: PlacedWords;
  /** Counted from the left. */
  private position = 0;

  constructor(
    private readonly names: Declarations,
    private readonly word: VhdlType,
    private readonly range: IndexRange | undefined,
    private readonly findings: RomFindings,
  ) {
    this.placed = new PlacedWords(findings);
  }

  /** Elements up to the parenthesis that closes the aggregate, and the semicolon after it. */
  read(tokens: Tokens): ReadRom["words"] {
    for (;;) {
      this.readPlain(tokens);
      const { element, line, end } = takeElement(tokens);
      if (element !== undefined) {
        this.readElement(element, line);
      }
      if (end?.text !== ",") {
        this.checkEnd(end, tokens);
        return this.placed.words;
      }
    }
  }

  private checkEnd(end: Token | undefined, tokens: Tokens): void {
    if (end === undefined) {
      this.findings.add("missing-end", tokens.text.split("\n").length, "The aggregate does not end.");
    } else if (end.text === ";" || tokens.peek()?.text !== ";") {
      this.findings.add("missing-semicolon", end.line, "The aggregate does not end with );.");
    }
  }

  private readPlain(tokens: Tokens): void {
    if (this.word.kind === "integer") {
      return;
    }
    for (let plain = tokens.match(plainElement); plain !== null; plain = tokens.match(plainElement)) {
      const { found: [, index, base, digits], line } = plain as unknown as { found: [string, string | undefined, string, string]; line: number };
      const radix = base === "" ? 2 : 16;
      const value = parseDigits(digits, radix);
      const address = index === undefined ? this.addressAt(this.position) : this.addressOf(Number(index));
      if (value === undefined) {
        this.tellNoElement(`"${digits}"`, line);
      } else {
        this.placed.add({ address, value, bits: digits.length * (radix === 2 ? 1 : 4), line });
      }
      this.position = this.positionAfter(address);
    }
  }

  private readElement({ choices, value }: Element, line: number): void {
    const word = wordValue(value, this.word, this.names);
    const spans = choices.map((choice) => choiceSpan(choice, this.names.integers));
    if (word === undefined || spans.includes(undefined)) {
      const text = [...choices.flatMap((choice, index) => [...(index > 0 ? ["|"] : []), ...choice.slice(0, 16)]), ...(choices.length > 0 ? ["=>"] : []), ...value.slice(0, 16)];
      this.tellNoElement(text.map((token) => token.slice(0, 40)).join(" "), line);
      return;
    }
    this.tellOdd(word, value, line);
    if (spans.length === 0) {
      this.placed.add({ address: this.addressAt(this.position), value: word.value, bits: word.bits, line });
      this.position++;
    }
    for (const span of spans) {
      if (span === "others") {
        this.fillOthers(word, line);
      } else {
        this.fillSpan(span!.first, span!.last, word, line);
      }
    }
  }

  private tellNoElement(text: string, line: number): void {
    this.findings.add("illegal-character", line, `${quoted(text)} is not an element "index => literal".`);
  }

  private tellOdd({ hasUnknown, isCut, bits }: Bits, value: readonly string[], line: number): void {
    const text = value.slice(0, 16).map((token) => token.slice(0, 40)).join(" ");
    if (hasUnknown) {
      this.findings.add("unknown-digits", line, `${text} has digits that are not 0 or 1.`);
    }
    if (isCut) {
      this.findings.add("word-too-wide", line, `${text} does not fit in ${bits} bits.`);
    }
  }

  /** A range ends at the depth at the latest; one word beyond it is kept, so that it is told. A depth beyond all limits fills nothing. */
  private fillSpan(first: number, last: number, { value, bits }: Bits, line: number): void {
    const [from, to] = [this.addressOf(first), this.addressOf(last)];
    if (this.range === undefined && to - from >= romLimits.openSpanWords) {
      this.findings.add("bad-field", line, `${first} to ${last} would make ${to - from + 1} words of an array whose range is not stated in the file.`);
      return;
    }
    const depth = this.range === undefined ? romLimits.words : rangeLength(this.range);
    const end = depth > romLimits.words ? from : Math.min(to, Math.max(from, depth));
    this.placed.fill(from, end, () => ({ value, bits, line }));
    this.position = this.positionAfter(to);
  }

  private fillOthers({ value, bits }: Bits, line: number): void {
    const depth = this.range === undefined ? undefined : rangeLength(this.range);
    if (depth === undefined) {
      this.findings.add("missing-field", line, "others needs an array whose range is stated in the file.");
      return;
    }
    if (!isReadableSize(depth, bits)) {
      this.findings.add("bad-field", line, `others would make ${depth} words of ${bits} bits.`);
      return;
    }
    const given = new Set(this.placed.words.map(({ address }) => address));
    for (let address = 0; address < depth && !this.placed.isFull; address++) {
      if (!given.has(address)) {
        this.placed.add({ address, value, bits, line });
      }
    }
  }

  private addressAt(position: number): number {
    return this.range === undefined ? position : this.addressOf(indexAt(this.range, position));
  }

  private addressOf(index: number): number {
    const { range } = this;
    const address = range === undefined ? index : index - Math.min(range.left, range.right);
    // An index below the range is out of it, as one above is.
    return address < 0 ? (range === undefined ? romLimits.words : rangeLength(range)) - address : address;
  }

  private positionAfter(address: number): number {
    const { range } = this;
    return range === undefined || range.left <= range.right ? address + 1 : rangeLength(range) - address;
  }
}

