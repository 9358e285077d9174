import type { OptimiserSpec } from "../../experiment/spec.js";
import { adamStep } from "./adam.js";
import type { TrainingState } from "./checkpoint.js";
import type { RecurrentKernel } from "../kernels/contract.js";
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
    if (optimiser.kind === "adam") {
      const moments = { first, second: state.secondMoments[name]! };
      adamStep(kernel, parameter, gradient, moments, learningRate, state.stepsDone, optimiser);
    } else {
      sgdStep(parameter, gradient, first, learningRate, optimiser.momentum);
    }
  }
}
