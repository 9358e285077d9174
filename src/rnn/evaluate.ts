import { setImmediate as nextTurn } from "node:timers/promises";
import type { DataPart, TaskData } from "../data/contract.js";
import { deployableMethod } from "../experiment/evaluationMethod.js";
import { DeployedReader } from "./deployableScore.js";
import type { DeployedModel } from "./deployedModel.js";
import type { RecurrentKernel } from "./kernels/contract.js";
import type { OutputLoss } from "./output.js";
import { ScoreSum } from "./score.js";
import type { EvaluatedScore, Score } from "./score.js";
import { TextTooShortError } from "./windows.js";

export interface EvaluationOptions {
  readonly signal?: AbortSignal;
  /** Called now and then with the share of the data that is read, 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** Symbols a call of the kernel. */
const chunkLength = 1000;
/** Milliseconds between two turns of the event loop. */
const turnInterval = 50;

/**
 * Evaluates what ships: exactly the deployed weights and constants. A text is one continuous stream from the initial
 * state, in which every symbol but the first is predicted; sequences are read one by one, all of them.
 * @throws the signal's reason when it aborts; TextTooShortError below two symbols
 */
export async function evaluateDeployable(
  model: DeployedModel,
  data: TaskData,
  part: DataPart,
  kernel: RecurrentKernel,
  options: EvaluationOptions = {},
): Promise<EvaluatedScore> {
  const how = deployableMethod(model.layers.map(({ spec }) => spec), data.kind === "symbols" ? "stream" : "sequences");
  const reader = new DeployedReader(model, kernel);
  try {
    const score =
      data.kind === "symbols"
        ? await evaluated(streamScores(reader, data[part]), data[part].length - 1, options)
        : await evaluated(reader.sequences(data, part), data[part].labels.length, options);
    return { ...score, how };
  } finally {
    reader.dispose();
  }
}

type PartScore = OutputLoss & { readonly predictions: number };

/** The text in order, in pieces. */
function* streamScores(reader: DeployedReader, symbols: Int32Array): Generator<PartScore> {
  const predictions = symbols.length - 1;
  if (predictions < 1) {
    throw new TextTooShortError(`Cannot evaluate on ${symbols.length} symbols; at least 2 are needed.`);
  }
  for (let first = 0; first < predictions; first += chunkLength) {
    const end = Math.min(first + chunkLength, predictions);
    const input = { kind: "symbols", symbols: symbols.slice(first, end) } as const;
    yield { ...reader.read(input, symbols.slice(first + 1, end + 1), 1), predictions: end - first };
  }
}

/** Sums up, and lets the event loop turn now and then. @param all predictions there will be */
async function evaluated(
  scores: Iterable<PartScore>,
  all: number,
  { signal, onProgress }: EvaluationOptions,
): Promise<Score> {
  const sum = new ScoreSum();
  let done = 0;
  let turn = performance.now();
  for (const { loss, correct, predictions } of scores) {
    sum.add(loss, correct, predictions);
    done += predictions;
    if (performance.now() - turn > turnInterval) {
      onProgress?.(done / all);
      await nextTurn();
      turn = performance.now();
    }
    signal?.throwIfAborted();
  }
  onProgress?.(1);
  return sum.score;
}
