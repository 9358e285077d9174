import type { ShippedMatrix, WeightPlane } from "./deployedModel.js";

/** What a matrix takes when it is stored. */
export interface MatrixSize {
  readonly weights: number;
  /** As planes: one bit for a binary weight and two for a ternary one, in each plane. */
  readonly bits: number;
  /** The same with five trits to a byte, 1.6 bits a trit, each plane in whole bytes; bits where nothing is ternary. */
  readonly denseBits: number;
  /** Scales of all planes. */
  readonly scales: number;
}

const tritsPerByte = 5;
const bitsPerTrit = 2;

/**
 * @param realBits of a full-precision weight
 */
export function matrixSize(matrix: ShippedMatrix, realBits: number): MatrixSize {
  const weights = matrix.rows * matrix.columns;
  if (matrix.kind === "full-precision") {
    return { weights, bits: weights * realBits, denseBits: weights * realBits, scales: 0 };
  }
  const { planes } = matrix;
  const binary = planes.filter(({ levels }) => levels === "binary").length;
  const trits = isOneTrit(planes) ? 1 : planes.length - binary;
  const denseTrits = 8 * Math.ceil(weights / tritsPerByte);
  return {
    weights,
    bits: weights * (binary + bitsPerTrit * trits),
    denseBits: weights * binary + denseTrits * trits,
    scales: planes.reduce((sum, { scales }) => sum + scales.length, 0),
  };
}

/**
 * Whether two planes are the positive and the negative weights of one ternary matrix, as TTQ ships it: together they
 * hold three levels, so they need a trit and not two.
 */
function isOneTrit(planes: readonly WeightPlane[]): boolean {
  const [positive, negative] = planes;
  return (
    planes.length === 2 &&
    planes.every(({ levels }) => levels === "ternary") &&
    positive!.codes.every((code, index) => code >= 0 && negative!.codes[index]! <= 0 && (code === 0 || negative!.codes[index] === 0))
  );
}
