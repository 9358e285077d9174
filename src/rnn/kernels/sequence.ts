import type * as tf from "@tensorflow/tfjs";
import { gruWeightNames, lstmWeightNames } from "./contract.js";
import type { GruShape, LstmShape } from "./contract.js";
import type { Moments } from "./normalise.js";

/** What the recurrences of both cells share. */

export type CellShape = LstmShape | GruShape;

export function isGru(shape: CellShape): shape is GruShape {
  return "reset" in shape;
}

export function weightNamesFor(shape: CellShape): readonly string[] {
  return isGru(shape) ? gruWeightNames : lstmWeightNames;
}

/** Columns of each weight; a matrix has I or H rows, a constant 1 (or T in an affine pass), a state 1. */
export function weightColumns(shape: CellShape, name: string): number {
  const wide = ["inputWeights", "recurrentWeights", "gammaInput", "gammaRecurrent", "betaRecurrent"];
  return wide.includes(name) ? (isGru(shape) ? 3 : 4) * shape.units : shape.units;
}

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

export type NormalisedPart = "input" | "recurrent" | "cell";
/** Moments [T, C] of each part that is normalised over the batch. */
export type PartMoments = Readonly<Partial<Record<NormalisedPart, Moments>>>;

export interface SequenceResult {
  /** T tensors [B, H] */
  readonly hidden: tf.Tensor2D[];
  /** [B, H]; LSTM only */
  readonly lastCell?: tf.Tensor2D;
  readonly statistics: PartMoments;
}
