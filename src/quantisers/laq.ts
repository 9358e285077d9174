import * as z from "zod";
import { codedQuantiser } from "./coded.js";
import { descending } from "./descending.js";
import { quantiserKind, specOf } from "./kind.js";
import { meanMagnitude } from "./magnitudes.js";
import { gateScales, perGate } from "./perGate.js";
import type { GateScalesOptions } from "./perGate.js";
import { curvature, weightedMagnitude } from "./secondMoment.js";
import { takeLargest } from "./threshold.js";

/** Threshold of the first codes in the authors' code: that of TWN. */
const startFactor = 0.7;

const mostTurns = 10;

/**
 * Section 3.1 of Hou and Kwok 2018, "Loss-aware Weight Quantization of Deep Networks": alpha * b with b in {-1, 0, +1} and the
 * d-weighted squared error small, d the root of Adam's second moment. The authors take one alpha for each gate's matrix.
 */
export const laqKind = quantiserKind({
  kind: "laq",
  word: "tl.laq",
  options: {
    scales: gateScales,
    /** Absent: the alternating one, at most 10 turns. */
    solver: z.enum(["alternating", "exact"]).optional(),
    iterations: z.number().int().min(1).max(100).optional(),
  },
  levels: "ternary",
  needsSecondMoment: true,
  make({ scales, solver, iterations = mostTurns }, { rows, columns, gates }) {
    const blocks = scales === "gate" ? gates : 1;
    const weights = new Float32Array((rows * columns) / blocks);
    const solve = solver === "exact" ? exact : alternating(iterations);
    const rule = perGate(rows, columns, blocks, (latent, { secondMoment }, out) => {
      curvature(secondMoment, weights);
      const alpha = solve(latent, weights);
      takeLargest(latent, alpha / 2, alpha, out);
      return alpha;
    });
    return codedQuantiser(rows, columns, "ternary", rule);
  },
});

/** Options of `tl.laq()`. */
export interface LaqOptions extends GateScalesOptions {
  /** "alternating" (default) improves codes and scale by turns; "exact" finds the best ones by sorting all weights, which takes longer. */
  solver?: "alternating" | "exact";
  /** Turns of the alternating solver at most. Default 10. */
  iterations?: number;
}

/** Loss-aware ternarisation, LAQ (Hou and Kwok 2018): trits with a scale that is fitted to the curvature of the loss, which it reads from Adam. Needs `tl.adam()`. */
export function laq(options: LaqOptions = {}) {
  const isExact = (Object(options) as LaqOptions).solver === "exact";
  if (isExact && options.iterations !== undefined) {
    throw new TypeError('tl.laq() has iterations for solver "alternating" only: leave them out, or the solver "exact"');
  }
  return specOf(laqKind, options, { scales: "gate", ...(!isExact && { iterations: mostTurns }) });
}

/** The scale alpha; the codes are then |w| > alpha/2. */
type Solver = (latent: Float32Array, weights: Float32Array) => number;

/**
 * The approximate solver: alpha = ||b * d * w||_1 / ||b * d||_1 for given codes, codes |w| > alpha/2 for given alpha, by
 * turns. Ends early at a fixed point, which need not be the best one; the paper allows 10 turns.
 *
 * The authors start each solve from the codes of the last training step; here it starts from TWN's codes, theirs at the
 * first step, so that weights are a function of the latent matrix and its moment alone and a resumed run repeats them.
 */
function alternating(iterations: number): Solver {
  return (latent, weights) => {
    let alpha = weightedMagnitude(latent, weights, startFactor * meanMagnitude(latent));
    for (let iteration = 1; iteration < iterations; iteration++) {
      const better = weightedMagnitude(latent, weights, alpha / 2);
      if (better === alpha) {
        break;
      }
      alpha = better;
    }
    return alpha;
  };
}

/**
 * The exact solver, by sorting: the best codes keep the k largest |w| for some k. With their sums D of d and S of d |w| the
 * best scale is S/D, and it lowers the error by S^2/D: the largest of these wins.
 */
function exact(latent: Float32Array, weights: Float32Array): number {
  const sizes = latent.map(Math.abs);
  let [sum, total, best, alpha] = [0, 0, 0, 0];
  for (const index of descending(sizes)) {
    sum += weights[index]! * sizes[index]!;
    total += weights[index]!;
    const lowered = (sum * sum) / total;
    if (lowered > best) {
      best = lowered;
      alpha = sum / total;
    }
  }
  return alpha;
}
