import type { OptimiserSpec } from "../../experiment/spec.js";
import { adamStep } from "./adam.js";
import type { TrainingState } from "./checkpoint.js";
import type { RecurrentKernel } from "../kernels/contract.js";
import { groupOf, isDecayed } from "./parameterGroups.js";
import { sgdStep } from "./sgd.js";

/**
 * Moves the named parameters against their gradients, in place, as the spec's optimiser does.
 * @param state with `stepsDone` counting the step that this update belongs to, from 1
 */
export function updateParameters(
  optimiser: OptimiserSpec,
  kernel: RecurrentKernel,
  state: TrainingState,
  names: readonly string[],
  gradients: Readonly<Record<string, Float32Array>>,
  learningRate: number,
): void {
  for (const name of names) {
    const parameter = state.parameters[name]!;
    const gradient = gradients[name]!;
    const first = state.firstMoments[name]!;
    const rate = learningRate * (optimiser.rateFactors?.[groupOf(name)] ?? 1);
    if (optimiser.kind === "adam") {
      const moments = { first, second: state.secondMoments[name]! };
      decay(parameter, isDecayed(name) ? rate * (optimiser.weightDecay ?? 0) : 0);
      adamStep(kernel, parameter, gradient, moments, rate, state.stepsDone, optimiser);
    } else {
      sgdStep(parameter, gradient, first, rate, optimiser.momentum);
    }
  }
}

/** Decoupled weight decay, in place. */
function decay(parameter: Float32Array, share: number): void {
  if (share > 0) {
    for (let index = 0; index < parameter.length; index++) {
      parameter[index]! *= 1 - share;
    }
  }
}
