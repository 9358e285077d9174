import { parseDigits, type Radix } from "../reading/digits.js";

/** Macros that name other macros are followed so far. */
const mostNested = 8;

const escapes = new Map(Object.entries({ "n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11, "\\": 92, "'": 39, '"': 34, "?": 63 }));

/** A whole number of C or C++: decimal, octal, hexadecimal or binary, with suffix or separators, or a character; undefined for anything else. */
export function integerLiteral(token: string): bigint | undefined {
  if (token.startsWith("'")) {
    return characterValue(token.slice(1, -1));
  }
  const [, prefix = "", digits = ""] = /^(0x|0b)?([0-9a-f]+?)(?:u?l{0,2}|l{1,2}u|u?z|zu)$/i.exec(token.replaceAll("'", "")) ?? [];
  const radix: Radix = prefix === "" ? (/^0\d/.test(digits) ? 8 : 10) : prefix.toLowerCase() === "0x" ? 16 : 2;
  return parseDigits(digits, radix);
}

function characterValue(character: string): bigint | undefined {
  if (!character.startsWith("\\")) {
    return BigInt(character.codePointAt(0) ?? 0);
  }
  const [, hexadecimal, octal] = /^\\(?:x([0-9a-f]{1,2})|([0-7]{1,3}))$/i.exec(character) ?? [];
  if (hexadecimal !== undefined || octal !== undefined) {
    return BigInt(hexadecimal === undefined ? `0o${octal}` : `0x${hexadecimal}`);
  }
  const code = escapes.get(character.slice(1));
  return code === undefined ? undefined : BigInt(code);
}

/** The value of an initialiser: a number with signs before it, in parentheses or with a cast, or a macro of one; undefined for anything else. */
export function initialiserValue(tokens: readonly string[], macros: ReadonlyMap<string, string>, nested = 0): bigint | undefined {
  const [first = ""] = tokens;
  if (nested > mostNested) {
    return undefined;
  }
  if (/^[-~+]$/.test(first)) {
    const value = initialiserValue(tokens.slice(1), macros, nested + 1);
    return value === undefined ? undefined : withSign(first, value);
  }
  if (first === "(") {
    const close = tokens.indexOf(")");
    // A cast is a parenthesis of names before a value.
    const rest = close === tokens.length - 1 ? tokens.slice(1, close) : tokens.slice(close + 1);
    return initialiserValue(rest, macros, nested + 1);
  }
  return tokens.length === 1 ? (integerLiteral(first) ?? macroValue(first, macros, nested)) : undefined;
}

function withSign(sign: string, value: bigint): bigint {
  return sign === "+" ? value : sign === "-" ? -value : ~value;
}

function macroValue(name: string, macros: ReadonlyMap<string, string>, nested: number): bigint | undefined {
  const text = macros.get(name);
  return text === undefined ? undefined : initialiserValue(macroTokens(text), macros, nested + 1);
}

function macroTokens(text: string): string[] {
  return text.match(/[-+~()]|[^-+~()\s]+/g) ?? [];
}
