import * as tf from "@tensorflow/tfjs";
import type { LstmShape } from "./contract.js";
import { Normaliser, rowAt } from "./normalise.js";
import { activationRounder, stateRounder } from "./roundState.js";
import type { LstmTensors, PartMoments, SequenceMasks, SequenceResult } from "./sequence.js";
import { dropped, timestepsOf, zoneout } from "./stepMasks.js";

/**
 * The LSTM in tensor operations, differentiable by TensorFlow.js: the readable definition of what every compute kernel
 * computes. Shapes and gate order as in `contract.ts`.
 *
 *   p_t = N(m h_{t-1} · Wa; gammaRecurrent) + N(x_t · Wx; gammaInput) + betaRecurrent
 *   g, f, i, o = tanh(p_g), sigmoid(p_f), sigmoid(p_i), sigmoid(p_o)
 *   c'_t = f c_{t-1} + i g
 *   h'_t = o tanh(N(c'_t; gammaCell) + betaCell)
 *
 * then zoneout of h' and c', each with its own shares. With `rounding` c' is rounded before h' reads it, and both states after
 * each of these steps. With `activations` x_t, and m h_{t-1}, are rounded as they enter their products.
 * @param inputs [T * B, I], time-major; one-hot rows for symbols
 */
export function lstmSequence(
  shape: LstmShape,
  weights: LstmTensors,
  inputs: tf.Tensor2D,
  masks: SequenceMasks = {},
): SequenceResult & { readonly lastCell: tf.Tensor2D } {
  const input = new Normaliser(shape.normalisation, shape.epsilon, masks.countedRows);
  const recurrent = new Normaliser(shape.normalisation, shape.epsilon, masks.countedRows);
  const cellOutput = new Normaliser(shape.cellNormalisation, shape.epsilon, masks.countedRows);
  const zoneHidden = zoneout(masks.zoneoutHidden);
  const zoneCell = zoneout(masks.zoneoutCell);

  const roundHidden = stateRounder(shape.rounding?.hidden);
  const roundCell = stateRounder(shape.rounding?.cell);

  const roundActivation = activationRounder(shape.activations?.recurrent);

  let hidden = roundHidden(weights.initialHidden);
  let cell = roundCell(weights.initialCell);
  const inputProducts = timestepsOf(tf.matMul(activationRounder(shape.activations?.input)(inputs), weights.inputWeights), shape.timesteps);
  const states = inputProducts.map((inputProduct, t) => {
    const recurrentProduct: tf.Tensor2D = tf.matMul(roundActivation(dropped(hidden, masks.recurrentMask)), weights.recurrentWeights);
    const gates = tf.add(
      tf.add(recurrent.apply(recurrentProduct, weights.gammaRecurrent, t), input.apply(inputProduct, weights.gammaInput, t)),
      rowAt(weights.betaRecurrent, t),
    );
    const [candidate, forget, write, output] = tf.split(gates, 4, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    const nextCell = roundCell(tf.add(tf.mul(tf.sigmoid(forget), cell), tf.mul(tf.sigmoid(write), tf.tanh(candidate))));
    const cellOut = tf.add(cellOutput.apply(nextCell, weights.gammaCell, t), rowAt(weights.betaCell, t));
    hidden = roundHidden(zoneHidden(hidden, roundHidden(tf.mul(tf.sigmoid(output), tf.tanh(cellOut))), t));
    cell = roundCell(zoneCell(cell, nextCell, t));
    return hidden;
  });
  return { hidden: states, lastCell: cell, statistics: present({ input, recurrent, cell: cellOutput }) };
}

function present(normalisers: Readonly<Record<keyof PartMoments, Normaliser>>): PartMoments {
  const entries = Object.entries(normalisers).map(([part, normaliser]) => [part, normaliser.moments()]);
  return Object.fromEntries(entries.filter(([, moments]) => moments !== undefined)) as PartMoments;
}
