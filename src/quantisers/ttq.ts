import * as z from "zod";
import type { WeightPlane } from "./shippedMatrix.js";
import type { Quantiser } from "./contract.js";
import { quantiserKind, specOf } from "./kind.js";
import type { MatrixShape } from "./kind.js";
import { largestMagnitude, meanMagnitude } from "./magnitudes.js";

const ownScales = 2;

export const ttqKind = quantiserKind({
  kind: "ttq",
  word: "tl.ttq",
  options: { threshold: z.number().gt(0).lt(1) },
  levels: "planes",
  learnedScales: ownScales,
  make: ({ threshold }, shape) => trained(shape, threshold),
});

/** Trained ternary quantisation, TTQ (Zhu et al. 2017): one learned scale for positive and one for negative weights. What is below `threshold` times the largest |w| becomes 0. */
export function ttq(options: { threshold?: number } = {}) {
  return specOf(ttqKind, options, { threshold: 0.05 });
}

/**
 * Trained ternary quantisation (Zhu, Han, Mao and Dally 2017, section 3): with delta = threshold * max |w|, threshold
 * 0.05, weights are +Wp where w > delta, -Wn where w < -delta, else 0; Wp and Wn are learned. Gradients (equations 7 and
 * 8): of a scale the sum over its set, for Wn with a minus sign, as the authors' code has it and the chain rule asks; of
 * a latent weight that of the quantised one times Wp, 1 or Wn.
 *
 * The authors start both scales at 1, which suits their normalised convolutions; here each starts at the mean |w| of its
 * set, the least-squares scale, so that an unnormalised recurrence starts stable. Two scales need two planes when the
 * matrix ships, one for each sign; together they hold one trit a weight.
 */
function trained({ rows, columns }: MatrixShape, threshold: number): Quantiser {
  const values = new Float32Array(rows * columns);
  const codes = new Int8Array(rows * columns);
  const scales = new Float32Array(ownScales);
  return {
    rows,
    columns,
    saturation: null,
    codes,
    initialScales: (latent) => meanBySign(latent, threshold * largestMagnitude(latent)),
    quantise(latent, context) {
      if (context.scales?.length !== scales.length) {
        throw new RangeError(`TTQ has 2 learned scales, but was given ${context.scales?.length ?? "none"}.`);
      }
      scales.set(context.scales);
      const levels = Float32Array.of(-scales[1]!, 0, scales[0]!);
      const delta = threshold * largestMagnitude(latent);
      for (let index = 0; index < latent.length; index++) {
        const weight = latent[index]!;
        const code = Number(weight > delta) - Number(weight < -delta);
        codes[index] = code;
        values[index] = levels[code + 1]!;
      }
      return values;
    },
    backward: (_latent, gradient) => scaleGradient(codes, scales, gradient),
    constrain: () => undefined,
    ship: () => ({
      kind: "planes",
      rows,
      columns,
      planes: [
        plane(codes, (code) => Math.max(code, 0), scales[0]!),
        plane(codes, (code) => Math.min(code, 0), scales[1]!),
      ],
    }),
  };
}

function plane(codes: Int8Array, part: (code: number) => number, scale: number): WeightPlane {
  return { levels: "ternary", codes: codes.map(part), scales: Float32Array.of(scale) };
}

/** Gradients of [Wp, Wn]; that of the quantised matrix becomes that of the latent one in place. */
function scaleGradient(codes: Int8Array, scales: Float32Array, gradient: Float32Array): Float32Array {
  const factors = Float32Array.of(scales[1]!, 1, scales[0]!);
  const sums = new Float64Array(3);
  for (let index = 0; index < gradient.length; index++) {
    const set = codes[index]! + 1;
    const slope = gradient[index]!;
    sums[set]! += slope;
    gradient[index] = slope * factors[set]!;
  }
  return Float32Array.of(sums[2]!, -sums[0]!);
}

/** Mean |w| of the weights above the limit, and of those below minus the limit; of all where a set is empty. */
function meanBySign(latent: Float32Array, limit: number): Float32Array {
  const sums = [0, 0, 0];
  const counts = [0, 0, 0];
  for (let index = 0; index < latent.length; index++) {
    const weight = latent[index]!;
    const set = Number(weight > limit) - Number(weight < -limit) + 1;
    sums[set]! += Math.abs(weight);
    counts[set]! += 1;
  }
  const mean = (set: number): number => (counts[set] === 0 ? meanMagnitude(latent) : sums[set]! / counts[set]!);
  return Float32Array.of(mean(2), mean(0));
}
