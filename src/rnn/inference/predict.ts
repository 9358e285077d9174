import type { DataPart, SequenceData } from "../../data/contract.js";
import { DeployedReader } from "../shipping/deployableScore.js";
import type { DeployedModel } from "../shipping/deployedModel.js";
import { evaluateDeployable, evaluateStream } from "./evaluate.js";
import type { EvaluationOptions } from "./evaluate.js";
import type { RecurrentKernel } from "../kernels/contract.js";
import { likeliest } from "../training/output.js";
import { logSumOfExponentials } from "../training/softmax.js";
import type { EvaluatedScore } from "./score.js";

/** What a deployed model says of N sequences and C classes. */
export interface SequenceLogits {
  /** [N, C] */
  readonly logits: Float32Array;
  /** Exactly that of `evaluateDeployable`; without meaning where the labels are no real ones. */
  readonly score: EvaluatedScore;
}

/** What a deployed language model says of a text of N symbols, V of which there are. */
export interface TextLogits {
  /** [N - 1]: cross-entropy in nats of each symbol but the first, given those before it. */
  readonly losses: Float32Array;
  /** [N - 1]: the likeliest symbol for each place but the first, as an id. */
  readonly predicted: Int32Array;
  /** [N - 1, V]: row t is of the symbol t + 1; undefined where it was not asked for. */
  readonly logits: Float32Array | undefined;
  /** [V]: of the symbol that would follow the text. */
  readonly next: Float32Array;
  /** Exactly that of `evaluateDeployable`; undefined for a text of one symbol, of which nothing is predicted. */
  readonly score: EvaluatedScore | undefined;
}

type Options = Pick<EvaluationOptions, "signal" | "onProgress">;

/**
 * Logits of whole sequences, each from the initial state, in the order of the data.
 * @throws the signal's reason when it aborts
 */
export async function sequenceLogits(
  model: DeployedModel,
  data: SequenceData,
  part: DataPart,
  kernel: RecurrentKernel,
  options: Options = {},
): Promise<SequenceLogits> {
  const logits = new Float32Array(data[part].labels.length * model.outputs.length);
  let at = 0;
  const score = await evaluateDeployable(model, data, part, kernel, {
    ...options,
    onPiece: (piece) => {
      logits.set(piece.logits, at);
      at += piece.logits.length;
    },
  });
  return { logits, score };
}

/**
 * Losses and predictions of a text in one continuous stream from the initial state. Read piece by piece: but for the result,
 * memory does not grow with the text.
 * @param symbols [N] ids, at least one
 * @param keepsLogits whether all logits are kept, [N - 1, V]
 * @throws the signal's reason when it aborts; SequenceTooLongError
 */
export async function textLogits(
  model: DeployedModel,
  symbols: Int32Array,
  kernel: RecurrentKernel,
  { keepsLogits, ...options }: Options & { readonly keepsLogits: boolean },
): Promise<TextLogits> {
  const predictions = symbols.length - 1;
  const classes = model.outputs.length;
  const losses = new Float32Array(predictions);
  const predicted = new Int32Array(predictions);
  const kept = keepsLogits ? new Float32Array(predictions * classes) : undefined;
  let done = 0;
  const onPiece: EvaluationOptions["onPiece"] = ({ logits, targets }) => {
    kept?.set(logits, done * classes);
    for (let row = 0; row < targets.length; row++, done++) {
      predicted[done] = likeliest(logits, row, classes);
      losses[done] = crossEntropy(logits.subarray(row * classes, (row + 1) * classes), targets[row]!);
    }
  };
  const reader = new DeployedReader(model, kernel);
  try {
    const score = predictions === 0 ? undefined : await evaluateStream(model, reader, symbols, { ...options, onPiece });
    const next = reader.next({ kind: "symbols", symbols: symbols.slice(-1) }).slice();
    return { losses, predicted, logits: kept, next, score };
  } finally {
    reader.dispose();
  }
}

/** -log softmax(logits)[target], in nats. @param logits [V] */
export function crossEntropy(logits: Float32Array, target: number): number {
  return logSumOfExponentials(logits) - logits[target]!;
}

/** softmax of each row. @param logits [N, V] @returns [N, V], each row sums to 1 */
export function softmax(logits: Float32Array, classes: number): Float32Array {
  const probabilities = new Float32Array(logits.length);
  for (let start = 0; start < logits.length; start += classes) {
    const logSum = logSumOfExponentials(logits.subarray(start, start + classes));
    for (let index = start; index < start + classes; index++) {
      probabilities[index] = Math.exp(logits[index]! - logSum);
    }
  }
  return probabilities;
}
