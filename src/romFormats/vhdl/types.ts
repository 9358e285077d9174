import { type Integers, integerValue } from "./integers.js";

/** `left to right` or `left downto right`. */
export interface IndexRange {
  readonly left: number;
  readonly right: number;
}

export type VhdlType =
  | { readonly kind: "bit" }
  | { readonly kind: "integer"; readonly bits: number }
  | { readonly kind: "array"; readonly range?: IndexRange; readonly element: VhdlType }
  /** A type that another file declares. */
  | { readonly kind: "unknown" };

const bit: VhdlType = { kind: "bit" };
const vector: VhdlType = { kind: "array", element: bit };
const integer: VhdlType = { kind: "integer", bits: 32 };

/** Types of the standard packages that words are made of. */
export const standardTypes: readonly (readonly [string, VhdlType])[] = [
  ...["bit", "std_logic", "std_ulogic", "x01", "ux01"].map((name) => [name, bit] as const),
  ...["bit_vector", "std_logic_vector", "std_ulogic_vector", "unsigned", "signed", "u_unsigned", "u_signed", "unresolved_unsigned", "unresolved_signed"].map(
    (name) => [name, vector] as const,
  ),
  ...["integer", "natural", "positive"].map((name) => [name, integer] as const),
];

/** How many indices a range has. */
export function rangeLength({ left, right }: IndexRange): number {
  return Math.abs(left - right) + 1;
}

/** The index at a place counted from the left. */
export function indexAt({ left, right }: IndexRange, place: number): number {
  return left <= right ? left + place : left - place;
}

/** The range in the tokens of `3 downto 0`, `natural range 0 to 7` or `0 to DEPTH - 1`; undefined for one that is open or unknown. */
export function indexRange(tokens: readonly string[], named: Integers): IndexRange | undefined {
  const words = tokens.map((token) => token.toLowerCase());
  const from = words.lastIndexOf("range") + 1;
  const middle = words.findIndex((word, index) => index >= from && (word === "to" || word === "downto"));
  if (middle < 0) {
    return undefined;
  }
  const [left, right] = [integerValue(tokens.slice(from, middle), named), integerValue(tokens.slice(middle + 1), named)];
  return left === undefined || right === undefined ? undefined : { left, right };
}

/** The bits that hold a subtype of whole numbers: those of two's complement where it has negative ones. */
export function integerBits({ left, right }: IndexRange): number {
  const [least, most] = [Math.min(left, right), Math.max(left, right)];
  const magnitude = Math.max(most, -least - 1);
  return Math.max(1, Math.ceil(Math.log2(magnitude + 1)) + (least < 0 ? 1 : 0));
}

/** The type's words, where it is an array of vectors or of whole numbers. */
export function wordsOf(type: VhdlType): { readonly range?: IndexRange; readonly element: VhdlType } | undefined {
  if (type.kind !== "array") {
    return undefined;
  }
  const { element } = type;
  const isWord = element.kind === "integer" || (element.kind === "array" && element.element.kind === "bit") || element.kind === "unknown";
  return isWord ? type : undefined;
}
