import { requireValid } from "../experiment/faults.js";
import { type QuantiserSpec, quantiserSchema } from "../experiment/quantiserSpec.js";
import { checkOptions } from "../experiment/options.js";

/**
 * How weights are quantised; each word returns the plain JSON value of its part of the spec. `src/quantisers/` has
 * the equations.
 */

type Sampling = "stochastic" | "deterministic";
interface SamplingOptions {
  sampling?: Sampling;
}

interface BinaryOptions extends SamplingOptions {
  /** W0, the magnitude of the levels, above 0. Default: half the Glorot limit of the matrix's size, as in the paper. */
  magnitude?: number;
  /** Whether latent weights are clipped to [-W0, W0] after each update, as BinaryConnect does. Default: false. */
  clip?: boolean;
}

interface TernaryOptions extends BinaryOptions {
  /** Latent weights up to this share of W0, between 0 and 1, become 0 by the deterministic rule. Default: 1/3. */
  threshold?: number;
}

/**
 * Weights in {-W0, 0, +W0} (Ardakani et al. 2019); drawn once per minibatch (`stochastic`, default) or thresholded
 * (`deterministic`).
 */
export function ternary(options: TernaryOptions = {}): QuantiserSpec {
  const known = { sampling: true, magnitude: true, clip: true, threshold: true } as const;
  const { sampling = "stochastic", ...more } = checkOptions("tl.ternary", options, known);
  return checked("tl.ternary", { kind: "ternary", sampling, ...given(more) });
}

/** Weights in {-W0, +W0} (Ardakani et al. 2019); drawn once per minibatch (`stochastic`, default) or by sign (`deterministic`). */
export function binary(options: BinaryOptions = {}): QuantiserSpec {
  if (Object.hasOwn(Object(options), "threshold")) {
    throw new TypeError("tl.binary() has no threshold, because its deterministic rule takes the sign; tl.ternary({ threshold }) has one");
  }
  const known = { sampling: true, magnitude: true, clip: true } as const;
  const { sampling = "stochastic", ...more } = checkOptions("tl.binary", options, known);
  return checked("tl.binary", { kind: "binary", sampling, ...given(more) });
}

/** @throws TypeError that names option, value and what to give */
function checked(word: string, spec: QuantiserSpec): QuantiserSpec {
  return requireValid(`${word}()`, quantiserSchema, spec);
}

/** A spec has no fields for what is left to its defaults. */
function given<O extends object>(options: O): O {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as O;
}

/** Weights as they are: the baseline. */
export function fullPrecision(): QuantiserSpec {
  return checked("tl.fullPrecision", { kind: "full-precision" });
}

/** BinaryConnect (Courbariaux et al. 2015): -1 or +1 times `magnitude`, latent weights clipped. */
export function binaryConnect(options: SamplingOptions & { magnitude?: number } = {}): QuantiserSpec {
  const { sampling = "stochastic", magnitude = 1 } = checkOptions("tl.binaryConnect", options, { sampling: true, magnitude: true });
  return checked("tl.binaryConnect", { kind: "binary-connect", sampling, magnitude });
}

/** TernaryConnect (Lin et al. 2016): -1, 0 or +1 times `magnitude`. */
export function ternaryConnect(options: SamplingOptions & { magnitude?: number } = {}): QuantiserSpec {
  const { sampling = "stochastic", magnitude = 1 } = checkOptions("tl.ternaryConnect", options, { sampling: true, magnitude: true });
  return checked("tl.ternaryConnect", { kind: "ternary-connect", sampling, magnitude });
}

/** sign(w) without a scale (Hou et al. 2019); give it a normaliser. */
export function sign(): QuantiserSpec {
  return checked("tl.sign", { kind: "sign" });
}

/** -1, 0 or +1 by a threshold at `factor` times the mean |w|, without a scale (Hou et al. 2019); give it a normaliser. */
export function threshold(options: { factor?: number } = {}): QuantiserSpec {
  const { factor = 0.7 } = checkOptions("tl.threshold", options, { factor: true });
  return checked("tl.threshold", { kind: "threshold", factor });
}

/** Ternary weight networks (Li and Liu 2016): as `threshold`, with the scale that fits the kept weights best. */
export function twn(options: { factor?: number } = {}): QuantiserSpec {
  const { factor = 0.7 } = checkOptions("tl.twn", options, { factor: true });
  return checked("tl.twn", { kind: "twn", factor });
}

/** Trained ternary quantisation (Zhu et al. 2017): two learned scales; threshold at a share of the largest |w|. */
export function ttq(options: { threshold?: number } = {}): QuantiserSpec {
  const { threshold: share = 0.05 } = checkOptions("tl.ttq", options, { threshold: true });
  return checked("tl.ttq", { kind: "ttq", threshold: share });
}

interface LossAwareOptions {
  /** A scale for each gate's columns, as the authors have it (default), or one for the whole matrix. An output matrix has one. */
  scales?: "gate" | "matrix";
}

/** Loss-aware binarisation (Hou et al. 2017); needs Adam. */
export function lab(options: LossAwareOptions = {}): QuantiserSpec {
  const { scales = "gate" } = checkOptions("tl.lab", options, { scales: true });
  return checked("tl.lab", { kind: "lab", scales });
}

interface LaqOptions extends LossAwareOptions {
  /** By turns to a fixed point, default, or the best codes and scale by sorting all weights, which takes longer. */
  solver?: "alternating" | "exact";
  /** Turns of the alternating solver at most. Default 10. */
  iterations?: number;
}

/** Loss-aware ternarisation (Hou and Kwok 2018); needs Adam. */
export function laq(options: LaqOptions = {}): QuantiserSpec {
  const { scales = "gate", solver, iterations } = checkOptions("tl.laq", options, { scales: true, solver: true, iterations: true });
  if (solver === "exact") {
    if (iterations !== undefined) {
      throw new TypeError('tl.laq() has iterations for solver "alternating" only: leave them out, or the solver "exact"');
    }
    return checked("tl.laq", { kind: "laq", scales, solver });
  }
  return checked("tl.laq", { kind: "laq", scales, ...(solver !== undefined && { solver }), iterations: iterations ?? 10 });
}

/** DoReFa (Zhou et al. 2016): uniform levels of `bits` bits after a tanh. */
export function doReFa(options: { bits?: number } = {}): QuantiserSpec {
  const { bits = 3 } = checkOptions("tl.doReFa", options, { bits: true });
  return checked("tl.doReFa", { kind: "dorefa", bits });
}

/** Alternating multi-bit (Xu et al. 2018): a sum of `bits` scaled sign matrices, scales of their own for each column. */
export function alternating(options: { bits?: number; iterations?: number } = {}): QuantiserSpec {
  const { bits = 2, iterations = 2 } = checkOptions("tl.alternating", options, { bits: true, iterations: true });
  return checked("tl.alternating", { kind: "alternating", bits, iterations });
}
