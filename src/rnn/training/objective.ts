import { totalWeight, weightRows } from "./classWeights.js";
import type { Matrix, RecurrentKernel } from "../kernels/contract.js";
import { softmaxCrossEntropy } from "./softmax.js";

/** What training lowers in place of the mean cross-entropy; the loss that is reported stays that. */
export interface Objective {
  /** [V], of each target's share in the mean. */
  readonly classWeights?: Float32Array | undefined;
  /** The number by which the sum of a minibatch's weighted losses is divided. Default: the sum of its targets' weights. */
  readonly meanWeight?: number | undefined;
  /** The part of each target's probability that all V classes share alike; at least 0, below 1. */
  readonly labelSmoothing?: number | undefined;
  readonly distillation?: Distillation | undefined;
}

/** What the network learns of a teacher's predictions for the same minibatch. */
export interface Distillation {
  /** [N, V] of the teacher. */
  readonly logits: Float32Array;
  /** T, by which both networks' logits are divided. */
  readonly temperature: number;
  /** The share of the teacher in the objective, above 0, up to 1. */
  readonly share: number;
}

/** The gradients of objectives at the logits; owns its work space. */
export class ObjectiveSlopes {
  private own: Float32Array = new Float32Array(0);
  private ofTeacher: Float32Array = new Float32Array(0);
  private softened = new Float32Array(0);

  constructor(private readonly kernel: RecurrentKernel) {}

  /**
   * Turns the gradient of the mean cross-entropy at the logits, (softmax - one-hot) / N, into that of the objective, in place.
   * @param logits [N, V]
   * @param targets [N]
   * @param slopes [N, V]
   */
  apply(logits: Matrix, targets: Int32Array, slopes: Float32Array, { classWeights, meanWeight, labelSmoothing = 0, distillation }: Objective): void {
    if (labelSmoothing > 0) {
      smoothRows(slopes, targets, labelSmoothing, classWeights ?? new Float32Array(logits.columns).fill(1), meanWeight);
    } else if (classWeights !== undefined) {
      weightRows(slopes, targets, classWeights, meanWeight);
    }
    if (distillation !== undefined) {
      this.distil(logits, targets, slopes, distillation);
    }
  }

  /**
   * (1 - share) CE + share T^2 KL(softmax(teacher / T) || softmax(logits / T)), the mean over N (Hinton, Vinyals and Dean 2015, section 2).
   * The gradient of its second term at the logits is share T (softmax(logits / T) - softmax(teacher / T)) / N: the difference of two
   * gradients of cross-entropies with the same targets.
   */
  private distil(logits: Matrix, targets: Int32Array, slopes: Float32Array, { logits: teacher, temperature, share }: Distillation): void {
    this.own = this.softmaxSlopes(logits, targets, temperature, this.own);
    this.ofTeacher = this.softmaxSlopes({ ...logits, values: teacher }, targets, temperature, this.ofTeacher);
    const { own, ofTeacher } = this;
    for (let index = 0; index < slopes.length; index++) {
      slopes[index] = (1 - share) * slopes[index]! + share * temperature * (own[index]! - ofTeacher[index]!);
    }
  }

  /** (softmax(logits / T) - one-hot) / N. */
  private softmaxSlopes(logits: Matrix, targets: Int32Array, temperature: number, slopes: Float32Array): Float32Array {
    const { length } = logits.values;
    const out = slopes.length === length ? slopes : new Float32Array(length);
    if (this.softened.length !== length) {
      this.softened = new Float32Array(length);
    }
    const inverse = 1 / temperature;
    for (let index = 0; index < length; index++) {
      this.softened[index] = logits.values[index]! * inverse;
    }
    softmaxCrossEntropy(this.kernel, { ...logits, values: this.softened }, targets, out);
    return out;
  }
}

/**
 * Turns the gradient of the mean cross-entropy into that with smoothed labels (Szegedy et al. 2016, section 7) and weights of classes, as
 * PyTorch's `cross_entropy` has both: the mean over rows, each weighing w_t of its target t, of - sum_c w_c q_c log softmax_c / w_t with
 * q = (1 - smoothing) one-hot + smoothing / V. In place; zeros where no target of the minibatch has a weight.
 */
function smoothRows(slopes: Float32Array, targets: Int32Array, smoothing: number, weights: Float32Array, total = totalWeight(targets, weights)): void {
  const columns = weights.length;
  const scale = total > 0 ? 1 / total : 0;
  const uniform = smoothing / columns;
  const ofAll = uniform * weights.reduce((sum, weight) => sum + weight, 0);
  for (let row = 0; row < targets.length; row++) {
    const target = targets[row]!;
    const ofTarget = (1 - smoothing) * weights[target]!;
    const mass = ofTarget + ofAll;
    for (let column = 0; column < columns; column++) {
      const index = row * columns + column;
      const isTarget = Number(column === target);
      const probability = slopes[index]! * targets.length + isTarget;
      slopes[index] = scale * (mass * probability - uniform * weights[column]! - ofTarget * isTarget);
    }
  }
}
