import type * as tf from "@tensorflow/tfjs";
import type { LayerPassMasks } from "../training/layerPass.js";

/**
 * The padded timesteps of a batch, as a mask of TensorFlow.js tells them: a padded timestep carries the states on and repeats the
 * output, as in `tf.layers.lstm`, and batch statistics leave it out.
 */
export interface Padding {
  /** [T, B]: 1 for a timestep of a sequence, 0 for padding. */
  readonly counted: Float32Array;
}

/**
 * @param mask [B, T] of truth values, true for a timestep of a sequence
 * @throws RangeError for a mask of another shape
 */
export function paddingOf(mask: tf.Tensor, batch: number, timesteps: number): Padding {
  if (mask.shape.length !== 2 || mask.shape[0] !== batch || mask.shape[1] !== timesteps) {
    throw new RangeError(`The mask has shape [${mask.shape.join(", ")}]; input of ${batch} sequences of ${timesteps} timesteps needs [${batch}, ${timesteps}].`);
  }
  const values = mask.dataSync();
  return { counted: Float32Array.from({ length: timesteps * batch }, (_, at) => (values[(at % batch) * timesteps + Math.floor(at / batch)] ? 1 : 0)) };
}

/** Zoneout keeps all of the old state at padded timesteps. @param masks of the regularisers */
export function heldStates(masks: LayerPassMasks, { counted }: Padding, units: number, hasCell: boolean): LayerPassMasks {
  const held = (shares: Float32Array | undefined): Float32Array =>
    Float32Array.from({ length: counted.length * units }, (_, at) => (counted[Math.floor(at / units)] === 0 ? 1 : (shares?.[at] ?? 0)));
  return {
    ...masks,
    zoneoutHidden: held(masks.zoneoutHidden),
    ...(hasCell && { zoneoutCell: held(masks.zoneoutCell) }),
  };
}

/** Sequences that count at each timestep. */
export function countsOf({ counted }: Padding, timesteps: number): Float32Array {
  const batch = counted.length / timesteps;
  return Float32Array.from({ length: timesteps }, (_, t) => counted.subarray(t * batch, (t + 1) * batch).reduce((sum, one) => sum + one, 0));
}
