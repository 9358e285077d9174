/**
 * Solves (A + ridge diag A) X = B for a symmetric A that is positive semidefinite, by Cholesky's decomposition. A row of A that is
 * all zeros, such as that of a column of codes without any, gives zeros.
 * @param matrix [n, n] row-major; overwritten by its factor
 * @param right [n, m] row-major; overwritten by X
 * @param ridge share of the diagonal that is added to it, which keeps X near zero where the data say little
 */
export function solveSymmetric(matrix: Float64Array, right: Float64Array, n: number, ridge: number): void {
  const columns = right.length / n;
  for (let row = 0; row < n; row++) {
    matrix[row * n + row]! *= 1 + ridge;
  }
  factorise(matrix, n);
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < n; row++) {
      let sum = right[row * columns + column]!;
      for (let k = 0; k < row; k++) {
        sum -= matrix[row * n + k]! * right[k * columns + column]!;
      }
      right[row * columns + column] = over(sum, matrix[row * n + row]!);
    }
    for (let row = n - 1; row >= 0; row--) {
      let sum = right[row * columns + column]!;
      for (let k = row + 1; k < n; k++) {
        sum -= matrix[k * n + row]! * right[k * columns + column]!;
      }
      right[row * columns + column] = over(sum, matrix[row * n + row]!);
    }
  }
}

/** The lower factor L of L Lᵀ, in place; its diagonal is 0 where the matrix has nothing to say. */
function factorise(matrix: Float64Array, n: number): void {
  for (let column = 0; column < n; column++) {
    const before = matrix[column * n + column]!;
    let pivot = before;
    for (let k = 0; k < column; k++) {
      pivot -= matrix[column * n + k]! ** 2;
    }
    const root = pivot > before * 1e-10 ? Math.sqrt(pivot) : 0;
    matrix[column * n + column] = root;
    for (let row = column + 1; row < n; row++) {
      let sum = matrix[row * n + column]!;
      for (let k = 0; k < column; k++) {
        sum -= matrix[row * n + k]! * matrix[column * n + k]!;
      }
      matrix[row * n + column] = over(sum, root);
    }
  }
}

function over(value: number, divisor: number): number {
  return divisor === 0 ? 0 : value / divisor;
}
