import { takeSigns } from "./binary.js";
import { codedQuantiser } from "./coded.js";
import type { Quantiser } from "./contract.js";
import { perGate } from "./perGate.js";
import { curvature, weightedMagnitude } from "./secondMoment.js";

/**
 * Loss-aware binarisation (Hou, Yao and Kwok 2017, "Loss-aware Binarization of Deep Networks", proposition 3.1): alpha *
 * sign(w) with alpha = ||d * w||_1 / ||d||_1, d the root of Adam's second moment, which minimises the d-weighted squared
 * error. The paper takes one alpha for each gate's matrix.
 * @param gates 1 takes one alpha for the whole matrix
 */
export function lab(rows: number, columns: number, gates: number): Quantiser {
  const weights = new Float32Array((rows * columns) / gates);
  const rule = perGate(rows, columns, gates, (latent, { secondMoment }, out) => {
    curvature(secondMoment, weights);
    const alpha = weightedMagnitude(latent, weights, -1);
    takeSigns(latent, alpha, out);
    return alpha;
  });
  return codedQuantiser(rows, columns, "binary", rule);
}
