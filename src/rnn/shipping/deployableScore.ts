import type { DataPart, LabelledSequences, SequenceData, TaskData } from "../../data/contract.js";
import { deployableMethod } from "../../experiment/evaluationMethod.js";
import type { EvaluationMethod } from "../../experiment/evaluationMethod.js";
import { shippedValues } from "./deployedModel.js";
import type { DeployedModel } from "./deployedModel.js";
import { DeployedNetwork } from "../inference/deployedNetwork.js";
import type { RecurrentKernel, SequenceInput } from "../kernels/contract.js";
import { OutputLayer } from "../training/output.js";
import type { OutputWeights, ScoredOutput } from "../training/output.js";
import { ParallelStreams } from "../inference/parallelStreams.js";
import { ScoreSum } from "../inference/score.js";
import type { Score } from "../inference/score.js";
import { orderedSequences } from "../training/sequenceBatches.js";

const timesteps = 64;
const maximumStreams = 64;

/**
 * Score of exactly the shipped weights and frozen constants, read by many streams side by side: quick, for choosing
 * between models.
 */
export function deployableScore(model: DeployedModel, data: TaskData, part: DataPart, kernel: RecurrentKernel): Score {
  const reader = new DeployedReader(model, kernel);
  try {
    return data.kind === "symbols" ? streamsScore(reader, data[part]) : sequencesScore(reader, data, part);
  } finally {
    reader.dispose();
  }
}

/** How `deployableScore` computes. */
export function deployableScoreMethod({ layers }: DeployedModel, { kind }: TaskData): EvaluationMethod {
  return deployableMethod(layers.map(({ spec }) => spec), kind === "symbols" ? "parallel-streams" : "sequences");
}

function streamsScore(reader: DeployedReader, symbols: Int32Array): Score {
  const streams = new ParallelStreams(symbols, maximumStreams, timesteps);
  const sum = new ScoreSum();
  for (let first = 0; first < streams.length; first += timesteps) {
    const length = Math.min(timesteps, streams.length - first);
    const targets = streams.at(first + 1, length);
    const { loss, correct } = reader.read({ kind: "symbols", symbols: streams.at(first, length) }, targets, streams.batch);
    sum.add(loss, correct, targets.length);
  }
  return sum.score;
}

function sequencesScore(reader: DeployedReader, data: SequenceData, part: DataPart): Score {
  const sum = new ScoreSum();
  for (const { loss, correct, targets } of reader.sequences(data, part)) {
    sum.add(loss, correct, targets.length);
  }
  return sum.score;
}

/** Some predictions, in the order of the data, and what should have been predicted. */
export interface ScoredPiece extends ScoredOutput {
  /** [N] */
  readonly targets: Int32Array;
}

/** A deployed model with its output layer, scoring what it reads. */
export class DeployedReader {
  private readonly networks = new Map<number, DeployedNetwork>();
  private readonly outputs = new Map<number, OutputLayer>();
  private readonly weights: OutputWeights;

  constructor(
    private readonly model: DeployedModel,
    private readonly kernel: RecurrentKernel,
  ) {
    this.weights = { weights: shippedValues(model.outputWeights), bias: model.outputBias };
  }

  /** Reads on with `batch` streams side by side, and scores the predictions. */
  read(input: SequenceInput, targets: Int32Array, batch: number): ScoredPiece {
    const network = this.network(batch);
    const hidden = network.read(input);
    const read = this.model.readout === "last-timestep" ? network.final(hidden) : hidden;
    return { ...this.output(targets.length).loss(this.weights, read, targets), targets };
  }

  /** Reads on with one stream. @returns logits [V] after its last timestep, valid until the next call */
  next(input: SequenceInput): Float32Array {
    const hidden = this.network(1).read(input);
    return this.output(1).logitsOf(this.weights, hidden.subarray(hidden.length - this.model.outputWeights.rows));
  }

  /** Whole sequences of a part, a minibatch at a time, each from the initial state; all of them are read. */
  *sequences(data: SequenceData, part: DataPart): Generator<ScoredPiece> {
    const count = data[part].labels.length;
    let done = 0;
    while (done < count) {
      const batch = Math.min(maximumStreams, count - done);
      const end = count - ((count - done) % batch);
      for (const { input, targets } of orderedSequences(slice(data, part, done, end), data, batch, part)) {
        this.network(batch).reset();
        yield this.read(input, targets, batch);
      }
      done = end;
    }
  }

  dispose(): void {
    this.networks.forEach((network) => network.dispose());
    this.networks.clear();
  }

  private network(batch: number): DeployedNetwork {
    const network = this.networks.get(batch) ?? new DeployedNetwork(this.model, this.kernel, batch);
    this.networks.set(batch, network);
    return network;
  }

  private output(rows: number): OutputLayer {
    const { rows: units, columns } = this.model.outputWeights;
    const output = this.outputs.get(rows) ?? new OutputLayer(this.kernel, rows, units, columns);
    this.outputs.set(rows, output);
    return output;
  }
}

/** The sequences from `first` on, before `end`. */
function slice(data: SequenceData, part: DataPart, first: number, end: number): LabelledSequences {
  const size = data.timesteps * data.width;
  const { values, labels } = data[part];
  return { values: values.subarray(first * size, end * size), labels: labels.subarray(first, end) };
}
