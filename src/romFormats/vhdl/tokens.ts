import { LineCounter } from "../reading/lines.js";

/** Comments, strings and bit strings, names, numbers, compound delimiters, and any other character. */
const tokenPattern = /--[^\n]*|\/\*[^]*?(?:\*\/|$)|(?:\d*[uUsS]?[bBoOxXdD])?"[^"\n]*"|[A-Za-z_][\w.]*|\d[\w.#]*|=>|:=|\*\*|<>|\S/g;

export interface Token {
  readonly text: string;
  readonly line: number;
}

/** The tokens of a VHDL text (IEEE 1076-2008, 15), without comments, each found when it is asked for. */
export class Tokens {
  private readonly lines: LineCounter;
  private held: Token | undefined;
  private last = "";

  /** @param at where in the text to begin */
  constructor(
    readonly text: string,
    private at = 0,
  ) {
    this.lines = new LineCounter(text);
  }

  /** The place where the next token is looked for. */
  get place(): number {
    return this.at;
  }

  get line(): number {
    return this.lines.at(this.at);
  }

  peek(): Token | undefined {
    this.held ??= this.find();
    return this.held;
  }

  take(): Token | undefined {
    const token = this.peek();
    this.held = undefined;
    return token;
  }

  /** Takes the next token if it is this one, in any case. */
  takes(text: string): boolean {
    const isNext = this.peek()?.text.toLowerCase() === text;
    if (isNext) {
      this.held = undefined;
    }
    return isNext;
  }

  /** What a sticky pattern finds at the next token; null leaves everything as it is. */
  match(pattern: RegExp): { readonly found: RegExpExecArray; readonly line: number } | null {
    pattern.lastIndex = this.at;
    const found = this.held === undefined ? pattern.exec(this.text) : null;
    if (found === null) {
      return null;
    }
    this.at = pattern.lastIndex;
    return { found, line: this.line };
  }

  private find(): Token | undefined {
    for (;;) {
      tokenPattern.lastIndex = this.at;
      const found = tokenPattern.exec(this.text);
      if (found === null) {
        return undefined;
      }
      this.at = tokenPattern.lastIndex;
      if (!found[0].startsWith("--") && !found[0].startsWith("/*")) {
        const text = found[0] === "'" ? this.character(found.index) : found[0];
        this.last = text;
        return { text, line: this.lines.at(found.index) };
      }
    }
  }

  /** After a name or a parenthesis a tick begins an attribute or a qualified expression, else a character literal. */
  private character(index: number): string {
    if (/^[\w)\]]/.test(this.last) || this.text[index + 2] !== "'") {
      return "'";
    }
    this.at = index + 3;
    return this.text.slice(index, index + 3);
  }
}
