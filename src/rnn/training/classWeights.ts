import type { TaskData } from "../../data/contract.js";
import type { ExperimentSpec } from "../../experiment/spec.js";

/**
 * The weight of each class, or symbol, in the loss that training lowers; undefined where all count alike.
 * `balanced`: N / (V n_c) for a class with n_c of the N targets of the training part, so that all V classes together weigh the
 * same; a class without one has 0.
 */
export function classWeightsOf({ classWeights }: Pick<ExperimentSpec, "classWeights">, data: TaskData): Float32Array | undefined {
  if (classWeights !== "balanced") {
    return classWeights && Float32Array.from(classWeights);
  }
  const [targets, classes] = data.kind === "symbols" ? [data.train, data.symbols] : [data.train.labels, data.classes];
  const counts = new Float64Array(classes.length);
  targets.forEach((target) => counts[target]!++);
  return Float32Array.from(counts, (count) => (count === 0 ? 0 : targets.length / (classes.length * count)));
}

/** The weights of all targets together. */
export function totalWeight(targets: Int32Array, weights: Float32Array): number {
  return targets.reduce((sum, target) => sum + weights[target]!, 0);
}

/**
 * Turns the gradient of the mean loss, [N, V], into that of the weighted mean sum(w_t loss_t) / sum(w_t), t the target of each row
 * (as PyTorch's CrossEntropyLoss has it); in place. Zeros where no target of the minibatch has a weight.
 * @param total the divisor
 */
export function weightRows(slopes: Float32Array, targets: Int32Array, weights: Float32Array, total = totalWeight(targets, weights)): void {
  const columns = slopes.length / targets.length;
  for (let row = 0; row < targets.length; row++) {
    const factor = total > 0 ? (weights[targets[row]!]! * targets.length) / total : 0;
    for (let index = row * columns; index < (row + 1) * columns; index++) {
      slopes[index]! *= factor;
    }
  }
}
