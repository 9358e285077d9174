import type { FixedMatrix } from "../fixedModel.js";

/**
 * Twin of `mac_array.v`: exact sums of weight times value for every gate row, in the order of the ROM's words. A MAC unit
 * adds, subtracts or skips for a bit or trit, and multiplies for a full-precision weight; the result is the same.
 * @param values one for each row of the matrix
 * @param sums [columns], overwritten
 */
export function multiplyAccumulate({ columns, codes }: FixedMatrix, values: Int32Array, sums: Float64Array): void {
  sums.fill(0);
  for (let input = 0; input < values.length; input++) {
    const value = values[input]!;
    if (value !== 0) {
      accumulate(codes, input * columns, value, sums);
    }
  }
}

function accumulate(codes: Int8Array | Int32Array, offset: number, value: number, sums: Float64Array): void {
  for (let column = 0; column < sums.length; column++) {
    sums[column]! += codes[offset + column]! * value;
  }
}

/** The sums for a one-hot input: the symbol's own row. */
export function chooseRow({ columns, codes }: FixedMatrix, symbol: number, sums: Float64Array): void {
  for (let column = 0; column < columns; column++) {
    sums[column] = codes[symbol * columns + column]!;
  }
}
