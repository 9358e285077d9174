import { romLimits } from "./limits.js";

const prefixes = { 2: "0b", 8: "0o", 10: "", 16: "0x" } as const;
const digitsOf = { 2: /^[01]+$/, 8: /^[0-7]+$/, 10: /^[0-9]+$/, 16: /^[0-9a-f]+$/i } as const;
const bitsPerDigit = { 2: 1, 8: 3, 10: undefined, 16: 4 } as const;
/** The most digits, by radix, of an integer that a double always holds. */
const exactDigits = { 2: 53, 8: 17, 10: 15, 16: 13 } as const;

export type Radix = keyof typeof prefixes;

/** An unsigned number without prefix; undefined when a character is no digit of the radix, or there are too many digits. */
export function parseDigits(digits: string, radix: Radix): bigint | undefined {
  if (!digitsOf[radix].test(digits) || digits.length > romLimits.digits) {
    return undefined;
  }
  return digits.length <= exactDigits[radix] ? BigInt(Number.parseInt(digits, radix)) : BigInt(prefixes[radix] + digits);
}

/** The same as an address or a size; undefined also above 2^53, where addresses would no longer be told apart. */
export function parseAddress(digits: string, radix: Radix): number | undefined {
  const value = parseDigits(digits, radix);
  return value === undefined || value > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(value);
}

/** Bits that so many digits can hold; for decimal numbers those of the value. */
export function bitsOfDigits(digits: string, radix: Radix, value: bigint): number {
  return (bitsPerDigit[radix] ?? 0) * digits.length || bitLength(value);
}

const twoTo32 = 2 ** 32;

/** The bits of a number that is not negative; 1 for 0. */
export function bitLength(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
    const digits = value.toString(16);
    return 4 * digits.length - Math.clz32(Number.parseInt(digits[0]!, 16)) + 28;
  }
  const number = Number(value);
  return number < twoTo32 ? Math.max(1, 32 - Math.clz32(number)) : 64 - Math.clz32(Math.floor(number / twoTo32));
}

/** A number or word of a file in a message, which stays one readable line. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/** The fewest bits of two's complement that hold a number. */
export function signedBits(value: bigint): number {
  if (value === 0n || value === -1n) {
    return 1;
  }
  return bitLength(value < 0n ? -value - 1n : value) + 1;
}
