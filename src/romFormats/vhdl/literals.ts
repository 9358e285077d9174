import { bitLength, parseDigits, type Radix } from "../reading/digits.js";
import { romLimits } from "../reading/limits.js";

/** A value of so many bits. */
export interface Bits {
  readonly value: bigint;
  readonly bits: number;
  /** Digits that are neither 0 nor 1 were read as 0. */
  readonly hasUnknown?: boolean;
  /** Bits that are not 0 were cut off by the literal's own length. */
  readonly isCut?: boolean;
}

/** `"01"`, `b"01"`, `o"17"`, `x"AF"`, and of VHDL-2008 `12x"0AF"`, `8sx"F"`, `d"15"` (IEEE 1076-2008, 15.8). */
const literalPattern = /^(\d*)([us]?)([boxd]?)"([^"]*)"$/i;
const radixOf: Readonly<Record<string, Radix>> = { "": 2, "b": 2, "o": 8, "x": 16, "d": 10 };

/** A string or bit-string literal; undefined for anything else. */
export function bitString(literal: string): Bits | undefined {
  const found = literalPattern.exec(literal);
  if (found === null) {
    return undefined;
  }
  const [, size, sign, base, body] = found as unknown as [string, string, string, string, string];
  const radix = radixOf[base.toLowerCase()]!;
  const digits = body.replaceAll("_", "");
  const known = digits.replace(/[uxzwlh-]/gi, (digit) => (digit.toLowerCase() === "h" ? "1" : "0"));
  const value = parseDigits(known, radix);
  if (value === undefined || (base === "" && size !== "")) {
    return undefined;
  }
  const bits = radix === 10 ? bitLength(value) : known.length * { 2: 1, 8: 3, 16: 4 }[radix];
  const whole = size === "" ? { value, bits } : resized(value, bits, Number(size), sign.toLowerCase() === "s");
  return { ...whole, ...(known !== digits && { hasUnknown: true }) };
}

/** The same in another length: extended by 0, or by the sign; cut from the left. */
export function resized(value: bigint, bits: number, length: number, isSigned: boolean): Bits {
  const size = Math.min(length, romLimits.wordBits);
  const whole = isSigned ? BigInt.asIntN(bits, value) : value;
  const cut = BigInt.asUintN(size, whole);
  const isCut = (isSigned ? BigInt.asIntN(size, cut) : cut) !== whole;
  return { value: cut, bits: size, ...(isCut && { isCut }) };
}

const bitsOfCharacter: Readonly<Record<string, bigint>> = { "0": 0n, "l": 0n, "1": 1n, "h": 1n };

/** `'0'` and the other values of `std_ulogic`; undefined for anything else. */
export function bitCharacter(token: string): Bits | undefined {
  const [, character] = /^'([01uxzwlh-])'$/i.exec(token) ?? [];
  if (character === undefined) {
    return undefined;
  }
  const value = bitsOfCharacter[character.toLowerCase()];
  return { value: value ?? 0n, bits: 1, ...(value === undefined && { hasUnknown: true }) };
}
