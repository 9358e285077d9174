import { parseAddress } from "../reading/digits.js";

/** Named whole numbers: constants and generics with a value. */
export type Integers = ReadonlyMap<string, number>;

/** Parentheses within parentheses that are followed. */
const mostNested = 32;

/** A decimal or based literal as `255`, `1_000`, `2e3`, `16#FF#` (IEEE 1076-2008, 15.5); undefined for anything else. */
export function integerLiteral(token: string): number | undefined {
  const plain = token.replaceAll("_", "").toLowerCase();
  const [, base, digits] = /^(2|8|10|16)#([0-9a-f]+)#$/.exec(plain) ?? [];
  if (base !== undefined) {
    return parseAddress(digits!, Number(base) as 2 | 8 | 10 | 16);
  }
  const [, number, exponent = "0"] = /^(\d+)(?:e\+?(\d))?$/.exec(plain) ?? [];
  const value = number === undefined ? undefined : parseAddress(number, 10);
  return value === undefined ? undefined : value * 10 ** Number(exponent);
}

/** The value of an expression of whole numbers and names; undefined where it is none or names something unknown. */
export function integerValue(tokens: readonly string[], named: Integers): number | undefined {
  const reading = new Expression(tokens, named);
  const value = reading.sum();
  return reading.isAtEnd && Number.isSafeInteger(value) ? value : undefined;
}

class Expression {
  private at = 0;
  private nested = 0;

  constructor(
    private readonly tokens: readonly string[],
    private readonly named: Integers,
  ) {}

  get isAtEnd(): boolean {
    return this.at === this.tokens.length;
  }

  /** NaN for what cannot be computed. */
  sum(): number {
    let value = this.takes("-") ? -this.product() : this.product();
    for (;;) {
      if (this.takes("+")) {
        value += this.product();
      } else if (this.takes("-")) {
        value -= this.product();
      } else {
        return value;
      }
    }
  }

  private product(): number {
    let value = this.power();
    for (;;) {
      if (this.takes("*")) {
        value *= this.power();
      } else if (this.takes("/")) {
        value = Math.trunc(value / this.power());
      } else {
        return value;
      }
    }
  }

  private power(): number {
    const base = this.factor();
    return this.takes("**") ? base ** this.factor() : base;
  }

  private factor(): number {
    if (this.takes("(")) {
      if (++this.nested > mostNested) {
        return Number.NaN;
      }
      const value = this.sum();
      return this.takes(")") ? value : Number.NaN;
    }
    const token = this.tokens[this.at++];
    return token === undefined ? Number.NaN : (integerLiteral(token) ?? this.named.get(token.toLowerCase()) ?? Number.NaN);
  }

  private takes(token: string): boolean {
    const isNext = this.tokens[this.at] === token;
    this.at += isNext ? 1 : 0;
    return isNext;
  }
}
