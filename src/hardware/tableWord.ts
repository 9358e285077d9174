import { hull, point, signedBits } from "./interval.js";
import type { LookUpTable } from "./lookUpTable.js";

/** Widths of the parts of a look-up table's word, both two's complement; the slope lies above the value. */
export interface TableWordBits {
  /** One bit more than the table's output, so that sigmoid's 1 has a sign bit too. */
  readonly value: number;
  /** As many as all slopes need; 0 where each pre-activation has a word of its own. */
  readonly slope: number;
}

/** Bits of one word of a look-up table: a value, and a slope where it interpolates. */
export function tableWordBits({ output, segmentBits, slopes }: Pick<LookUpTable, "output" | "segmentBits" | "slopes">): TableWordBits {
  return { value: output.bits + 1, slope: segmentBits === 0 ? 0 : signedBits(hull(Array.from(slopes, point))) };
}

/** The words as unsigned numbers of `value + slope` bits, word 0 first. */
export function tableWords(table: Pick<LookUpTable, "output" | "segmentBits" | "slopes" | "values">): bigint[] {
  const { value, slope } = tableWordBits(table);
  return Array.from(table.values, (start, word) => {
    const upper = BigInt.asUintN(slope, BigInt(table.slopes[word]!));
    return (upper << BigInt(value)) | BigInt.asUintN(value, BigInt(start));
  });
}
