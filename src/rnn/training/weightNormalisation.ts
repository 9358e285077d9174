/**
 * Weight normalisation (Salimans and Kingma 2016) of a quantised matrix, as in Hou et al. 2019: each column divided by
 * its Euclidean norm, times a trained gain,
 *
 *   w_j = gamma_j q_j / |q_j|
 *
 * Matrices are row-major [rows, columns]. A column of zeros, which ternary rules can make, stays zeros and has no
 * gradient.
 */

/**
 * @param values [rows, columns] quantised
 * @param gamma [columns]
 * @param out [rows, columns], overwritten; may be `values`
 */
export function normaliseColumns(
  values: Float32Array,
  gamma: Float32Array,
  rows: number,
  columns: number,
  out: Float32Array,
): void {
  checkLengths({ values, out }, rows * columns);
  checkLengths({ gamma }, columns);
  const gains = inverseNorms(values, columns);
  gains.forEach((inverse, column) => {
    gains[column] = inverse * gamma[column]!;
  });
  for (let start = 0; start < values.length; start += columns) {
    for (let column = 0; column < columns; column++) {
      out[start + column] = values[start + column]! * gains[column]!;
    }
  }
}

/**
 * @param values [rows, columns] and `gamma` [columns] as they were normalised
 * @param gradient [rows, columns] gradient at the normalised matrix; in place turned into that at `values`
 * @param gradGamma [columns], overwritten
 */
export function normaliseColumnsBackward(
  values: Float32Array,
  gamma: Float32Array,
  gradient: Float32Array,
  gradGamma: Float32Array,
): void {
  const columns = gamma.length;
  checkLengths({ gradient }, values.length);
  checkLengths({ gradGamma }, columns);
  const inverse = inverseNorms(values, columns);
  // The gradient along each column's direction: of the gain all there is, of the column what the norm takes away.
  const along = new Float64Array(columns);
  for (let start = 0; start < values.length; start += columns) {
    for (let column = 0; column < columns; column++) {
      along[column]! += gradient[start + column]! * values[start + column]! * inverse[column]!;
    }
  }
  gradGamma.set(along);
  for (let start = 0; start < values.length; start += columns) {
    for (let column = 0; column < columns; column++) {
      const direction = values[start + column]! * inverse[column]!;
      gradient[start + column] = gamma[column]! * inverse[column]! * (gradient[start + column]! - along[column]! * direction);
    }
  }
}

/** 1 / |q_j| for each column; 0 for a column of zeros. */
export function inverseNorms(values: Float32Array, columns: number): Float64Array {
  const squares = new Float64Array(columns);
  for (let start = 0; start < values.length; start += columns) {
    for (let column = 0; column < columns; column++) {
      squares[column]! += values[start + column]! ** 2;
    }
  }
  return squares.map((square) => (square > 0 ? 1 / Math.sqrt(square) : 0));
}

function checkLengths(arrays: Readonly<Record<string, Float32Array>>, length: number): void {
  for (const [name, { length: given }] of Object.entries(arrays)) {
    if (given !== length) {
      throw new RangeError(`Weight normalisation: ${name} has ${given} elements; this matrix needs ${length}.`);
    }
  }
}
