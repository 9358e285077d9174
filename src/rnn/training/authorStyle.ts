import type { DataPart, TaskData } from "../../data/contract.js";
import type { EvaluationMethod } from "../../experiment/evaluationMethod.js";
import type { Minibatch, MinibatchShape } from "./minibatch.js";
import type { Network, NetworkState } from "./network.js";
import type { Parameters } from "./parameters.js";
import { ScoreSum } from "../inference/score.js";
import type { Score } from "../inference/score.js";
import { orderedSequences } from "./sequenceBatches.js";
import { ConsecutiveWindows, orderedWindows } from "./windows.js";

export interface AuthorStyleOptions {
  readonly parameters: Parameters;
  /** Adam's, for loss-aware quantisers. */
  readonly secondMoments: Parameters;
  readonly part: DataPart;
  /** Followed here: rule of the weights, order of the windows, and how many minibatches are read. */
  readonly how: EvaluationMethod;
}

/**
 * Loss in the manner of the paper's released code: statistics of the minibatch itself, stochastic weights drawn anew for
 * each minibatch unless `how` says otherwise. Comparable with the paper's figures, not with what a device computes.
 * @throws when the part does not fill one minibatch
 */
export function authorStyleLoss(
  network: Network,
  data: TaskData,
  shape: MinibatchShape,
  { parameters, secondMoments, part, how }: AuthorStyleOptions,
): Score {
  const sum = new ScoreSum();
  let count = 0;
  let start: NetworkState | undefined;
  const sampling = how.weights.rule === "deterministic" ? "deterministic" : undefined;
  for (const minibatch of minibatchesOf(data, shape, how.reading, part)) {
    if (count === how.mostMinibatches) {
      break;
    }
    // Draws outside training have numbers below -1, which no training step has.
    const { loss, correct, end } = network.loss(parameters, minibatch, { number: -2 - count, sampling }, { start, secondMoments });
    sum.add(loss, correct, minibatch.targets.length);
    start = end;
    count++;
  }
  return sum.score;
}

function* minibatchesOf(data: TaskData, shape: MinibatchShape, reading: EvaluationMethod["reading"], part: DataPart): Generator<Minibatch> {
  if (data.kind === "sequences") {
    yield* orderedSequences(data[part], data, shape.batch, part);
  } else if (reading === "carried-windows") {
    const windows = new ConsecutiveWindows(data[part], shape, part);
    for (let step = 0; step < windows.stepsPerEpoch; step++) {
      yield windows.at(step);
    }
  } else {
    yield* orderedWindows(data[part], shape, part);
  }
}
