import * as tf from "@tensorflow/tfjs";
import type { Normalisation } from "./contract.js";

/** A mean and a biased variance for each column: [1, C] of one timestep, [T, C] of a sequence. */
export interface Moments {
  readonly mean: tf.Tensor2D;
  readonly variance: tf.Tensor2D;
}

/** One normalised value of the recurrence: applies the form that the pass asks for, and keeps the batch's moments. */
export class Normaliser {
  private readonly timesteps: Moments[] = [];

  constructor(
    private readonly kind: Normalisation,
    private readonly epsilon: number,
    /** [B, 1] of each timestep: 1 for a row that batch statistics count, 0 for padding. Default: all count. */
    private readonly countedRows?: readonly tf.Tensor2D[],
  ) {}

  /**
   * The value times its gain, without the shift.
   * @param values [B, C] at timestep t
   * @param gamma [R, C] with R = 1 or T
   */
  apply(values: tf.Tensor2D, gamma: tf.Tensor2D, t: number): tf.Tensor2D {
    switch (this.kind) {
      case "none":
        return values;
      case "affine":
        return tf.mul(values, rowAt(gamma, t));
      case "layer":
        return tf.mul(this.standardised(values, momentsAlong(values, 1)), gamma);
      case "rms":
        return tf.mul(tf.mul(values, tf.rsqrt(tf.add(tf.mean(tf.square(values), 1, true), this.epsilon))), gamma);
      case "batch": {
        const moments = this.countedRows ? momentsOfRows(values, this.countedRows[t]!) : momentsAlong(values, 0);
        this.timesteps.push(moments);
        return tf.mul(this.standardised(values, moments), gamma);
      }
    }
  }

  /** Moments of each timestep so far, [T, C]; undefined where nothing is normalised over the batch. */
  moments(): Moments | undefined {
    return this.kind === "batch"
      ? {
          mean: tf.concat(this.timesteps.map(({ mean }) => mean)),
          variance: tf.concat(this.timesteps.map(({ variance }) => variance)),
        }
      : undefined;
  }

  private standardised(values: tf.Tensor2D, { mean, variance }: Moments): tf.Tensor2D {
    return tf.mul(tf.sub(values, mean), tf.rsqrt(tf.add(variance, this.epsilon)));
  }
}

/** Over the rows (0, for each column) or over the columns (1, for each row). */
function momentsAlong(values: tf.Tensor2D, axis: 0 | 1): Moments {
  const mean = tf.mean<tf.Tensor2D>(values, axis, true);
  return { mean, variance: tf.mean(tf.square(tf.sub(values, mean)), axis, true) };
}

/** For each column over the rows that count; zeros where none does. @param counted [B, 1], 1 or 0 */
function momentsOfRows(values: tf.Tensor2D, counted: tf.Tensor2D): Moments {
  const shares = tf.div(counted, tf.maximum(tf.sum(counted), 1));
  const mean = tf.sum<tf.Tensor2D>(tf.mul(values, shares), 0, true);
  return { mean, variance: tf.sum(tf.mul(tf.square(tf.sub(values, mean)), shares), 0, true) };
}

/** The row of timestep t of [R, C]: the only one there is, or the t-th. */
export function rowAt(constants: tf.Tensor2D, t: number): tf.Tensor2D {
  return constants.shape[0] === 1 ? constants : tf.slice(constants, [t, 0], [1, -1]);
}
