/**
 * One step of an exponential moving average in place. While the average is young its decay is (1 + n) / (10 + n), so
 * that it forgets the initial values (the warm-up of TensorFlow's ExponentialMovingAverage).
 * @param step updates done, from 1
 */
export function averageStep(average: Float32Array, parameter: Float32Array, decay: number, step: number): void {
  const kept = Math.min(decay, (1 + step) / (10 + step));
  for (let index = 0; index < average.length; index++) {
    average[index] = kept * average[index]! + (1 - kept) * parameter[index]!;
  }
}
