import type { FixedMatrix } from "../../src/hardware/fixedModel.js";
import type { LookUpTable } from "../../src/hardware/lookUpTable.js";

/** Two's complement, most significant bit first. */
export function bitsOf(value: number, width: number): string {
  return BigInt.asUintN(width, BigInt(value)).toString(2).padStart(width, "0");
}

/** The inverse of `bitsOf`. */
export function signedValue(bits: string): number {
  return Number(BigInt.asIntN(bits.length, BigInt(`0b${bits}`)));
}

/**
 * The words that the layout's definition asks for, built from strings of bits, most significant bit first.
 * @param phases gate rows of each phase; default all in one
 */
export function weightWords(matrix: FixedMatrix, macUnits: number, phases: readonly number[] = [matrix.columns]): string[] {
  const { rows, columns, precision, codes } = matrix;
  const fieldBits = precision === "full" ? matrix.format.bits : precision === "ternary" ? 2 : 1;
  const field = (input: number, gateRow: number, end: number): string => {
    if (gateRow >= end) {
      return "0".repeat(fieldBits);
    }
    const code = codes[input * columns + gateRow]!;
    return precision === "binary" ? (code === 1 ? "1" : "0") : bitsOf(code, fieldBits);
  };
  const words: string[] = [];
  let begin = 0;
  for (const phase of phases) {
    for (let firstRow = begin; firstRow < begin + phase; firstRow += macUnits) {
      for (let input = 0; input < rows; input++) {
        const lanes = Array.from({ length: macUnits }, (_, lane) => field(input, firstRow + lane, begin + phase));
        words.push(lanes.reverse().join(""));
      }
    }
    begin += phase;
  }
  return words;
}

/** A table's words: slope above the value, which has a bit more than the table's result. */
export function tableWords({ values, slopes, output, segmentBits }: LookUpTable, width: number): string[] {
  const valueBits = output.bits + 1;
  return Array.from(values, (value, word) => {
    const slope = segmentBits === 0 ? "" : bitsOf(slopes[word]!, width - valueBits);
    return slope + bitsOf(value, valueBits);
  });
}

/** Words as the ROM images hold them, from a `.mem` text: its digits, cut to the width. */
export function memBits(text: string, width: number): string[] {
  const lines = text.split("\n").slice(0, -1);
  return lines.map((line) => BigInt(`0x${line}`).toString(2).padStart(width, "0"));
}
