import * as tf from "@tensorflow/tfjs";

/** The state as it enters the recurrent product. */
export function dropped(state: tf.Tensor2D, mask: tf.Tensor2D | undefined): tf.Tensor2D {
  return mask === undefined ? state : tf.mul(state, mask);
}

/** Zoneout at each timestep: the share of the old state that `shares` [T, B, H] says stays. */
export function zoneout(shares: tf.Tensor3D | undefined): (before: tf.Tensor2D, after: tf.Tensor2D, t: number) => tf.Tensor2D {
  if (shares === undefined) {
    return (_before, after) => after;
  }
  const perTimestep = tf.unstack(shares) as tf.Tensor2D[];
  return (before, after, t) => {
    const share = perTimestep[t]!;
    return tf.add(tf.mul(share, before), tf.mul(tf.sub(1, share), after));
  };
}

/** [B, C] of each timestep; TensorFlow.js has no gradient of a split into a single part. @param rows [T * B, C], time-major */
export function timestepsOf(rows: tf.Tensor2D, timesteps: number): tf.Tensor2D[] {
  return timesteps === 1 ? [rows] : (tf.split(rows, timesteps) as tf.Tensor2D[]);
}
