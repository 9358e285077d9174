/**
 * One step of stochastic gradient descent in place; with momentum in the form of Sutskever et al. 2013 without
 * look-ahead: velocity = momentum * velocity + gradient, parameter -= rate * velocity.
 * @param velocity zeros at the start; not touched without momentum
 */
export function sgdStep(
  parameter: Float32Array,
  gradient: Float32Array,
  velocity: Float32Array,
  learningRate: number,
  momentum: number,
): void {
  const withMomentum = momentum > 0;
  for (let index = 0; index < parameter.length; index++) {
    const step = withMomentum ? (velocity[index] = momentum * velocity[index]! + gradient[index]!) : gradient[index]!;
    parameter[index]! -= learningRate * step;
  }
}
