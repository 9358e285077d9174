import type { ClippingSpec } from "../../experiment/spec.js";

/**
 * Limits gradients in place (Pascanu et al. 2013).
 * @param norm Euclidean norm of all gradients together
 */
export function clipGradients(gradients: Iterable<Float32Array>, norm: number, clipping: ClippingSpec): void {
  switch (clipping.kind) {
    case "none":
      return;
    case "norm":
      if (norm > clipping.limit) {
        scale(gradients, clipping.limit / norm);
      }
      return;
    case "value":
      for (const gradient of gradients) {
        clampAll(gradient, clipping.limit);
      }
  }
}

function scale(gradients: Iterable<Float32Array>, factor: number): void {
  for (const gradient of gradients) {
    for (let index = 0; index < gradient.length; index++) {
      gradient[index]! *= factor;
    }
  }
}

function clampAll(gradient: Float32Array, limit: number): void {
  for (let index = 0; index < gradient.length; index++) {
    gradient[index] = Math.max(-limit, Math.min(limit, gradient[index]!));
  }
}
