import type { SequenceInput } from "../kernels/contract.js";

/** What one step of training, or one pass of an evaluation, reads. */
export interface Minibatch {
  /** Time-major: T timesteps of B sequences. */
  readonly input: SequenceInput;
  /** [T * B], the class that follows each timestep, or [B], the class of each whole sequence. */
  readonly targets: Int32Array;
  /** Whether each sequence goes on where that of the minibatch before ended. */
  readonly continues: boolean;
}

export interface MinibatchShape {
  /** T */
  readonly timesteps: number;
  /** B */
  readonly batch: number;
}

/** Minibatches by the number of the training step; what a step reads follows from the seed and the number alone. */
export interface TrainingBatches {
  readonly stepsPerEpoch: number;
  /** @param step from 0; the result is valid until the next call */
  at(step: number): Minibatch;
}
