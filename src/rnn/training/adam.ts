import type { RecurrentKernel } from "../kernels/contract.js";

/** The optimiser's constants, as in the experiment spec. */
export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** First and second moment of one parameter's gradient; zeros at the start. */
export interface AdamMoments {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/**
 * One step of Adam (Kingma and Ba 2015) in place, in the efficient form of its section 2 that the paper's code uses:
 * bias correction folded into the step size, epsilon added to the root of the uncorrected second moment.
 *
 * The paper's code also sets moments and step count to zero at each evaluation, an accident of its trainer that makes
 * results depend on how often one validates; here they run on. Latent weights are never clipped, as there.
 * @param step 1 at the first update
 */
export function adamStep(
  kernel: RecurrentKernel,
  parameter: Float32Array,
  gradient: Float32Array,
  { first, second }: AdamMoments,
  learningRate: number,
  step: number,
  { beta1, beta2, epsilon }: AdamOptions,
): void {
  const stepSize = (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
  const constants = { stepSize, beta1, beta2, epsilon };
  if (kernel.adamUpdate === undefined) {
    adamUpdate(parameter, gradient, first, second, constants);
  } else {
    kernel.adamUpdate(parameter, gradient, first, second, constants);
  }
}

/** The update of the contract's `adamUpdate`, for kernels without their own. */
export const adamUpdate: NonNullable<RecurrentKernel["adamUpdate"]> = (parameter, gradient, first, second, constants) => {
  const { stepSize, beta1, beta2, epsilon } = constants;
  for (let index = 0; index < parameter.length; index++) {
    const slope = gradient[index]!;
    const mean = beta1 * first[index]! + (1 - beta1) * slope;
    const square = beta2 * second[index]! + (1 - beta2) * slope * slope;
    first[index] = mean;
    second[index] = square;
    parameter[index]! -= (stepSize * mean) / (Math.sqrt(square) + epsilon);
  }
};
