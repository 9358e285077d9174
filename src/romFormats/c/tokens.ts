import { LineCounter } from "../reading/lines.js";

export interface CToken {
  readonly text: string;
  readonly line: number;
}

/**
 * Comments, directives of the preprocessor with their continued lines, strings, characters, numbers with the digit separator
 * of C++14, names, and any other character.
 */
const tokenPattern = /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|#(?:\\\n|[^\n])*|"(?:\\.|[^"\\\n])*"|'(?:\\[^\n]{1,8}|[^'\\\n])'|\d(?:'?[\w.])*|[A-Za-z_]\w*|\.\.\.|\S/g;

/** The tokens of C or C++ text without comments; numeric macros are noted as they pass. */
export class CTokens {
  readonly macros = new Map<string, string>();
  private readonly lines: LineCounter;
  private at = 0;

  constructor(readonly text: string) {
    this.lines = new LineCounter(text);
  }

  get line(): number {
    return this.lines.at(this.at);
  }

  next(): CToken | undefined {
    for (;;) {
      tokenPattern.lastIndex = this.at;
      const found = tokenPattern.exec(this.text);
      if (found === null) {
        return undefined;
      }
      const [text] = found;
      this.at = tokenPattern.lastIndex;
      if (text.startsWith("#")) {
        this.noteMacro(text);
      } else if (!text.startsWith("//") && !text.startsWith("/*")) {
        return { text, line: this.lines.at(found.index) };
      }
    }
  }

  /** What a sticky pattern finds at the next token; null leaves everything as it is. */
  match(pattern: RegExp): { readonly found: RegExpExecArray; readonly line: number } | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) {
      return null;
    }
    this.at = pattern.lastIndex;
    return { found, line: this.line };
  }

  private noteMacro(directive: string): void {
    const [, name, value] = /^#[^\S\n]{0,99}define[^\S\n]{1,99}(\w{1,200})[^\S\n]{1,99}([^\n]{1,200})/.exec(directive) ?? [];
    if (name !== undefined) {
      this.macros.set(name, value!.replace(/\/[/*].*$/, "").trim().replace(/^\((.*)\)$/, "$1").trim());
    }
  }
}
