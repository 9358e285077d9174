import type { Matrix, RecurrentKernel } from "../kernels/contract.js";
import { type Objective, ObjectiveSlopes } from "./objective.js";
import { softmaxCrossEntropy } from "./softmax.js";

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
  private readonly objectiveSlopes: ObjectiveSlopes;
  private gradients?: OutputGradients;

  /** @param rows N */
  constructor(
    private readonly kernel: RecurrentKernel,
    private readonly rows: number,
    private readonly units: number,
    private readonly classes: number,
  ) {
    this.logits = new Float32Array(rows * classes);
    this.objectiveSlopes = new ObjectiveSlopes(kernel);
  }

  /**
   * @param hidden [N, H]
   * @param targets [N] class indices
   */
  loss(weights: OutputWeights, hidden: Float32Array, targets: Int32Array): ScoredOutput {
    const logits = this.forward(weights, hidden);
    return { loss: softmaxCrossEntropy(this.kernel, logits, targets), correct: countCorrect(logits, targets), logits: logits.values };
  }

  /** [N, V] of hidden states [N, H], valid until the next call. */
  logitsOf(weights: OutputWeights, hidden: Float32Array): Float32Array {
    return this.forward(weights, hidden).values;
  }

  /**
   * The mean loss, and gradients, which are valid until the next call.
   * @param objective what the gradients are of; the loss that is returned is always the mean cross-entropy
   */
  lossAndGradients(
    weights: OutputWeights,
    hidden: Float32Array,
    targets: Int32Array,
    objective: Objective = {},
  ): OutputLoss & { readonly gradients: OutputGradients } {
    const gradients = (this.gradients ??= this.allocateGradients());
    const slopes = (this.slopes ??= new Float32Array(this.logits.length));
    const logits = this.forward(weights, hidden);
    const difference: Matrix = { ...logits, values: slopes };
    const loss = softmaxCrossEntropy(this.kernel, logits, targets, slopes);
    this.objectiveSlopes.apply(logits, targets, slopes, objective);
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

  private matrix(hidden: Float32Array): Matrix {
    return { rows: this.rows, columns: this.units, values: hidden };
  }

  private weightMatrix({ weights }: OutputWeights): Matrix {
    return { rows: this.units, columns: this.classes, values: weights };
  }
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
