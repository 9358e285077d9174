/** One element of an aggregate: `a | b to c => value`, or a value alone. */
export interface Element {
  readonly choices: readonly (readonly string[])[];
  readonly value: readonly string[];
}

/** The elements between the parentheses of an aggregate. */
export function splitElements(tokens: readonly string[]): Element[] {
  const elements: Element[] = [];
  const gathering = new ElementTokens();
  for (const token of tokens) {
    if (gathering.isOutside && token === ",") {
      elements.push(gathering.take());
    } else {
      gathering.add(token);
    }
  }
  return [...elements, gathering.take()];
}

/** More are no word: they are dropped, and with them the sense of the element. */
const mostTokens = 65_536;

/** Gathers the tokens of one element. */
export class ElementTokens {
  private choices: string[][] = [];
  private tokens: string[] = [];
  private depth = 0;

  /** Not within parentheses of the element's own. */
  get isOutside(): boolean {
    return this.depth === 0;
  }

  get isEmpty(): boolean {
    return this.tokens.length === 0 && this.choices.length === 0;
  }

  add(token: string): void {
    if (this.isOutside && (token === "|" || token === "=>")) {
      if (this.choices.length < mostTokens) {
        this.choices.push(this.tokens);
      }
      this.tokens = [];
      return;
    }
    this.depth += token === "(" ? 1 : token === ")" ? -1 : 0;
    if (this.tokens.length < mostTokens) {
      this.tokens.push(token);
    }
  }

  take(): Element {
    const element = { choices: this.choices, value: this.tokens };
    this.choices = [];
    this.tokens = [];
    this.depth = 0;
    return element;
  }
}
