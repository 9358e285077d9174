/**
 * Codes of a matrix that fit what it multiplies: of each column w the codes q and the scale g that make
 *
 *   (w - g q)ᵀ C (w - g q)
 *
 * small, with C the covariance of the matrix's input on data. This is the mean square of the error in the product, which is what GPTQ
 * (Frantar et al. 2023) and its forerunners minimise; here each code in turn takes the best level given all others, until none changes.
 */

export interface WeightedProblem {
  /** R */
  readonly rows: number;
  readonly columns: number;
  /** [R, columns] w */
  readonly weights: Float32Array;
  /** [R, columns] where the search begins, each -1, 0 or +1 */
  readonly codes: Int8Array;
  /** [R, R] C, symmetric */
  readonly covariance: Float64Array;
  /** What a code may be. */
  readonly levels: readonly number[];
}

/** More sweeps over a column change few codes. */
const mostSweeps = 12;

/** The codes [R, columns], and the scale of each column. */
export function weightedCodes({ rows, columns, weights, codes, covariance, levels }: WeightedProblem): { codes: Int8Array; scales: Float64Array } {
  const found = codes.slice();
  const scales = new Float64Array(columns);
  const [w, q] = [new Float64Array(rows), new Float64Array(rows)];
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      w[row] = weights[row * columns + column]!;
      q[row] = codes[row * columns + column]!;
    }
    scales[column] = fitColumn(w, q, covariance, levels);
    for (let row = 0; row < rows; row++) {
      found[row * columns + column] = q[row]!;
    }
  }
  return { codes: found, scales };
}

/** Improves q in place. @returns its scale */
function fitColumn(w: Float64Array, q: Float64Array, covariance: Float64Array, levels: readonly number[]): number {
  const target = product(covariance, w);
  const reached = product(covariance, q);
  let scale = scaleOf(q, target, reached);
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    const changed = sweepColumn(q, { scale, target, reached, covariance, levels });
    scale = scaleOf(q, target, reached);
    if (!changed) {
      break;
    }
  }
  return scale;
}

/** <q, C w> / <q, C q> */
function scaleOf(q: Float64Array, target: Float64Array, reached: Float64Array): number {
  const [along, size] = [dot(q, target), dot(q, reached)];
  return size > 0 ? along / size : 0;
}

interface Column {
  readonly scale: number;
  /** C w */
  readonly target: Float64Array;
  /** C q, which follows q */
  readonly reached: Float64Array;
  readonly covariance: Float64Array;
  readonly levels: readonly number[];
}

/** @returns whether a code changed */
function sweepColumn(q: Float64Array, { scale, target, reached, covariance, levels }: Column): boolean {
  const rows = q.length;
  let changed = false;
  for (let row = 0; row < rows; row++) {
    let [best, least] = [0, -1e-12];
    for (const level of levels) {
      const step = level - q[row]!;
      const cost = scale * step * (scale * (2 * reached[row]! + step * covariance[row * rows + row]!) - 2 * target[row]!);
      if (cost < least) {
        [best, least] = [step, cost];
      }
    }
    if (best !== 0) {
      changed = true;
      q[row]! += best;
      for (let other = 0; other < rows; other++) {
        reached[other]! += best * covariance[row * rows + other]!;
      }
    }
  }
  return changed;
}

function product(matrix: Float64Array, vector: Float64Array): Float64Array {
  const n = vector.length;
  return Float64Array.from({ length: n }, (_, row) => {
    let sum = 0;
    for (let column = 0; column < n; column++) {
      sum += matrix[row * n + column]! * vector[column]!;
    }
    return sum;
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}
