import type * as tf from "@tensorflow/tfjs";
import type { NormalisedPart } from "../../cells/contract.js";
import type { Moments } from "./normalise.js";

/** What the recurrences of all cells share. */

/** Normaliser constants as [R, columns], R = 1 or T; states as [B, H], already one row for each sequence. */
export interface GruTensors {
  readonly inputWeights: tf.Tensor2D;
  readonly recurrentWeights: tf.Tensor2D;
  readonly gammaInput: tf.Tensor2D;
  readonly gammaRecurrent: tf.Tensor2D;
  readonly betaRecurrent: tf.Tensor2D;
  readonly betaReset: tf.Tensor2D;
  readonly initialHidden: tf.Tensor2D;
}

export interface MinGruTensors extends Pick<GruTensors, "inputWeights" | "gammaInput" | "initialHidden"> {
  readonly betaInput: tf.Tensor2D;
}

export interface LstmTensors extends Omit<GruTensors, "betaReset"> {
  readonly gammaCell: tf.Tensor2D;
  readonly betaCell: tf.Tensor2D;
  readonly initialCell: tf.Tensor2D;
}

/** Factors of regularisation, as in `LstmForwardOptions`. */
export interface SequenceMasks {
  /** [B, H] */
  readonly recurrentMask?: tf.Tensor2D;
  /** [T, B, H] */
  readonly zoneoutHidden?: tf.Tensor3D;
  /** [T, B, H]; LSTM only */
  readonly zoneoutCell?: tf.Tensor3D;
  /** T tensors [B, 1]: 1 for a row that batch statistics count, 0 for padding */
  readonly countedRows?: readonly tf.Tensor2D[];
}

/** Moments [T, C] of each part that is normalised over the batch. */
export type PartMoments = Readonly<Partial<Record<NormalisedPart, Moments>>>;

export interface SequenceResult {
  /** T tensors [B, H] */
  readonly hidden: tf.Tensor2D[];
  /** [B, H]; LSTM only */
  readonly lastCell?: tf.Tensor2D;
  readonly statistics: PartMoments;
}

/**
 * One cell's recurrence in tensor operations.
 * @param inputs [T * B, I], time-major; one-hot rows for symbols
 */
export type Sequence<Shape, Tensors> = (shape: Shape, weights: Tensors, inputs: tf.Tensor2D, masks?: SequenceMasks) => SequenceResult;
