import type { Matrix, RecurrentKernel } from "../kernels/contract.js";

/**
 * Mean cross-entropy of softmax(logits) in nats, and its gradient, by the kernel where it can.
 * @param logits [N, V]
 * @param targets [N] class indices
 * @param slopes [N, V], overwritten with the gradient (softmax - one-hot) / N
 */
export function softmaxCrossEntropy(kernel: RecurrentKernel, logits: Matrix, targets: Int32Array, slopes?: Float32Array): number {
  return kernel.softmaxCrossEntropy?.(logits, targets, slopes) ?? plainSoftmaxCrossEntropy(logits, targets, slopes);
}

/** The same, for kernels without their own. */
function plainSoftmaxCrossEntropy(logits: Matrix, targets: Int32Array, slopes?: Float32Array): number {
  const { rows, columns } = logits;
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const scores = logits.values.subarray(row * columns, (row + 1) * columns);
    const target = targets[row]!;
    const logSum = logSumOfExponentials(scores);
    total += logSum - scores[target]!;
    if (slopes !== undefined) {
      scores.forEach((score, symbol) => {
        slopes[row * columns + symbol] = (Math.exp(score - logSum) - Number(symbol === target)) / rows;
      });
    }
  }
  return total / rows;
}

/** log of the sum of e^score, without overflow: the softmax's denominator. */
export function logSumOfExponentials(scores: Float32Array): number {
  const largest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  return largest + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - largest), 0));
}
