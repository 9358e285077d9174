import { setImmediate as nextTurn } from "node:timers/promises";
import type { DataPart, SequenceData, TaskData } from "../../data/contract.js";
import { deployableMethod } from "../../experiment/evaluationMethod.js";
import { DeployedReader } from "../shipping/deployableScore.js";
import type { ScoredPiece } from "../shipping/deployableScore.js";
import type { DeployedModel } from "../shipping/deployedModel.js";
import type { RecurrentKernel } from "../kernels/contract.js";
import { ScoreSum } from "./score.js";
import type { EvaluatedScore, Score } from "./score.js";
import { TextTooShortError } from "../training/windows.js";

export interface EvaluationOptions {
  readonly signal?: AbortSignal;
  /** Called now and then with the share of the data that is read, 0 to 1. */
  readonly onProgress?: (share: number) => void;
  /** Called with all predictions that the score is of, piece by piece. */
  readonly onPiece?: (piece: ScoredPiece) => void;
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
  const reader = new DeployedReader(model, kernel);
  try {
    return data.kind === "symbols"
      ? await evaluateStream(model, reader, data[part], options)
      : await evaluateSequences(model, reader, data, part, options);
  } finally {
    reader.dispose();
  }
}

/**
 * A text in one continuous stream, from where the reader is, its initial state; it has then read all symbols but the last.
 * @throws as `evaluateDeployable`
 */
export async function evaluateStream(
  model: DeployedModel,
  reader: DeployedReader,
  symbols: Int32Array,
  options: EvaluationOptions,
): Promise<EvaluatedScore> {
  const score = await evaluated(streamScores(reader, symbols), symbols.length - 1, options);
  return { ...score, how: deployableMethod(model.layers.map(({ spec }) => spec), "stream") };
}

async function evaluateSequences(
  model: DeployedModel,
  reader: DeployedReader,
  data: SequenceData,
  part: DataPart,
  options: EvaluationOptions,
): Promise<EvaluatedScore> {
  const score = await evaluated(reader.sequences(data, part), data[part].labels.length, options);
  return { ...score, how: deployableMethod(model.layers.map(({ spec }) => spec), "sequences") };
}

/** The text in order, in pieces. */
function* streamScores(reader: DeployedReader, symbols: Int32Array): Generator<ScoredPiece> {
  const predictions = symbols.length - 1;
  if (predictions < 1) {
    throw new TextTooShortError(`Cannot evaluate on ${symbols.length} symbols; at least 2 are needed.`);
  }
  for (let first = 0; first < predictions; first += chunkLength) {
    const end = Math.min(first + chunkLength, predictions);
    const input = { kind: "symbols", symbols: symbols.slice(first, end) } as const;
    yield reader.read(input, symbols.slice(first + 1, end + 1), 1);
  }
}

/** Sums up, and lets the event loop turn now and then. @param all predictions there will be */
async function evaluated(
  pieces: Iterable<ScoredPiece>,
  all: number,
  { signal, onProgress, onPiece }: EvaluationOptions,
): Promise<Score> {
  const sum = new ScoreSum();
  let done = 0;
  let turn = performance.now();
  for (const piece of pieces) {
    const { loss, correct, targets } = piece;
    sum.add(loss, correct, targets.length);
    onPiece?.(piece);
    done += targets.length;
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
