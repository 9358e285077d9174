import type { BitPlane, PackedMatrix } from "./bitPlanes.js";

/** Sums of all subsets of 8 numbers, the lowest bit for the first of them. */
const subsetSums = new Float64Array(256);

/**
 * y[c - first] = sum over r of x[r] * W[r, c] for the columns [first, last). A byte of a bit plane looks up what the
 * chosen ones of 8 rows sum to.
 */
export function multiply(matrix: PackedMatrix, x: Float32Array, y: Float64Array, first = 0, last = matrix.columns): void {
  y.fill(0, 0, last - first);
  if (matrix.kind === "full-precision") {
    multiplyValues(matrix.values, matrix.columns, x, y, first, last);
    return;
  }
  for (let group = 0; 8 * group < matrix.rows; group++) {
    const total = fillSubsetSums(x, 8 * group, matrix.rows);
    for (const plane of matrix.planes) {
      addGroup(plane, group * matrix.columns, total, y, first, last);
    }
  }
}

function multiplyValues(values: Float32Array, columns: number, x: Float32Array, y: Float64Array, first: number, last: number): void {
  for (let row = 0; row < x.length; row++) {
    const factor = x[row]!;
    for (let column = first; column < last; column++) {
      y[column - first]! += factor * values[row * columns + column]!;
    }
  }
}

/** @returns the sum of all 8 */
function fillSubsetSums(x: Float32Array, firstRow: number, rows: number): number {
  subsetSums[0] = 0;
  for (let bit = 0; bit < 8; bit++) {
    const value = firstRow + bit < rows ? x[firstRow + bit]! : 0;
    const built = 1 << bit;
    for (let entry = 0; entry < built; entry++) {
      subsetSums[built + entry] = subsetSums[entry]! + value;
    }
  }
  return subsetSums[255]!;
}

function addGroup(plane: BitPlane, start: number, total: number, y: Float64Array, first: number, last: number): void {
  const { positive, negative, scales } = plane;
  const perColumn = scales.length > 1;
  for (let column = first; column < last; column++) {
    const plus = subsetSums[positive[start + column]!]!;
    const minus = negative === undefined ? total - plus : subsetSums[negative[start + column]!]!;
    y[column - first]! += (plus - minus) * scales[perColumn ? column : 0]!;
  }
}

/** y = row `row` of the matrix: its product with a one-hot vector. */
export function rowOf(matrix: PackedMatrix, row: number, y: Float64Array): void {
  const { columns } = matrix;
  if (matrix.kind === "full-precision") {
    y.set(matrix.values.subarray(row * columns, (row + 1) * columns));
    return;
  }
  y.fill(0, 0, columns);
  const start = (row >> 3) * columns;
  for (const { positive, negative, scales } of matrix.planes) {
    for (let column = 0; column < columns; column++) {
      const plus = (positive[start + column]! >> (row & 7)) & 1;
      const minus = negative === undefined ? 1 - plus : (negative[start + column]! >> (row & 7)) & 1;
      y[column]! += (plus - minus) * scales[scales.length > 1 ? column : 0]!;
    }
  }
}
