import type { QuantiserSpec } from "../experiment/quantiserSpec.js";
import { checkOptions } from "./options.js";

/**
 * How weights are quantised; each word returns the plain JSON value of its part of the spec. `src/rnn/quantisers/` has
 * the equations.
 */

type Sampling = "stochastic" | "deterministic";
interface SamplingOptions {
  sampling?: Sampling;
}

/** Weights in {-W0, 0, +W0}; drawn once per minibatch (`stochastic`) or thresholded at W0/3 (`deterministic`). */
export function ternary(options: SamplingOptions = {}): QuantiserSpec {
  const { sampling = "stochastic" } = checkOptions("tl.ternary", options, { sampling: true });
  return { kind: "ternary", sampling };
}

/** Weights in {-W0, +W0}; drawn once per minibatch (`stochastic`) or by sign (`deterministic`). */
export function binary(options: SamplingOptions = {}): QuantiserSpec {
  const { sampling = "stochastic" } = checkOptions("tl.binary", options, { sampling: true });
  return { kind: "binary", sampling };
}

/** Weights as they are: the baseline. */
export function fullPrecision(): QuantiserSpec {
  return { kind: "full-precision" };
}

/** BinaryConnect (Courbariaux et al. 2015): -1 or +1 times `magnitude`, latent weights clipped. */
export function binaryConnect(options: SamplingOptions & { magnitude?: number } = {}): QuantiserSpec {
  const { sampling = "stochastic", magnitude = 1 } = checkOptions("tl.binaryConnect", options, { sampling: true, magnitude: true });
  return { kind: "binary-connect", sampling, magnitude };
}

/** TernaryConnect (Lin et al. 2016): -1, 0 or +1 times `magnitude`. */
export function ternaryConnect(options: SamplingOptions & { magnitude?: number } = {}): QuantiserSpec {
  const { sampling = "stochastic", magnitude = 1 } = checkOptions("tl.ternaryConnect", options, { sampling: true, magnitude: true });
  return { kind: "ternary-connect", sampling, magnitude };
}

/** sign(w) without a scale (Hou et al. 2019); give it a normaliser. */
export function sign(): QuantiserSpec {
  return { kind: "sign" };
}

/** -1, 0 or +1 by a threshold at `factor` times the mean |w|, without a scale (Hou et al. 2019); give it a normaliser. */
export function threshold(options: { factor?: number } = {}): QuantiserSpec {
  const { factor = 0.7 } = checkOptions("tl.threshold", options, { factor: true });
  return { kind: "threshold", factor };
}

/** Ternary weight networks (Li and Liu 2016): as `threshold`, with the scale that fits the kept weights best. */
export function twn(options: { factor?: number } = {}): QuantiserSpec {
  const { factor = 0.7 } = checkOptions("tl.twn", options, { factor: true });
  return { kind: "twn", factor };
}

/** Trained ternary quantisation (Zhu et al. 2017): two learned scales; threshold at a share of the largest |w|. */
export function ttq(options: { threshold?: number } = {}): QuantiserSpec {
  const { threshold: share = 0.05 } = checkOptions("tl.ttq", options, { threshold: true });
  return { kind: "ttq", threshold: share };
}

/** Loss-aware binarisation (Hou et al. 2017); needs Adam. */
export function lab(): QuantiserSpec {
  return { kind: "lab" };
}

interface LaqOptions {
  /** By turns to a fixed point, default, or the best codes and scale by sorting all weights, which takes longer. */
  solver?: "alternating" | "exact";
  /** Turns of the alternating solver at most. Default 10. */
  iterations?: number;
}

/** Loss-aware ternarisation (Hou and Kwok 2018); needs Adam. */
export function laq(options: LaqOptions = {}): QuantiserSpec {
  const { solver, iterations } = checkOptions("tl.laq", options, { solver: true, iterations: true });
  if (solver === "exact") {
    if (iterations !== undefined) {
      throw new TypeError('tl.laq() has iterations for solver "alternating" only: leave them out, or the solver "exact"');
    }
    return { kind: "laq", solver };
  }
  return { kind: "laq", ...(solver !== undefined && { solver }), iterations: iterations ?? 10 };
}

/** DoReFa (Zhou et al. 2016): uniform levels of `bits` bits after a tanh. */
export function doReFa(options: { bits?: number } = {}): QuantiserSpec {
  const { bits = 3 } = checkOptions("tl.doReFa", options, { bits: true });
  return { kind: "dorefa", bits };
}

/** Alternating multi-bit (Xu et al. 2018): a sum of `bits` scaled sign matrices, scales of their own for each column. */
export function alternating(options: { bits?: number; iterations?: number } = {}): QuantiserSpec {
  const { bits = 2, iterations = 2 } = checkOptions("tl.alternating", options, { bits: true, iterations: true });
  return { kind: "alternating", bits, iterations };
}
