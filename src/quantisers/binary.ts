import { bitsAt } from "../numbers/random.js";
import type { RandomStream } from "../numbers/random.js";
import { codedQuantiser } from "./coded.js";
import type { CodedMatrix } from "./coded.js";
import type { Quantiser, Sampling } from "./contract.js";
import { clipTo, fixedMagnitude, magnitudeFields } from "./fixedMagnitude.js";
import type { SamplingOptions } from "./fixedMagnitude.js";
import { quantiserKind, specOf } from "./kind.js";
import type { MatrixShape } from "./kind.js";

export const binaryKind = quantiserKind({
  kind: "binary",
  word: "tl.binary",
  options: magnitudeFields,
  levels: "binary",
  make: (spec, shape) => signsOfMagnitude(shape, spec),
});

/** Options of `tl.binary()`. */
export interface BinaryOptions extends SamplingOptions {
  /** W0, the magnitude of the levels, above 0. Default: half the Glorot limit of the matrix's size, as in the paper. */
  magnitude?: number;
  /** Whether latent weights are clipped to [-W0, W0] after each update, as BinaryConnect does. Default: false. */
  clip?: boolean;
}

/**
 * One-bit weights, -W0 or +W0 (Ardakani et al. 2019). With `sampling: "stochastic"`, the default and the paper's method, they are drawn once
 * for each minibatch; with "deterministic" the sign decides.
 */
export function binary(options: BinaryOptions = {}) {
  if (Object.hasOwn(Object(options) as object, "threshold")) {
    throw new TypeError("tl.binary() has no threshold, because its deterministic rule takes the sign; tl.ternary({ threshold }) has one");
  }
  return specOf(binaryKind, options, { sampling: "stochastic" });
}

/** What the rules with levels at a fixed magnitude have in common. */
export interface MagnitudeOptions {
  readonly sampling: Sampling;
  /** The magnitude of the levels. Default: W0 of the matrix's size. */
  readonly magnitude?: number | undefined;
  /** Whether latent weights are clipped to [-magnitude, magnitude] after each update. Default: no. */
  readonly clip?: boolean | undefined;
}

/**
 * Binary weights of Ardakani et al. 2019, "Learning Recurrent Binary/Ternary Weights", section 2, as their released code
 * computes them: +W0 with probability clip((w/W0 + 1)/2, 0, 1), else -W0; deterministically the sign. They do not clip the
 * latent weights: beyond W0 they are certain.
 *
 * Clipped, and with a magnitude of 1, it is BinaryConnect (Courbariaux, Bengio and David 2015, equations 1 to 3), whose
 * latent weights therefore do not grow without an effect.
 */
export function signsOfMagnitude({ rows, columns }: MatrixShape, options: MagnitudeOptions): Quantiser {
  const { sampling, magnitude = fixedMagnitude(rows, columns), clip = false } = options;
  return codedQuantiser(
    rows,
    columns,
    "binary",
    (latent, context, out) => {
      if ((context.sampling ?? sampling) === "stochastic") {
        drawBinary(latent, magnitude, context.stream, out);
      } else {
        takeSigns(latent, magnitude, out);
      }
      return magnitude;
    },
    { saturation: magnitude, ...(clip && { constrain: (latent) => clipTo(latent, magnitude) }) },
  );
}

/** w against a uniform number of [-magnitude, magnitude). */
function drawBinary(latent: Float32Array, magnitude: number, { key0, key1 }: RandomStream, out: CodedMatrix): void {
  const { values, codes } = out;
  const scale = magnitude * 2 ** -31;
  for (let index = 0; index < latent.length; index++) {
    const drawn = bitsAt(key0, key1, index) * scale;
    // Number(comparison) compiles without a branch; a branch on random numbers would cost five times as much.
    const code = 2 * Number(drawn < latent[index]!) - 1;
    codes[index] = code;
    values[index] = code * magnitude;
  }
}

/** +scale where w >= 0, else -scale. */
export function takeSigns(latent: Float32Array, scale: number, { values, codes }: CodedMatrix): void {
  for (let index = 0; index < latent.length; index++) {
    const code = 2 * Number(latent[index]! >= 0) - 1;
    codes[index] = code;
    values[index] = code * scale;
  }
}
