/** One bit or one trit for each weight, and what it is worth. */
export interface WeightPlane {
  readonly levels: "binary" | "ternary";
  /** [rows, columns], each -1, 0 or +1 (never 0 for binary). */
  readonly codes: Int8Array;
  /** One for each block of columns, all blocks equally wide: [1] for the matrix, [gates], or [columns]. */
  readonly scales: Float32Array;
}

/** The scale of each of a plane's columns. */
export function columnScales({ scales }: Pick<WeightPlane, "scales">, columns: number): Float32Array {
  const width = columns / scales.length;
  return Float32Array.from({ length: columns }, (_, column) => scales[Math.floor(column / width)]!);
}

/** A matrix of `rows` inputs and `columns` outputs as it ships. */
export type ShippedMatrix =
  /** weight = sum over the planes of code * scale */
  | { readonly kind: "planes"; readonly rows: number; readonly columns: number; readonly planes: readonly WeightPlane[] }
  | { readonly kind: "full-precision"; readonly rows: number; readonly columns: number; readonly values: Float32Array };

/** The weights as numbers, [rows, columns]. */
export function shippedValues(matrix: ShippedMatrix): Float32Array {
  if (matrix.kind === "full-precision") {
    return matrix.values;
  }
  const values = new Float32Array(matrix.rows * matrix.columns);
  for (const plane of matrix.planes) {
    const scales = columnScales(plane, matrix.columns);
    for (let index = 0; index < values.length; index++) {
      values[index]! += plane.codes[index]! * scales[index % scales.length]!;
    }
  }
  return values;
}
