import type { Quantiser } from "./contract.js";

/**
 * A quantiser that takes the share of its context: a pass multiplies with (1 - share) w + share q(w), w being the latent weights. With
 * the whole share, which is the default, it is the quantiser itself. Codes, and what ships, are always of q(w).
 */
export function blended(inner: Quantiser): Quantiser {
  let share = 1;
  let values: Float32Array | undefined;
  return {
    rows: inner.rows,
    columns: inner.columns,
    saturation: inner.saturation,
    get codes() {
      return inner.codes;
    },
    initialScales: (latent) => inner.initialScales(latent),
    quantise(latent, context) {
      const quantised = inner.quantise(latent, context);
      share = context.share ?? 1;
      if (share === 1) {
        return quantised;
      }
      values ??= new Float32Array(latent.length);
      mix(latent, quantised, share, values);
      return values;
    },
    backward(latent, gradient) {
      if (share === 1) {
        return inner.backward(latent, gradient);
      }
      const straight = gradient.slice();
      const ofScales = inner.backward(latent, gradient);
      mix(straight, gradient, share, gradient);
      return ofScales.map((slope) => share * slope);
    },
    constrain: (latent) => inner.constrain(latent),
    ship: () => inner.ship(),
  };
}

/** (1 - share) a + share b */
function mix(a: Float32Array, b: Float32Array, share: number, out: Float32Array): void {
  for (let index = 0; index < out.length; index++) {
    out[index] = (1 - share) * a[index]! + share * b[index]!;
  }
}
