/** The constant that the authors of LAB and LAQ add to the root, so that unseen weights count a little. */
const floor = 1e-8;

/**
 * The diagonal of the loss's approximate Hessian: the root of Adam's second moment plus 1e-8, as in the released code of
 * Hou and Kwok. A common factor does not matter, so bias correction is left out.
 * @param moment zeros, or none at all, weigh all alike
 * @param out overwritten, one weight for each of the matrix
 */
export function curvature(moment: Float32Array | undefined, out: Float32Array): void {
  if (moment === undefined) {
    out.fill(1);
    return;
  }
  for (let index = 0; index < out.length; index++) {
    out[index] = Math.sqrt(moment[index]!) + floor;
  }
}

/** Mean |w| where |w| > limit, weighted with d; 0 where there is none. A negative limit takes all. */
export function weightedMagnitude(latent: Float32Array, weights: Float32Array, limit: number): number {
  let sum = 0;
  let total = 0;
  for (let index = 0; index < latent.length; index++) {
    const size = Math.abs(latent[index]!);
    const weight = Number(size > limit) * weights[index]!;
    sum += weight * size;
    total += weight;
  }
  return total === 0 ? 0 : sum / total;
}
