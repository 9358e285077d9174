import { uniformAt } from "../../numbers/random.js";
import type { RandomStream } from "../../numbers/random.js";

/**
 * Fills a mask with 0 at probability `rate` and 1 / (1 - rate) else, so that expectations stay (inverted dropout,
 * Srivastava et al. 2014).
 */
export function drawDropoutMask(mask: Float32Array, rate: number, stream: RandomStream): Float32Array {
  const kept = 1 / (1 - rate);
  for (let index = 0; index < mask.length; index++) {
    mask[index] = uniformAt(stream, index) < rate ? 0 : kept;
  }
  return mask;
}

/** Fills a mask with 1 at probability `rate` and 0 else: which units keep their old state (zoneout, Krueger et al. 2017). */
export function drawZoneoutMask(mask: Float32Array, rate: number, stream: RandomStream): Float32Array {
  for (let index = 0; index < mask.length; index++) {
    mask[index] = Number(uniformAt(stream, index) < rate);
  }
  return mask;
}

/** out = values * mask, element by element. */
export function multiplyInto(out: Float32Array, values: Float32Array, mask: Float32Array): Float32Array {
  for (let index = 0; index < out.length; index++) {
    out[index] = values[index]! * mask[index]!;
  }
  return out;
}
