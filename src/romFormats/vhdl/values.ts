import { romLimits } from "../reading/limits.js";
import { splitElements } from "./elements.js";
import { type Integers, integerValue } from "./integers.js";
import { bitCharacter, type Bits, bitString, resized } from "./literals.js";
import { type IndexRange, indexRange, rangeLength, type VhdlType } from "./types.js";

/** What a value may name. */
export interface Names {
  readonly integers: Integers;
  readonly vectors: ReadonlyMap<string, Bits>;
}

/** Aggregates and calls within each other that are followed. */
const mostNested = 16;

const conversions = new Set(["std_logic_vector", "std_ulogic_vector", "unsigned", "signed", "bit_vector", "to_stdlogicvector", "to_slv", "to_unsigned", "to_signed"]);
const sizedConversions = new Set(["to_unsigned", "to_signed", "conv_std_logic_vector", "conv_unsigned", "conv_signed", "to_slv", "std_logic_vector", "resize"]);

/** The word that an expression makes: a literal, an aggregate of bits, a concatenation, a conversion, a name; undefined for what is none of them. */
export function wordValue(tokens: readonly string[], type: VhdlType, names: Names, nested = 0): Bits | undefined {
  if (nested > mostNested || tokens.length === 0) {
    return undefined;
  }
  if (type.kind === "integer") {
    return integerWord(tokens, type.bits, names);
  }
  const parts = splitAt(tokens, "&");
  return parts.length > 1 ? concatenation(parts, names, nested) : term(tokens, type, names, nested);
}

/** In two's complement. */
function integerWord(tokens: readonly string[], bits: number, { integers }: Names): Bits | undefined {
  const value = integerValue(tokens, integers);
  if (value === undefined) {
    return undefined;
  }
  const isCut = value >= 2 ** bits || value < -(2 ** (bits - 1));
  return { value: BigInt.asUintN(bits, BigInt(value)), bits, ...(isCut && { isCut }) };
}

function concatenation(parts: readonly (readonly string[])[], names: Names, nested: number): Bits | undefined {
  let joined: Bits = { value: 0n, bits: 0 };
  for (const part of parts) {
    const bits = term(part, { kind: "unknown" }, names, nested + 1);
    if (bits === undefined || joined.bits + bits.bits > romLimits.wordBits) {
      return undefined;
    }
    const hasUnknown = joined.hasUnknown === true || bits.hasUnknown === true;
    joined = { value: (joined.value << BigInt(bits.bits)) | bits.value, bits: joined.bits + bits.bits, ...(hasUnknown && { hasUnknown }) };
  }
  return joined;
}

function term(tokens: readonly string[], type: VhdlType, names: Names, nested: number): Bits | undefined {
  const [first = ""] = tokens;
  if (tokens.length === 1) {
    return bitString(first) ?? bitCharacter(first) ?? names.vectors.get(first.toLowerCase());
  }
  if (first === "(") {
    return parenthesised(tokens.slice(1, -1), type, names, nested + 1);
  }
  const isQualified = tokens[1] === "'";
  const open = isQualified ? 2 : 1;
  if (tokens[open] !== "(" || tokens.at(-1) !== ")") {
    return undefined;
  }
  const inner = tokens.slice(open + 1, -1);
  return isQualified ? parenthesised(inner, type, names, nested + 1) : call(first.toLowerCase(), inner, names, nested + 1);
}

/** `to_unsigned(12, 8)`, `std_logic_vector(x)`. */
function call(name: string, inner: readonly string[], names: Names, nested: number): Bits | undefined {
  const [value = [], size, ...others] = splitAt(inner, ",");
  if (others.length > 0) {
    return undefined;
  }
  if (size === undefined) {
    return conversions.has(name) ? wordValue(value, { kind: "unknown" }, names, nested) : undefined;
  }
  const length = integerValue(size, names.integers) ?? 0;
  const isSized = sizedConversions.has(name) && length >= 1 && length <= romLimits.wordBits;
  return isSized ? sizedValue(value, length, names, nested) : undefined;
}

/** Bits of a 64-bit number before it is resized: enough for any whole number of VHDL. */
const numberBits = 64;

function sizedValue(value: readonly string[], length: number, names: Names, nested: number): Bits | undefined {
  const number = integerValue(value, names.integers);
  if (number !== undefined) {
    return resized(BigInt.asUintN(numberBits, BigInt(number)), numberBits, length, number < 0);
  }
  const bits = wordValue(value, { kind: "unknown" }, names, nested);
  return bits && resized(bits.value, bits.bits, length, false);
}

/** An aggregate of bits, or an expression in parentheses. */
function parenthesised(inner: readonly string[], type: VhdlType, names: Names, nested: number): Bits | undefined {
  const isAggregate = splitAt(inner, ",").length > 1 || splitAt(inner, "=>").length > 1;
  return isAggregate ? bitAggregate(inner, type, names, nested) : wordValue(inner, type, names, nested);
}

/** `(others => '0')`, `('1', '0', others => '0')`, `(7 => '1', 3 downto 0 => '1', others => '0')`. */
function bitAggregate(inner: readonly string[], type: VhdlType, names: Names, nested: number): Bits | undefined {
  const elements = splitElements(inner);
  const stated = type.kind === "array" ? type.range : undefined;
  const range = stated ?? { left: 0, right: elements.length - 1 };
  if (rangeLength(range) > romLimits.wordBits || (stated === undefined && elements.some(({ choices }) => choices.length > 0))) {
    return undefined;
  }
  const digits = new AggregateDigits(range);
  for (const { choices, value } of elements) {
    const bit = wordValue(value, { kind: "bit" }, names, nested + 1);
    const spans = choices.map((choice) => choiceSpan(choice, names.integers));
    if (bit?.bits !== 1 || !digits.set(spans, bit)) {
      return undefined;
    }
  }
  return digits.whole();
}

/** The bits of an aggregate from the left, as far as they are given. */
class AggregateDigits {
  private readonly digits: Uint8Array;
  private hasUnknown = false;
  private position = 0;

  constructor(private readonly range: IndexRange) {
    this.digits = new Uint8Array(rangeLength(range));
  }

  /** @returns false for a choice that is none. An index given twice keeps its first bit. */
  set(spans: readonly ReturnType<typeof choiceSpan>[], { value, hasUnknown = false }: Bits): boolean {
    this.hasUnknown ||= hasUnknown;
    const digit = value === 1n ? 2 : 1;
    if (spans.length === 0) {
      this.fill(this.position, this.position, digit);
      this.position++;
    }
    for (const span of spans) {
      if (span === undefined) {
        return false;
      }
      const ends = span === "others" ? [0, this.digits.length - 1] : [placeOf(this.range, span.first), placeOf(this.range, span.last)];
      this.fill(Math.min(ends[0]!, ends[1]!), Math.max(ends[0]!, ends[1]!), digit);
    }
    return true;
  }

  /** Undefined where a bit is not given. */
  whole(): Bits | undefined {
    const { digits, hasUnknown } = this;
    const text = Array.from(digits, (digit) => (digit === 2 ? "1" : "0")).join("");
    return digits.includes(0) ? undefined : { value: BigInt(`0b${text}`), bits: digits.length, ...(hasUnknown && { hasUnknown }) };
  }

  private fill(first: number, last: number, digit: number): void {
    for (let at = Math.max(0, first); at <= Math.min(last, this.digits.length - 1); at++) {
      this.digits[at] ||= digit;
    }
  }
}

/** How far from the left an index lies. */
function placeOf({ left, right }: IndexRange, index: number): number {
  return left <= right ? index - left : left - index;
}

/** The indices that a choice names: `3`, `4 to 7`, `7 downto 4`, `others`; undefined for anything else. */
export function choiceSpan(choice: readonly string[], integers: Integers): { readonly first: number; readonly last: number } | "others" | undefined {
  if (choice.length === 1 && choice[0]!.toLowerCase() === "others") {
    return "others";
  }
  const single = integerValue(choice, integers);
  if (single !== undefined) {
    return { first: single, last: single };
  }
  const range = indexRange(choice, integers);
  return range && { first: Math.min(range.left, range.right), last: Math.max(range.left, range.right) };
}

/** Token lists between a separator outside parentheses. */
function splitAt(tokens: readonly string[], separator: string): (readonly string[])[] {
  const parts: string[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    depth += token === "(" ? 1 : token === ")" ? -1 : 0;
    if (depth === 0 && token === separator) {
      parts.push([]);
    } else {
      parts.at(-1)!.push(token);
    }
  }
  return parts;
}

