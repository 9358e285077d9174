import { takeSigns } from "./binary.js";
import { codedQuantiser } from "./coded.js";
import { quantiserKind, specOf } from "./kind.js";
import { gateScales, perGate } from "./perGate.js";
import type { GateScalesOptions } from "./perGate.js";
import { curvature, weightedMagnitude } from "./secondMoment.js";

/**
 * Proposition 3.1 of Hou, Yao and Kwok 2017, "Loss-aware Binarization of Deep Networks": alpha * sign(w) with
 * alpha = ||d * w||_1 / ||d||_1, d the root of Adam's second moment, which minimises the d-weighted squared error. The paper
 * takes one alpha for each gate's matrix.
 */
export const labKind = quantiserKind({
  kind: "lab",
  word: "tl.lab",
  options: { scales: gateScales },
  levels: "binary",
  needsSecondMoment: true,
  make({ scales }, { rows, columns, gates }) {
    const blocks = scales === "gate" ? gates : 1;
    const weights = new Float32Array((rows * columns) / blocks);
    const rule = perGate(rows, columns, blocks, (latent, { secondMoment }, out) => {
      curvature(secondMoment, weights);
      const alpha = weightedMagnitude(latent, weights, -1);
      takeSigns(latent, alpha, out);
      return alpha;
    });
    return codedQuantiser(rows, columns, "binary", rule);
  },
});

/** Loss-aware binarisation, LAB (Hou et al. 2017): signs with a scale that is fitted to the curvature of the loss, which it reads from Adam. Needs `tl.adam()`. */
export function lab(options: GateScalesOptions = {}) {
  return specOf(labKind, options, { scales: "gate" });
}
