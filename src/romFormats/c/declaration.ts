import { initialiserValue } from "./numbers.js";
import type { CTokens } from "./tokens.js";

/** An array whose initialiser follows. */
export interface ArrayDeclaration {
  readonly name: string;
  /** Undefined for a type that is no whole number. */
  readonly elementBits: number | undefined;
  /** `long` has 32 or 64 bits by the machine; the values decide. */
  readonly isLong: boolean;
  readonly type: string;
  /** What each pair of brackets says; undefined for an empty one, or one that cannot be computed. */
  readonly bounds: readonly (number | undefined)[];
}

/** Tokens of one declaration that are kept. */
const mostTokens = 256;

/** Bits of types by name; `int`, which others stand beside, has 32. */
const namedWidths = new Map<string, number>([
  ...["char", "bool", "_bool", "byte", "char8_t"].map((name) => [name, 8] as const),
  ...["short", "word", "char16_t"].map((name) => [name, 16] as const),
  ...["long", "dword", "char32_t"].map((name) => [name, 32] as const),
  ["qword", 64],
]);
const notWhole = new Set(["float", "double", "struct", "union", "string"]);

/** Reads up to the brace that opens the values of the first array; undefined when there is none. */
export function findArray(tokens: CTokens): ArrayDeclaration | undefined {
  const typedefs = new Map<string, string[]>();
  let declaration: string[] = [];
  let last = "";
  for (let token = tokens.next(); token !== undefined; token = tokens.next()) {
    const { text } = token;
    const array = opensValues(text, last) ? arrayOf(last === "=" ? declaration.slice(0, -1) : declaration, typedefs, tokens.macros) : undefined;
    if (array !== undefined) {
      return array;
    }
    if (text === ";" || text === "{" || text === "}") {
      noteTypedef(declaration, typedefs);
      declaration = [];
    } else if (declaration.length < mostTokens) {
      declaration.push(text);
    }
    last = text;
  }
  return undefined;
}

/** C++ takes a brace without the equals sign as well. */
function opensValues(text: string, before: string): boolean {
  return text === "{" && (before === "=" || before === "]");
}

function noteTypedef(declaration: readonly string[], typedefs: Map<string, string[]>): void {
  const [first, ...rest] = declaration;
  const name = rest.at(-1);
  if (first === "typedef" && name !== undefined && rest.length > 1) {
    typedefs.set(name, rest.slice(0, -1));
  }
}

function arrayOf(declaration: readonly string[], typedefs: ReadonlyMap<string, string[]>, macros: ReadonlyMap<string, string>): ArrayDeclaration | undefined {
  const open = arrayBracket(declaration);
  if (open < 0) {
    return undefined;
  }
  const name = declaration[open - 1]!;
  const specifiers = specifierWords(declaration.slice(0, open - 1), typedefs);
  const { bits, isLong } = sizeOf(specifiers);
  return { name, elementBits: bits, isLong, type: specifiers.join(" "), bounds: boundsOf(declaration.slice(open), macros) };
}

/** The bracket after the array's name: the first outside parentheses and attributes `[[...]]`. */
function arrayBracket(declaration: readonly string[]): number {
  let depth = 0;
  return declaration.findIndex((token, index) => {
    depth += token === "(" ? 1 : token === ")" ? -1 : 0;
    return depth === 0 && token === "[" && index > 0 && declaration[index + 1] !== "[" && /^[A-Za-z_]/.test(declaration[index - 1]!);
  });
}

/** Names of the specifiers with those of typedefs in their place; what is in parentheses belongs to attributes. */
function specifierWords(tokens: readonly string[], typedefs: ReadonlyMap<string, string[]>): string[] {
  let depth = 0;
  const words: string[] = [];
  for (const token of tokens) {
    depth += token === "(" ? 1 : token === ")" ? -1 : 0;
    if (depth === 0 && /^[\w<>]/.test(token)) {
      words.push(...(typedefs.get(token) ?? [token]));
    }
  }
  return words;
}

function sizeOf(words: readonly string[]): { bits: number | undefined; isLong: boolean } {
  if (words.some((word) => notWhole.has(word))) {
    return { bits: undefined, isLong: false };
  }
  const exact = words.map((word, index) => exactBits(word, words.slice(index + 1, index + 4))).find((bits) => bits !== undefined);
  const longs = words.filter((word) => word === "long").length;
  if (exact !== undefined || longs > 1) {
    return { bits: exact ?? 64, isLong: false };
  }
  const sizes = words.flatMap((word) => namedWidths.get(word.toLowerCase()) ?? []);
  return { bits: sizes[0] ?? 32, isLong: longs === 1 };
}

/** `uint8_t`, `int_fast16_t`, `u8`, `__s16`, `UINT32`, `ap_uint<12>`. */
function exactBits(word: string, [open, bits, close]: readonly string[]): number | undefined {
  if (/^(ap|sc)_u?int$/.test(word) && open === "<" && close === ">" && /^[1-9]\d{0,3}$/.test(bits ?? "")) {
    return Number(bits);
  }
  const [, digits] = /^_{0,2}(?:u?int_?(?:least|fast)?_?|[us])(8|16|32|64)(?:_t)?$/i.exec(word) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function boundsOf(tokens: readonly string[], macros: ReadonlyMap<string, string>): (number | undefined)[] {
  const bounds: (number | undefined)[] = [];
  for (let open = tokens.indexOf("["); open >= 0; open = tokens.indexOf("[", open + 1)) {
    const close = tokens.indexOf("]", open);
    const value = close < 0 ? undefined : initialiserValue(tokens.slice(open + 1, close), macros);
    bounds.push(value === undefined || value < 1n || value > BigInt(2 ** 31) ? undefined : Number(value));
  }
  return bounds;
}
