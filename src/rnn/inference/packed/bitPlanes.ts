import { columnScales, type ShippedMatrix, type WeightPlane } from "../../shipping/deployedModel.js";
import { InferenceError } from "./inferenceError.js";

/**
 * Weights as bits. Both arrays of a plane are [ceil(rows / 8), columns]: bit r of byte (g, c) belongs to the weight of
 * row 8g + r and column c; bits past the last row are 0.
 */
export interface BitPlane {
  /** Set where the weight is +1. */
  readonly positive: Uint8Array;
  /** Set where the weight is -1; only of a ternary plane. In a binary one whatever is not +1 is -1. */
  readonly negative?: Uint8Array;
  /** [1] or [columns] */
  readonly scales: Float32Array;
}

export type PackedMatrix =
  /** weight = sum over the planes of (-1, 0 or +1) * scale */
  | { readonly kind: "planes"; readonly rows: number; readonly columns: number; readonly planes: readonly BitPlane[] }
  /** [rows, columns] */
  | { readonly kind: "full-precision"; readonly rows: number; readonly columns: number; readonly values: Float32Array };

/**
 * @param place what the matrix is, for the message
 * @throws InferenceError for arrays of another size than rows and columns say, or a code that its levels do not have
 */
export function packMatrix(matrix: ShippedMatrix, place: string): PackedMatrix {
  const { rows, columns } = matrix;
  if (matrix.kind === "full-precision") {
    checkLength(matrix.values, rows * columns, `${place}: values`);
    return matrix;
  }
  if (matrix.planes.length === 0) {
    throw new InferenceError(`${place} has no planes; a quantised matrix has at least one`);
  }
  const planes = matrix.planes.map((plane, index) => packPlane(plane, rows, columns, `${place}, plane ${index}`));
  return { kind: "planes", rows, columns, planes };
}

/** The matrix that was packed. */
export function unpackMatrix(matrix: PackedMatrix): ShippedMatrix {
  if (matrix.kind === "full-precision") {
    return matrix;
  }
  const { rows, columns } = matrix;
  return { kind: "planes", rows, columns, planes: matrix.planes.map((plane) => unpackPlane(plane, rows, columns)) };
}

/** Bytes of the weights and their scales. */
export function matrixBytes(matrix: PackedMatrix): number {
  if (matrix.kind === "full-precision") {
    return matrix.values.byteLength;
  }
  const bytes = matrix.planes.map(
    ({ positive, negative, scales }) => positive.byteLength + (negative?.byteLength ?? 0) + scales.byteLength,
  );
  return bytes.reduce((sum, value) => sum + value, 0);
}

function packPlane(plane: WeightPlane, rows: number, columns: number, place: string): BitPlane {
  const { levels, codes } = plane;
  checkLength(codes, rows * columns, `${place}: codes`);
  if (columns % plane.scales.length !== 0) {
    throw new InferenceError(
      `${place}: scales has ${plane.scales.length} values; it needs 1, ${columns}, or one for each of equally wide blocks of the columns`,
    );
  }
  const scales = plane.scales.length === 1 ? plane.scales : columnScales(plane, columns);
  const wrong = codes.findIndex((code) => !(code === 1 || code === -1 || (code === 0 && levels === "ternary")));
  if (wrong >= 0) {
    const known = levels === "ternary" ? "-1, 0 or +1" : "-1 or +1";
    throw new InferenceError(
      `${place}: the code of row ${Math.floor(wrong / columns)}, column ${wrong % columns} is ${codes[wrong]}; a ${levels} weight is ${known}`,
    );
  }
  const positive = bitsWhere(1, codes, rows, columns);
  return levels === "binary" ? { positive, scales } : { positive, negative: bitsWhere(-1, codes, rows, columns), scales };
}

function bitsWhere(code: number, codes: Int8Array, rows: number, columns: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(rows / 8) * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (codes[row * columns + column] === code) {
        bits[(row >> 3) * columns + column]! |= 1 << (row & 7);
      }
    }
  }
  return bits;
}

function unpackPlane({ positive, negative, scales }: BitPlane, rows: number, columns: number): WeightPlane {
  const codes = new Int8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const place = (row >> 3) * columns + column;
      const plus = (positive[place]! >> (row & 7)) & 1;
      const minus = negative === undefined ? 1 - plus : (negative[place]! >> (row & 7)) & 1;
      codes[row * columns + column] = plus - minus;
    }
  }
  return { levels: negative === undefined ? "binary" : "ternary", codes, scales };
}

/** Refuses values that are not as many as they should be. @throws InferenceError that names the place */
export function checkLength(values: { readonly length: number }, length: number, place: string): void {
  if (values.length !== length) {
    throw new InferenceError(`${place}: ${values.length} numbers; the model's shape needs ${length}`);
  }
}
