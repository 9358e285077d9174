/** Relative to the diagonal; the entries are counts, so a pivot below it means planes that depend on each other. */
const smallestPivot = 1e-9;

/**
 * Solves the symmetric positive definite system in place by elimination.
 * @param matrix [k, k] row-major, overwritten
 * @param right [k], becomes the solution
 * @returns whether there is one solution; where not, both arrays are left half-way
 */
export function solve(matrix: Float64Array, right: Float64Array): boolean {
  const order = right.length;
  for (let pivot = 0; pivot < order; pivot++) {
    const diagonal = matrix[pivot * order + pivot]!;
    if (diagonal <= smallestPivot * matrix[0]!) {
      return false;
    }
    for (let row = pivot + 1; row < order; row++) {
      const factor = matrix[row * order + pivot]! / diagonal;
      for (let column = pivot; column < order; column++) {
        matrix[row * order + column]! -= factor * matrix[pivot * order + column]!;
      }
      right[row]! -= factor * right[pivot]!;
    }
  }
  for (let row = order - 1; row >= 0; row--) {
    for (let column = row + 1; column < order; column++) {
      right[row]! -= matrix[row * order + column]! * right[column]!;
    }
    right[row]! /= matrix[row * order + row]!;
  }
  return true;
}
