/** What the recipes of the rows and the levers of the ablation share. */

/** The deterministic rule, with latent weights clipped at the magnitude. */
export const deterministic = { sampling: "deterministic", clip: true, magnitude: 0.025 };

/** Adam with one cycle to a peak, and the norm of gradients clipped. */
export function adamOf(tl, peak, norm = 1) {
  return tl.adam({ learningRate: tl.oneCycle(peak), clipping: tl.clipNorm(norm) });
}
