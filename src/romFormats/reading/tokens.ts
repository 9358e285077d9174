import { LineCounter } from "./lines.js";

export interface Token {
  readonly text: string;
  readonly line: number;
}

/** How the text of a language is cut into tokens. */
export interface TokenLanguage {
  /** Comments and every token; global. */
  readonly pattern: RegExp;
  /** Whether what the pattern found is a comment, or something else that is passed over. */
  readonly isPassedOver: (text: string, line: number) => boolean;
}

/** The tokens of a text, each found when it is asked for. */
export class Tokens {
  private readonly lines: LineCounter;
  private held: Token | undefined;
  private at = 0;

  constructor(
    readonly text: string,
    private readonly language: TokenLanguage,
  ) {
    this.lines = new LineCounter(text);
  }

  /** The line that was reached. */
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

  private find(): Token | undefined {
    const { pattern, isPassedOver } = this.language;
    for (;;) {
      pattern.lastIndex = this.at;
      const found = pattern.exec(this.text);
      if (found === null) {
        return undefined;
      }
      this.at = pattern.lastIndex;
      const token = { text: found[0], line: this.lines.at(found.index) };
      if (!isPassedOver(token.text, token.line)) {
        return token;
      }
    }
  }
}
