import * as z from "zod";
import { takeSigns } from "./binary.js";
import { codedQuantiser, noScales } from "./coded.js";
import type { Quantiser } from "./contract.js";
import { quantiserKind, specOf } from "./kind.js";
import { largestMagnitude, meanMagnitude } from "./magnitudes.js";
import { patternValues, signPlanes } from "./signPlanes.js";

/**
 * Section 2.3 of DoReFa-Net (Zhou et al. 2016). One bit (equation 7): sign(w) * mean |w|, straight-through.
 * More bits (equation 9): 2 * round_k(tanh(w) / (2 max |tanh w|) + 1/2) - 1 with round_k to multiples of 1/(2^k - 1),
 * levels in [-1, 1] without 0. The gradient passes straight through the rounding only; that of tanh(w) / max |tanh w| is
 * exact, the maximum's included.
 */
export const doReFaKind = quantiserKind({
  kind: "dorefa",
  word: "tl.doReFa",
  options: { bits: z.number().int().min(1).max(8) },
  levels: ({ bits }) => (bits === 1 ? "binary" : "planes"),
  make: ({ bits }, { rows, columns }) => (bits === 1 ? oneBit(rows, columns) : manyBits(rows, columns, bits)),
});

/** DoReFa weights (Zhou et al. 2016): a tanh, and then uniform levels of `bits` bits. */
export function doReFa(options: { bits?: number } = {}) {
  return specOf(doReFaKind, options, { bits: 3 });
}

function oneBit(rows: number, columns: number): Quantiser {
  return codedQuantiser(rows, columns, "binary", (latent, _context, out) => {
    const scale = meanMagnitude(latent);
    takeSigns(latent, scale, out);
    return scale;
  });
}

function manyBits(rows: number, columns: number, bits: number): Quantiser {
  const size = rows * columns;
  const values = new Float32Array(size);
  const codes = new Int8Array(size);
  const patterns = new Uint8Array(size);
  const squashed = new Float32Array(size);
  // Level number n is worth 2n/(2^k - 1) - 1: each of its bits, read as a sign, adds or takes 2^bit / (2^k - 1).
  const last = 2 ** bits - 1;
  const scales = Float32Array.from({ length: bits }, (_, bit) => 2 ** bit / last);
  const levels = new Float32Array(2 ** bits);
  patternValues(scales, levels);
  const levelCodes = Int8Array.from(levels, (_, level) => signedLevel(level, bits));
  let largest = 0;
  return {
    rows,
    columns,
    saturation: null,
    codes,
    initialScales: () => noScales,
    quantise(latent) {
      for (let index = 0; index < size; index++) {
        squashed[index] = Math.tanh(latent[index]!);
      }
      largest = largestMagnitude(squashed);
      // All zeros lie midway between two levels, as any zero does.
      const slope = largest === 0 ? 0 : last / (2 * largest);
      for (let index = 0; index < size; index++) {
        const level = Math.floor(slope * squashed[index]! + last / 2 + 0.5);
        patterns[index] = level;
        codes[index] = levelCodes[level]!;
        values[index] = levels[level]!;
      }
      return values;
    },
    backward(_latent, gradient) {
      scaledTanhGradient(squashed, largest, gradient);
      return noScales;
    },
    constrain: () => undefined,
    ship: () => ({ kind: "planes", rows, columns, planes: signPlanes(patterns, [...scales].map((scale) => Float32Array.of(scale))) }),
  };
}

/** -half ... -1 and +1 ... half; a byte holds no 128, so the two topmost of 256 levels share a code. */
function signedLevel(level: number, bits: number): number {
  const half = 2 ** (bits - 1);
  return level < half ? level - half : Math.min(127, level - half + 1);
}

/**
 * Gradient at tanh(w) / max |tanh w| into that at w, in place.
 * @param squashed tanh(w)
 * @param largest max |tanh w|; where it is 0 nothing flows
 */
function scaledTanhGradient(squashed: Float32Array, largest: number, gradient: Float32Array): void {
  const inverse = largest === 0 ? 0 : 1 / largest;
  let ofLargest = 0;
  let where = -1;
  for (let index = 0; index < gradient.length; index++) {
    const level = squashed[index]!;
    const slope = gradient[index]!;
    ofLargest -= slope * level;
    gradient[index] = slope * (1 - level * level) * inverse;
    where = where < 0 && Math.abs(level) === largest ? index : where;
  }
  const level = squashed[where]!;
  gradient[where]! += ofLargest * inverse * inverse * Math.sign(level) * (1 - level * level);
}
