import * as z from "zod";
import { bitsAt } from "../numbers/random.js";
import type { RandomStream } from "../numbers/random.js";
import type { BinaryOptions, MagnitudeOptions } from "./binary.js";
import { codedQuantiser } from "./coded.js";
import type { CodedMatrix } from "./coded.js";
import type { Quantiser } from "./contract.js";
import { clipTo, fixedMagnitude, magnitudeFields } from "./fixedMagnitude.js";
import { quantiserKind, specOf } from "./kind.js";
import type { MatrixShape } from "./kind.js";

export const ternaryKind = quantiserKind({
  kind: "ternary",
  word: "tl.ternary",
  options: {
    ...magnitudeFields,
    /** The threshold of the deterministic rule, as a share of the magnitude; absent: a third. */
    threshold: z.number().gt(0).lt(1).optional(),
  },
  levels: "ternary",
  make: (spec, shape) => tritsOfMagnitude(shape, spec),
});

/** Options of `tl.ternary()`. */
export interface TernaryOptions extends BinaryOptions {
  /** Latent weights up to this share of W0, between 0 and 1, become 0 by the deterministic rule. Default: 1/3. */
  threshold?: number;
}

/**
 * One-trit weights, -W0, 0 or +W0 (Ardakani et al. 2019). With `sampling: "stochastic"`, the default and the paper's method, they are drawn
 * once for each minibatch; with "deterministic" a threshold decides. The quickstart takes
 * `tl.ternary({ sampling: "deterministic", clip: true, threshold: 0.5 })`, which learns in fewer steps.
 */
export function ternary(options: TernaryOptions = {}) {
  return specOf(ternaryKind, options, { sampling: "stochastic" });
}

interface ThresholdedOptions extends MagnitudeOptions {
  /** The threshold of the deterministic rule, as a share of the magnitude. Default: a third. */
  readonly threshold?: number | undefined;
}

/**
 * Ternary weights of Ardakani et al. 2019, "Learning Recurrent Binary/Ternary Weights", section 2, as their released
 * code computes them: sign(w) W0 with probability clip(|w|/W0, 0, 1), else 0; deterministically +W0 where w > W0/3, -W0
 * where w <= -W0/3, else 0. They do not clip the latent weights.
 *
 * Clipped, with a magnitude of 1 and a threshold of a half, it is TernaryConnect (Lin, Courbariaux, Memisevic and Bengio
 * 2016, section 3.2).
 */
export function tritsOfMagnitude({ rows, columns }: MatrixShape, options: ThresholdedOptions): Quantiser {
  const { sampling, magnitude = fixedMagnitude(rows, columns), threshold, clip = false } = options;
  const limit = threshold === undefined ? magnitude / 3 : magnitude * threshold;
  return codedQuantiser(
    rows,
    columns,
    "ternary",
    (latent, context, out) => {
      if ((context.sampling ?? sampling) === "stochastic") {
        drawTernary(latent, magnitude, context.stream, out);
      } else {
        roundTernary(latent, magnitude, limit, out);
      }
      return magnitude;
    },
    { saturation: magnitude, ...(clip && { constrain: (latent) => clipTo(latent, magnitude) }) },
  );
}

/** |w| against a uniform number of [0, magnitude). */
function drawTernary(latent: Float32Array, magnitude: number, { key0, key1 }: RandomStream, out: CodedMatrix): void {
  const { values, codes } = out;
  const scale = magnitude * 2 ** -32;
  for (let index = 0; index < latent.length; index++) {
    const drawn = (bitsAt(key0, key1, index) >>> 0) * scale;
    const weight = latent[index]!;
    // Number(comparison) compiles without a branch; a branch on random numbers would cost five times as much.
    const code = Number(weight > drawn) - Number(weight < -drawn);
    codes[index] = code;
    values[index] = code * magnitude;
  }
}

/** +magnitude where w > threshold, -magnitude where w <= -threshold, else 0. */
function roundTernary(latent: Float32Array, magnitude: number, threshold: number, { values, codes }: CodedMatrix): void {
  for (let index = 0; index < latent.length; index++) {
    const weight = latent[index]!;
    const code = Number(weight > threshold) - Number(weight <= -threshold);
    codes[index] = code;
    values[index] = code * magnitude;
  }
}
