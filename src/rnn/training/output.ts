import { weightRows } from "./classWeights.js";
import type { Matrix, RecurrentKernel } from "../kernels/contract.js";

/** The dense layer before the softmax: [H, V] and [V]. */
export interface OutputWeights {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

export interface OutputGradients extends OutputWeights {
  /** [N, H] */
  readonly hidden: Float32Array;
}

/** Over N predictions. */
export interface OutputLoss {
  /** Mean cross-entropy in nats. */
  readonly loss: number;
  /** Predictions whose likeliest class is the target; of equally likely ones the first counts. */
  readonly correct: number;
}

/** What the loss is of. */
export interface ScoredOutput extends OutputLoss {
  /** [N, V], valid until the next call. */
  readonly logits: Float32Array;
}

/**
 * Dense layer, softmax and cross-entropy over N predictions; owns its work space.
 * H units, V classes.
 */
export class OutputLayer {
  private readonly logits: Float32Array;
  private slopes?: Float32Array;
  private gradients?: OutputGradients;

  /** @param rows N */
  constructor(
    private readonly kernel: RecurrentKernel,
    private readonly rows: number,
    private readonly units: number,
    private readonly classes: number,
  ) {
    this.logits = new Float32Array(rows * classes);
  }

  /**
   * @param hidden [N, H]
   * @param targets [N] class indices
   */
  loss(weights: OutputWeights, hidden: Float32Array, targets: Int32Array): ScoredOutput {
    const logits = this.forward(weights, hidden);
    return { loss: this.softmaxLoss(logits, targets), correct: countCorrect(logits, targets), logits: logits.values };
  }

  /** [N, V] of hidden states [N, H], valid until the next call. */
  logitsOf(weights: OutputWeights, hidden: Float32Array): Float32Array {
    return this.forward(weights, hidden).values;
  }

  /**
   * The mean loss and its gradients, which are valid until the next call.
   * @param classWeights [V] of the loss that the gradients are of; the loss that is returned has none
   */
  lossAndGradients(
    weights: OutputWeights,
    hidden: Float32Array,
    targets: Int32Array,
    classWeights?: Float32Array,
  ): OutputLoss & { readonly gradients: OutputGradients } {
    const gradients = (this.gradients ??= this.allocateGradients());
    const slopes = (this.slopes ??= new Float32Array(this.logits.length));
    const logits = this.forward(weights, hidden);
    const difference: Matrix = { ...logits, values: slopes };
    const loss = this.softmaxLoss(logits, targets, slopes);
    if (classWeights !== undefined) {
      weightRows(slopes, targets, classWeights);
    }
    sumRows(difference, gradients.bias);
    this.kernel.multiply(this.matrix(hidden), difference, { transposeA: true, out: gradients.weights });
    this.kernel.multiply(difference, this.weightMatrix(weights), { transposeB: true, out: gradients.hidden });
    return { loss, correct: countCorrect(logits, targets), gradients };
  }

  private allocateGradients(): OutputGradients {
    const { rows, units, classes } = this;
    return {
      weights: new Float32Array(units * classes),
      bias: new Float32Array(classes),
      hidden: new Float32Array(rows * units),
    };
  }

  private forward(weights: OutputWeights, hidden: Float32Array): Matrix {
    const { logits, rows, classes } = this;
    const { bias } = weights;
    this.kernel.multiply(this.matrix(hidden), this.weightMatrix(weights), { out: logits });
    for (let start = 0; start < logits.length; start += classes) {
      for (let index = 0; index < classes; index++) {
        logits[start + index]! += bias[index]!;
      }
    }
    return { rows, columns: classes, values: logits };
  }

  private softmaxLoss(logits: Matrix, targets: Int32Array, slopes?: Float32Array): number {
    return this.kernel.softmaxCrossEntropy?.(logits, targets, slopes) ?? softmaxCrossEntropy(logits, targets, slopes);
  }

  private matrix(hidden: Float32Array): Matrix {
    return { rows: this.rows, columns: this.units, values: hidden };
  }

  private weightMatrix({ weights }: OutputWeights): Matrix {
    return { rows: this.units, columns: this.classes, values: weights };
  }
}

/**
 * Mean cross-entropy of softmax(logits) in nats, and its gradient (softmax - one-hot) / N; for kernels without their own.
 * @param logits [N, V]
 * @param slopes [N, V], overwritten with the gradient
 */
export function softmaxCrossEntropy(logits: Matrix, targets: Int32Array, slopes?: Float32Array): number {
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

function sumRows({ columns, values }: Matrix, sums: Float32Array): void {
  sums.fill(0);
  for (let start = 0; start < values.length; start += columns) {
    for (let column = 0; column < columns; column++) {
      sums[column]! += values[start + column]!;
    }
  }
}

function countCorrect({ columns, values }: Matrix, targets: Int32Array): number {
  let correct = 0;
  for (let row = 0; row < targets.length; row++) {
    correct += Number(likeliest(values, row, columns) === targets[row]);
  }
  return correct;
}

/** The class that row `row` of [N, V] logits predicts: the one of the largest, the first of several. */
export function likeliest(logits: Float32Array, row: number, classes: number): number {
  const start = row * classes;
  let best = 0;
  for (let index = 1; index < classes; index++) {
    best = logits[start + index]! > logits[start + best]! ? index : best;
  }
  return best;
}
