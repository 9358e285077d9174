import { normalAt, randomStream } from "./random.js";

/**
 * A random matrix with orthonormal rows, or with orthonormal columns where it has more rows than columns: Gaussian
 * numbers orthonormalised by the modified Gram-Schmidt process (Saxe et al. 2014 for why to start from one).
 * @param number which of the seed's matrices this is
 * @returns row-major
 */
export function orthogonalMatrix(rows: number, columns: number, seed: number, number: number): Float32Array {
  const stream = randomStream(seed, "initial-weights", number);
  const vectors = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const matrix = Float32Array.from({ length: rows * columns }, (_, index) => normalAt(stream, index));
  orthonormaliseRows(matrix, vectors, length);
  return rows <= columns ? matrix : transpose(matrix, vectors, length);
}

function orthonormaliseRows(matrix: Float32Array, rows: number, length: number): void {
  for (let row = 0; row < rows; row++) {
    const current = matrix.subarray(row * length, (row + 1) * length);
    for (let earlier = 0; earlier < row; earlier++) {
      const basis = matrix.subarray(earlier * length, (earlier + 1) * length);
      const overlap = dot(current, basis);
      for (let index = 0; index < length; index++) {
        current[index]! -= overlap * basis[index]!;
      }
    }
    const norm = Math.sqrt(dot(current, current));
    for (let index = 0; index < length; index++) {
      current[index]! /= norm;
    }
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) {
    sum += a[index]! * b[index]!;
  }
  return sum;
}

function transpose(matrix: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from({ length: matrix.length }, (_, at) => matrix[(at % rows) * columns + Math.floor(at / rows)]!);
}
