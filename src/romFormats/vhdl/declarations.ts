import type { Bits } from "./literals.js";
import { integerValue } from "./integers.js";
import type { Tokens } from "./tokens.js";
import { type IndexRange, indexRange, integerBits, standardTypes, type VhdlType, wordsOf } from "./types.js";
import { wordValue } from "./values.js";

/** An object whose value is an aggregate, and where that aggregate begins, after its parenthesis. */
export interface Found {
  readonly type: VhdlType;
  readonly place: number;
}

/** Tokens of one declaration that are looked at. */
const mostTokens = 4096;

/** The declarations of a VHDL text, as far as words and their sizes depend on them. */
export class Declarations {
  readonly integers = new Map<string, number>();
  readonly vectors = new Map<string, Bits>();
  private readonly types = new Map<string, VhdlType>(standardTypes);
  private secondBest: Found | undefined;

  /**
   * The first object that is an array of words with an aggregate; else the first memory that is filled with one word, or the
   * first aggregate of a type from another file.
   */
  find(tokens: Tokens): Found | undefined {
    let [name, colon] = ["", ""];
    for (let token = tokens.take(); token !== undefined; token = tokens.take()) {
      const word = token.text.toLowerCase();
      if (word === "type" || word === "subtype") {
        this.readType(tokens);
      } else if (colon === ":") {
        const found = this.readObject(name, token.text, tokens);
        if (found !== undefined) {
          return found;
        }
      }
      [name, colon] = [colon, word];
    }
    return this.secondBest;
  }

  /** What follows `type` or `subtype`, up to its semicolon. */
  private readType(tokens: Tokens): void {
    const name = tokens.take()?.text.toLowerCase() ?? "";
    if (!tokens.takes("is")) {
      return;
    }
    if (!tokens.takes("array")) {
      const type = this.typeOf(takeUntil(tokens, [";"]));
      this.types.set(name, type);
      return;
    }
    const rest = takeUntil(tokens, [";"]);
    const of = rest.findIndex((token) => token.toLowerCase() === "of");
    const range = indexRange(rest.slice(1, Math.max(1, of - 1)), this.integers);
    this.types.set(name, { kind: "array", ...(range && { range }), element: this.typeOf(rest.slice(of + 1)) });
  }

  /** `name : [in] type := value`, of a constant, a signal, a variable or a generic. */
  private readObject(name: string, first: string, tokens: Tokens): Found | undefined {
    const type = this.typeOf([first, ...takeUntil(tokens, [";", ":="])]);
    if (!tokens.takes(":=")) {
      return undefined;
    }
    if (tokens.peek()?.text === "(" && (wordsOf(type) !== undefined || type.kind === "unknown")) {
      tokens.take();
      const found = { type, place: tokens.place };
      if (type.kind !== "unknown" && tokens.peek()?.text.toLowerCase() !== "others") {
        return found;
      }
      this.rankLower(found);
    }
    this.readValue(name, type, takeUntil(tokens, [";"]));
    return undefined;
  }

  private rankLower(found: Found): void {
    if (this.secondBest === undefined || (this.secondBest.type.kind === "unknown" && found.type.kind !== "unknown")) {
      this.secondBest = found;
    }
  }

  private readValue(name: string, type: VhdlType, value: readonly string[]): void {
    if (type.kind === "integer") {
      // A generic's value ends with the parenthesis of its list.
      const number = integerValue(value, this.integers) ?? integerValue(value.slice(0, -1), this.integers);
      if (number !== undefined) {
        this.integers.set(name, number);
      }
    } else if (type.kind === "array" && type.element.kind === "bit") {
      const bits = wordValue(value, type, this);
      if (bits !== undefined) {
        this.vectors.set(name, bits);
      }
    }
  }

  /** The type that a subtype indication names: `std_logic_vector(7 downto 0)`, `integer range 0 to 255`. */
  private typeOf(given: readonly string[]): VhdlType {
    const tokens = /^(in|out|inout|buffer)$/i.test(given[0] ?? "") ? given.slice(1) : given;
    const name = tokens[0]?.toLowerCase().split(".").at(-1) ?? "";
    const type = this.types.get(name) ?? { kind: "unknown" };
    if (type.kind === "bit" || tokens.length === 1) {
      return type;
    }
    const isParenthesised = tokens[1] === "(";
    const range = indexRange(isParenthesised ? tokens.slice(2, tokens.lastIndexOf(")")) : tokens.slice(1), this.integers);
    return range === undefined ? type : constrained(type, range);
  }
}

function constrained(type: VhdlType, range: IndexRange): VhdlType {
  switch (type.kind) {
    case "integer":
      return { kind: "integer", bits: integerBits(range) };
    case "array":
      return { ...type, range };
    default:
      return type;
  }
}

/** Tokens before one of these, which stays. */
function takeUntil(tokens: Tokens, ends: readonly string[]): string[] {
  const taken: string[] = [];
  for (let token = tokens.peek(); token !== undefined && !ends.includes(token.text); token = tokens.peek()) {
    if (taken.length < mostTokens) {
      taken.push(token.text);
    }
    tokens.take();
  }
  return taken;
}
