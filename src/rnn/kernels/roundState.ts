import * as tf from "@tensorflow/tfjs";
import { levelsOfBits, smallestRange } from "../activationRounding.js";
import { formatRange } from "../fixedState.js";
import type { FixedPoint } from "./contract.js";

/**
 * A state in fixed point: nearest, ties upwards, saturated. Its gradient is straight-through (Bengio et al. 2013), and zero
 * where the value lies outside of the range, as that of clipping (Hubara et al. 2016): rounding alone has none.
 * @param format the state as it is, where there is none
 */
export function stateRounder(format: FixedPoint | undefined): (state: tf.Tensor2D) => tf.Tensor2D {
  if (format === undefined) {
    return (state) => state;
  }
  const { low, high } = formatRange(format);
  const scale = 2 ** format.fractionBits;
  const rounded = tf.customGrad((state, save) => {
    (save as (tensors: tf.Tensor[]) => void)([state as tf.Tensor]);
    const scaled = tf.mul(state as tf.Tensor, scale);
    const floor = tf.floor(scaled);
    // Adding a half before the floor would itself be rounded, in single precision.
    const up = tf.cast(tf.greaterEqual(tf.sub(scaled, floor), 0.5), "float32");
    const value = tf.clipByValue(tf.div(tf.add(floor, up), scale), low, high);
    const gradFunc = (gradient: tf.Tensor, saved: tf.Tensor[]): tf.Tensor => {
      const inside = tf.logicalAnd(tf.greaterEqual(saved[0]!, low), tf.lessEqual(saved[0]!, high));
      return tf.mul(gradient, tf.cast(inside, "float32"));
    };
    return { value, gradFunc };
  });
  return (state) => rounded(state) as tf.Tensor2D;
}

/** Activations of `ActivationRounding`, with the straight-through gradient. @param bits without them: as they are */
export function activationRounder(bits: number | undefined): (rows: tf.Tensor2D) => tf.Tensor2D {
  if (bits === undefined) {
    return (rows) => rows;
  }
  const rounded = tf.customGrad((rows) => {
    const range = tf.maximum(tf.max(tf.abs(rows as tf.Tensor2D), 1, true), smallestRange);
    const scale = tf.div(levelsOfBits(bits), range);
    const value = tf.div(tf.floor(tf.add(tf.mul(rows as tf.Tensor2D, scale), 0.5)), scale);
    return { value, gradFunc: (gradient: tf.Tensor) => gradient };
  });
  return (rows) => rounded(rows) as tf.Tensor2D;
}
