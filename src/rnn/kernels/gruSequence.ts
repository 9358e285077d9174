import * as tf from "@tensorflow/tfjs";
import type { GruShape } from "./contract.js";
import type { Moments } from "./normalise.js";
import { Normaliser, rowAt } from "./normalise.js";
import { activationRounder, stateRounder } from "./roundState.js";
import type { GruTensors, SequenceMasks, SequenceResult } from "./sequence.js";
import { dropped, timestepsOf, zoneout } from "./stepMasks.js";

/**
 * The GRU in tensor operations, the twin of `lstmSequence`. Shapes and gate order as in `contract.ts`; with the input's
 * share x = N(x_t · Wx; gammaInput) + betaRecurrent of each gate, and m h the masked old state,
 *
 *   before: r, z = sigmoid(N(m h · [Wr Wz]) + x_r,z)   n = tanh(N((r m h) · Wn) + x_n)
 *   after:  r, z, a = N(m h · [Wr Wz Wn])              n = tanh(sigmoid(r) (a + betaReset) + x_n)
 *   h'_t = (1 - z) n + z h_{t-1}
 *
 * then zoneout; with `rounding` the state is rounded after each of both, with `activations` what enters a product before it.
 * @param inputs [T * B, I], time-major; one-hot rows for symbols
 */
export function gruSequence(
  shape: GruShape,
  weights: GruTensors,
  inputs: tf.Tensor2D,
  masks: SequenceMasks = {},
): SequenceResult {
  const input = new Normaliser(shape.normalisation, shape.epsilon, masks.countedRows);
  const gates = shape.reset === "before" ? resetBefore(shape, weights, masks) : resetAfter(shape, weights, masks);
  const zone = zoneout(masks.zoneoutHidden);

  const round = stateRounder(shape.rounding?.hidden);

  let hidden = round(weights.initialHidden);
  const inputProducts = timestepsOf(tf.matMul(activationRounder(shape.activations?.input)(inputs), weights.inputWeights), shape.timesteps);
  const states = inputProducts.map((product, t) => {
    const fromInput: tf.Tensor2D = tf.add(input.apply(product, weights.gammaInput, t), rowAt(weights.betaRecurrent, t));
    const { update, candidate } = gates.step(dropped(hidden, masks.recurrentMask), columnBlocks(fromInput), t);
    const next: tf.Tensor2D = tf.add(candidate, tf.mul(update, tf.sub(hidden, candidate)));
    hidden = round(zone(hidden, round(next), t));
    return hidden;
  });
  const inputMoments = input.moments();
  const recurrentMoments = gates.moments();
  return {
    hidden: states,
    statistics: {
      ...(inputMoments && { input: inputMoments }),
      ...(recurrentMoments && { recurrent: recurrentMoments }),
    },
  };
}

/** Reset, update and candidate side by side. */
type Blocks = readonly [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];

/** What depends on the place of the reset. */
interface Gates {
  /**
   * @param state [B, H] as it enters the products
   * @param fromInput [B, H] for each gate
   */
  step(state: tf.Tensor2D, fromInput: Blocks, t: number): { readonly update: tf.Tensor2D; readonly candidate: tf.Tensor2D };
  moments(): Moments | undefined;
}

function resetAfter({ normalisation, epsilon, activations }: GruShape, weights: GruTensors, { countedRows }: SequenceMasks): Gates {
  const recurrent = new Normaliser(normalisation, epsilon, countedRows);
  const round = activationRounder(activations?.recurrent);
  return {
    step(state, [inputReset, inputUpdate, inputCandidate], t) {
      const product: tf.Tensor2D = tf.matMul(round(state), weights.recurrentWeights);
      const [toReset, toUpdate, toCandidate] = columnBlocks(recurrent.apply(product, weights.gammaRecurrent, t));
      const reset = tf.sigmoid(tf.add<tf.Tensor2D>(toReset, inputReset));
      const fromState = tf.mul(reset, tf.add(toCandidate, rowAt(weights.betaReset, t)));
      const update = tf.sigmoid(tf.add<tf.Tensor2D>(toUpdate, inputUpdate));
      const candidate = tf.tanh(tf.add<tf.Tensor2D>(fromState, inputCandidate));
      return { update, candidate };
    },
    moments: () => recurrent.moments(),
  };
}

function resetBefore({ units, normalisation, epsilon, activations }: GruShape, weights: GruTensors, { countedRows }: SequenceMasks): Gates {
  const gateProduct = new Normaliser(normalisation, epsilon, countedRows);
  const candidateProduct = new Normaliser(normalisation, epsilon, countedRows);
  const round = activationRounder(activations?.recurrent);
  const gateColumns = [2 * units, units];
  const [gateWeights, candidateWeights] = tf.split(weights.recurrentWeights, gateColumns, 1) as [tf.Tensor2D, tf.Tensor2D];
  const [gateGamma, candidateGamma] = tf.split(weights.gammaRecurrent, gateColumns, 1) as [tf.Tensor2D, tf.Tensor2D];
  return {
    step(state, [inputReset, inputUpdate, inputCandidate], t) {
      const product: tf.Tensor2D = tf.matMul(round(state), gateWeights);
      const gates = gateProduct.apply(product, gateGamma, t);
      const [toReset, toUpdate] = tf.split(gates, 2, 1) as [tf.Tensor2D, tf.Tensor2D];
      const reset = tf.sigmoid(tf.add<tf.Tensor2D>(toReset, inputReset));
      const resetProduct: tf.Tensor2D = tf.matMul(round(tf.mul(reset, state)), candidateWeights);
      const fromState = candidateProduct.apply(resetProduct, candidateGamma, t);
      const update = tf.sigmoid(tf.add<tf.Tensor2D>(toUpdate, inputUpdate));
      const candidate = tf.tanh(tf.add<tf.Tensor2D>(fromState, inputCandidate));
      return { update, candidate };
    },
    moments: () => besides(gateProduct.moments(), candidateProduct.moments()),
  };
}

function columnBlocks(gates: tf.Tensor2D): Blocks {
  return tf.split(gates, 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
}

function besides(left: Moments | undefined, right: Moments | undefined): Moments | undefined {
  return left && right && { mean: tf.concat([left.mean, right.mean], 1), variance: tf.concat([left.variance, right.variance], 1) };
}
