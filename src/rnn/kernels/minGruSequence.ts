import * as tf from "@tensorflow/tfjs";
import type { MinGruShape } from "./contract.js";
import { Normaliser, rowAt } from "./normalise.js";
import { stateRounder } from "./roundState.js";
import type { MinGruTensors, SequenceMasks, SequenceResult } from "./sequence.js";
import { timestepsOf, zoneout } from "./stepMasks.js";

/**
 * The minGRU in tensor operations (Feng et al. 2024, section 3.1), over all timesteps at once. Shapes and gate order as in
 * `contract.ts`.
 *
 *   z_t = sigmoid(N(x_t · Wz; gammaInput) + betaInput)   n_t = N(x_t · Wn; gammaInput) + betaInput
 *   h'_t = (1 - z_t) h_{t-1} + z_t n_t
 *
 * then zoneout, h_t = m h_{t-1} + (1 - m) h'_t, which leaves it linear in h_{t-1}: h_t = a_t h_{t-1} + b_t. With `rounding` the
 * state is rounded after each of both, which is not linear: then one timestep follows the other.
 * @param inputs [T * B, I], time-major; one-hot rows for symbols
 */
export function minGruSequence(
  shape: MinGruShape,
  weights: MinGruTensors,
  inputs: tf.Tensor2D,
  masks: SequenceMasks = {},
): SequenceResult {
  const { timesteps, batch, units } = shape;
  const input = new Normaliser(shape.normalisation, shape.epsilon, masks.countedRows);
  const products = timestepsOf(tf.matMul(inputs, weights.inputWeights), timesteps);
  const gates = products.map((product, t) => tf.add<tf.Tensor2D>(input.apply(product, weights.gammaInput, t), rowAt(weights.betaInput, t)));
  const whole: tf.Tensor3D = tf.reshape(tf.concat(gates), [timesteps, batch, 2 * units]);
  const [update, candidate] = tf.split(whole, 2, 2) as [tf.Tensor3D, tf.Tensor3D];
  const taken = tf.sigmoid(update);
  const step = { keep: tf.sub<tf.Tensor3D>(1, taken), add: tf.mul<tf.Tensor3D>(taken, candidate) };
  const hidden = shape.rounding ? roundedStates(shape, step, weights.initialHidden, masks) : scan(withZoneout(step, masks), weights.initialHidden);
  const moments = input.moments();
  return { hidden, statistics: moments ? { input: moments } : {} };
}

/** h_t = keep_t h_{t-1} + add_t, [T, B, H] each. */
interface LinearSteps {
  readonly keep: tf.Tensor3D;
  readonly add: tf.Tensor3D;
}

function withZoneout({ keep, add }: LinearSteps, { zoneoutHidden }: SequenceMasks): LinearSteps {
  if (zoneoutHidden === undefined) {
    return { keep, add };
  }
  const fresh = tf.sub(1, zoneoutHidden);
  return { keep: tf.add(zoneoutHidden, tf.mul(fresh, keep)), add: tf.mul(fresh, add) };
}

/**
 * All states by a parallel scan (Hillis and Steele 1986): after each of ceil(log2 T) steps, step t stands for twice as many
 * timesteps up to t.
 * @param initial [B, H]
 */
function scan({ keep, add }: LinearSteps, initial: tf.Tensor2D): tf.Tensor2D[] {
  const [timesteps, batch, units] = keep.shape;
  for (let span = 1; span < timesteps; span *= 2) {
    const earlier = (steps: tf.Tensor3D, identity: tf.Tensor3D): tf.Tensor3D =>
      tf.concat([identity, tf.slice(steps, [0, 0, 0], [timesteps - span, batch, units])], 0);
    const [keepBefore, addBefore] = [earlier(keep, tf.ones([span, batch, units])), earlier(add, tf.zeros([span, batch, units]))];
    add = tf.add(add, tf.mul(keep, addBefore));
    keep = tf.mul(keep, keepBefore);
  }
  return statesOf(tf.add(add, tf.mul(keep, initial)));
}

function roundedStates({ rounding }: MinGruShape, { keep, add }: LinearSteps, initial: tf.Tensor2D, masks: SequenceMasks): tf.Tensor2D[] {
  const round = stateRounder(rounding?.hidden);
  const zone = zoneout(masks.zoneoutHidden);
  const adds = statesOf(add);
  let hidden = round(initial);
  return statesOf(keep).map((keepAt, t) => {
    hidden = round(zone(hidden, round(tf.add(tf.mul(keepAt, hidden), adds[t]!)), t));
    return hidden;
  });
}

/** [B, H] of each timestep. @param values [T, B, H] */
function statesOf(values: tf.Tensor3D): tf.Tensor2D[] {
  const [timesteps, batch, units] = values.shape;
  return timestepsOf(tf.reshape(values, [timesteps * batch, units]), timesteps);
}
