import { solve } from "./leastSquares.js";
import { signOf } from "./signPlanes.js";

/**
 * Approximates one vector w by a sum of k scaled sign vectors (Xu et al. 2018, section 3). Owns its work space; after
 * `encode`, `scales` and `patterns` hold the code: bit p of a pattern is the sign in vector p.
 */
export class SignCode {
  /** alpha_1 ... alpha_k */
  readonly scales: Float64Array;
  readonly patterns: Uint8Array;
  /** The nonnegative half of the 2^k levels in ascending order, as patterns, and the boundaries between them. */
  private readonly upperPatterns: Uint8Array;
  private readonly upperLevels: Float64Array;
  private readonly boundaries: Float64Array;
  private readonly residual: Float64Array;
  /** Number and sum of the weights that have each pattern: all that least squares needs. */
  private readonly counts: Float64Array;
  private readonly sums: Float64Array;
  private readonly gram: Float64Array;
  private readonly projection: Float64Array;

  constructor(
    length: number,
    private readonly bits: number,
  ) {
    this.scales = new Float64Array(bits);
    this.patterns = new Uint8Array(length);
    this.upperPatterns = new Uint8Array(2 ** (bits - 1));
    this.upperLevels = new Float64Array(2 ** (bits - 1));
    this.boundaries = new Float64Array(2 ** (bits - 1));
    this.residual = new Float64Array(length);
    this.counts = new Float64Array(2 ** bits);
    this.sums = new Float64Array(2 ** bits);
    this.gram = new Float64Array(bits * bits);
    this.projection = new Float64Array(bits);
  }

  /**
   * @param iterations turns of least-squares scales and nearest codes after the greedy start; none of them raises the
   *   squared error
   */
  encode(vector: Float32Array, iterations: number): void {
    this.greedy(vector);
    for (let iteration = 0; iteration < iterations; iteration++) {
      this.fitScales(vector);
      this.chooseNearest(vector);
    }
  }

  /** Guo et al. 2017, the start: each sign vector is that of what the ones before leave over, scaled by its mean |r|. */
  private greedy(vector: Float32Array): void {
    const { residual, patterns } = this;
    residual.set(vector);
    patterns.fill(0);
    for (let plane = 0; plane < this.bits; plane++) {
      let sum = 0;
      for (let index = 0; index < residual.length; index++) {
        sum += Math.abs(residual[index]!);
      }
      const scale = sum / residual.length;
      this.scales[plane] = scale;
      for (let index = 0; index < residual.length; index++) {
        const positive = Number(residual[index]! >= 0);
        patterns[index]! |= positive << plane;
        residual[index]! -= (2 * positive - 1) * scale;
      }
    }
  }

  /** Least squares for given codes (equation 5). Scales stay where the sign vectors depend on each other. */
  private fitScales(vector: Float32Array): void {
    this.countPatterns(vector);
    const { bits, gram, projection, counts, sums } = this;
    gram.fill(0);
    projection.fill(0);
    for (let pattern = 0; pattern < counts.length; pattern++) {
      for (let row = 0; row < bits; row++) {
        const sign = signOf(pattern, row);
        projection[row]! += sign * sums[pattern]!;
        for (let column = 0; column < bits; column++) {
          gram[row * bits + column]! += sign * signOf(pattern, column) * counts[pattern]!;
        }
      }
    }
    if (solve(gram, projection)) {
      this.scales.set(projection);
    }
  }

  private countPatterns(vector: Float32Array): void {
    const { counts, sums, patterns } = this;
    counts.fill(0);
    sums.fill(0);
    for (let index = 0; index < patterns.length; index++) {
      const pattern = patterns[index]!;
      counts[pattern]! += 1;
      sums[pattern]! += vector[index]!;
    }
  }

  /** The nearest of the 2^k levels for given scales, found in a binary search tree (algorithm 1). */
  private chooseNearest(vector: Float32Array): void {
    this.sortLevels();
    const { boundaries, upperPatterns, patterns, bits } = this;
    const all = 2 ** bits - 1;
    const top = upperPatterns.length >> 1;
    for (let index = 0; index < patterns.length; index++) {
      const weight = vector[index]!;
      const size = Math.abs(weight);
      let level = 0;
      for (let step = top; step > 0; step >>= 1) {
        level += step * Number(size > boundaries[level + step - 1]!);
      }
      // The levels are symmetric: the opposite one has all signs turned.
      patterns[index] = upperPatterns[level]! ^ (all * Number(weight < 0));
    }
  }

  /** Insertion sort of at most 8 levels, one of each opposite pair, and the midpoints between neighbours. */
  private sortLevels(): void {
    const { upperPatterns, upperLevels, boundaries, bits } = this;
    const all = 2 ** bits - 1;
    for (let pair = 0; pair < upperPatterns.length; pair++) {
      const level = this.levelOf(pair);
      const size = Math.abs(level);
      let place = pair;
      for (; place > 0 && upperLevels[place - 1]! > size; place--) {
        upperLevels[place] = upperLevels[place - 1]!;
        upperPatterns[place] = upperPatterns[place - 1]!;
      }
      upperLevels[place] = size;
      upperPatterns[place] = level < 0 ? pair ^ all : pair;
    }
    for (let place = 0; place + 1 < upperLevels.length; place++) {
      boundaries[place] = (upperLevels[place]! + upperLevels[place + 1]!) / 2;
    }
  }

  private levelOf(pattern: number): number {
    let level = 0;
    for (let plane = 0; plane < this.bits; plane++) {
      level += signOf(pattern, plane) * this.scales[plane]!;
    }
    return level;
  }
}
