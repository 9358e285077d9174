import { bitsOfDigits, parseDigits, quoted, type Radix, signedBits } from "../reading/digits.js";
import type { RomFindings } from "../reading/findings.js";
import { isReadableSize } from "../reading/limits.js";
import { LineCounter } from "../reading/lines.js";
import { PlacedWords } from "../reading/placedWords.js";
import type { ReadOptions, ReadRom } from "../romFormat.js";
import { type Assignment, readRadix } from "./statements.js";

/** Whether a keyword shows that a COE file is a filter's (FIR Compiler, PG149: radix and coefdata; the width is from older tools). */
export function isOfFilter(keyword: string): boolean {
  return keyword === "coefdata" || keyword === "coefficient_width";
}

interface Coefficient {
  readonly value: bigint;
  /** The width in two's complement, as its digits say. */
  readonly bits: number;
  readonly line: number;
}

/**
 * The coefficients of a filter as words in two's complement. Their width is what the file states, or the option; without both
 * that of the widest. Digits of radix 2 and 16 are two's complement already.
 */
export function readFilter(assignments: readonly Assignment[], options: ReadOptions, findings: RomFindings): ReadRom {
  let radix: Radix = 10;
  let stated: number | undefined;
  const coefficients: Coefficient[] = [];
  for (const { keyword, value, line } of assignments) {
    if (keyword === "radix") {
      radix = readRadix(value.trim(), line, findings);
    } else if (keyword === "coefficient_width") {
      stated = readWidth(value.trim(), line, findings);
    } else if (keyword === "coefdata") {
      findings.add("filter-coefficients", line, "coefdata are the coefficients of a filter.");
      readCoefficients(value, line, radix, coefficients, findings);
    }
  }
  const width = stated ?? options.width ?? coefficients.reduce((most, { bits }) => Math.max(most, bits), 1);
  return { width, words: placeCoefficients(coefficients, width, findings) };
}

function placeCoefficients(coefficients: readonly Coefficient[], width: number, findings: RomFindings): ReadRom["words"] {
  const placed = new PlacedWords(findings);
  for (const { value, bits, line } of coefficients) {
    if (value < 0n && bits > width) {
      findings.add("word-too-wide", line, `${value.toString().slice(0, 40)} does not fit in ${width} bits.`);
    }
    placed.add({ address: placed.next, value: value < 0n ? BigInt.asUintN(width, value) : value, bits: width, line });
  }
  return placed.words;
}

function readWidth(text: string, line: number, findings: RomFindings): number | undefined {
  if (/^[1-9]\d{0,6}$/.test(text) && isReadableSize(1, Number(text))) {
    return Number(text);
  }
  findings.add("bad-field", line, `Coefficient_Width is ${quoted(text)}; it must be a decimal number above 0.`);
  return undefined;
}

function readCoefficients(vector: string, firstLine: number, radix: Radix, coefficients: Coefficient[], findings: RomFindings): void {
  const lines = new LineCounter(vector, firstLine);
  for (const { 0: token, index } of vector.matchAll(/[^\s,]+/g)) {
    const line = lines.at(index);
    const isNegative = token.startsWith("-");
    const digits = isNegative ? token.slice(1) : token;
    const magnitude = parseDigits(digits, radix);
    if (magnitude === undefined) {
      findings.add("illegal-character", line, `${quoted(token)} is not a whole number of radix ${radix}.`);
    }
    const value = isNegative ? -(magnitude ?? 0n) : (magnitude ?? 0n);
    coefficients.push({ value, bits: radix === 10 ? signedBits(value) : bitsOfDigits(digits, radix, magnitude ?? 0n), line });
  }
}
