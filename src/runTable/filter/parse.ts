import { type Filter, FilterError, type Place } from "./filter.js";
import { isNumber, isTimeUnit } from "./quantity.js";
import { type Token, tokensOf } from "./tokens.js";

/** More words than any title has. */
const mostNameWords = 8;
const deepest = 100;

/** @param isName whether several words together are the name of a column; one word before an operator always is */
export type IsName = (words: string) => boolean;

/**
 * Reads a filter; see `Filter` for its grammar.
 * @throws FilterError
 */
export function parseFilter(filter: string, isName: IsName = () => false): Filter {
  return new Parser(tokensOf(filter), isName).whole();
}

class Parser {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly isName: IsName,
  ) {}

  whole(): Filter {
    if (this.token.kind === "end") {
      return { kind: "all" };
    }
    const filter = this.either();
    if (this.token.kind === "close") {
      throw new FilterError("this parenthesis closes none: leave it out.", this.token.at);
    }
    return filter;
  }

  private get token(): Token {
    return this.tokens[Math.min(this.at, this.tokens.length - 1)]!;
  }

  private either(): Filter {
    const parts = [this.both()];
    while (this.takes("or")) {
      parts.push(this.both());
    }
    return parts.length === 1 ? parts[0]! : { kind: "or", parts };
  }

  private both(): Filter {
    const parts = [this.negation()];
    while (this.takes("and") || !this.endsHere()) {
      parts.push(this.negation());
    }
    return parts.length === 1 ? parts[0]! : { kind: "and", parts };
  }

  private endsHere(): boolean {
    return this.token.kind === "end" || this.token.kind === "close" || this.isKeyword("or");
  }

  private negation(): Filter {
    this.depth += 1;
    if (this.depth > deepest) {
      throw new FilterError(`more than ${deepest} conditions stand in one another: leave out parentheses.`, this.token.at);
    }
    const filter = this.takes("not") ? ({ kind: "not", part: this.negation() } as const) : this.condition();
    this.depth -= 1;
    return filter;
  }

  private condition(): Filter {
    const { token } = this;
    switch (token.kind) {
      case "open":
        return this.enclosed();
      case "operator":
        throw new FilterError(`${token.operator} stands without a name before it: write a column, as in units > 256.`, token.at);
      case "close":
      case "end":
        throw new FilterError("a condition is missing: write one, as units > 256 or is starred.", token.at);
      default:
        return this.takes("is") ? this.flag() : this.comparisonOrText(token);
    }
  }

  private enclosed(): Filter {
    const { at } = this.token;
    this.at += 1;
    const filter = this.either();
    if (this.token.kind !== "close") {
      throw new FilterError("this parenthesis is not closed: add ).", at);
    }
    this.at += 1;
    return filter;
  }

  private flag(): Filter {
    const isNegated = this.takes("not");
    const { token } = this;
    if (token.kind !== "word" && token.kind !== "quoted") {
      throw new FilterError("a word is missing after is: write one, as in is starred or is running.", token.at);
    }
    this.at += 1;
    const flag = { kind: "is", word: token.text, at: token.at } as const;
    return isNegated ? { kind: "not", part: flag } : flag;
  }

  private comparisonOrText(first: Token & { readonly text: string }): Filter {
    const words = this.nameLength();
    if (words === 0) {
      this.at += 1;
      this.refuseKeyword(first);
      return { kind: "text", text: first.text };
    }
    const name = this.joined(words);
    this.at += words;
    const operator = this.token as Token & { readonly kind: "operator" };
    this.at += 1;
    const { text, end } = this.value(operator);
    if (this.token.kind === "operator") {
      throw new FilterError("two comparisons stand in one: write both and join them, as x > 0.001 and x < 0.01.", this.token.at);
    }
    return { kind: "comparison", name, operator: operator.operator, value: text, at: { start: first.at.start, end } };
  }

  /** How many words from here are a name with an operator after it; 0 where a text stands here. */
  private nameLength(): number {
    const quotedOrWords = this.token.kind === "quoted" ? 1 : mostNameWords;
    for (let length = 1; length <= quotedOrWords && this.isNamePart(this.at + length - 1); length += 1) {
      if (this.tokens[this.at + length]?.kind === "operator") {
        return length === 1 || this.isName(this.joined(length)) ? length : 0;
      }
    }
    return 0;
  }

  private isNamePart(index: number): boolean {
    const kind = this.tokens[index]?.kind;
    return kind === "word" || (kind === "quoted" && index === this.at);
  }

  private joined(length: number): string {
    const words = this.tokens.slice(this.at, this.at + length);
    return words.map((word) => ("text" in word ? word.text : "")).join(" ");
  }

  private value(operator: { readonly operator: string; readonly at: Place }): { readonly text: string; readonly end: number } {
    const { token } = this;
    if (token.kind !== "word" && token.kind !== "quoted") {
      throw new FilterError(`a value is missing after ${operator.operator}: write a number, a word, or a text in quotes.`, token.at);
    }
    this.at += 1;
    const next = this.token;
    // "10 min": unless the unit is the name of the next comparison.
    if (token.kind === "word" && next.kind === "word" && isNumber(token.text) && isTimeUnit(next.text) && this.tokens[this.at + 1]?.kind !== "operator") {
      this.at += 1;
      return { text: token.text + next.text, end: next.at.end };
    }
    return { text: token.text, end: token.at.end };
  }

  private isKeyword(word: string): boolean {
    return this.token.kind === "word" && this.token.text.toLowerCase() === word && this.tokens[this.at + 1]?.kind !== "operator";
  }

  private takes(word: string): boolean {
    const isThere = this.isKeyword(word);
    this.at += isThere ? 1 : 0;
    return isThere;
  }

  private refuseKeyword(token: Token & { readonly text: string }): void {
    if (token.kind === "word" && ["and", "or"].includes(token.text.toLowerCase())) {
      throw new FilterError(`a condition is missing before ${token.text}: write one, or put the word in quotes.`, token.at);
    }
  }
}
