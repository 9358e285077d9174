import { setImmediate as nextTurn } from "node:timers/promises";
import { deployableMethod } from "../experiment/evaluationMethod.js";
import type { SequenceValues } from "../data/arraySequences.js";
import { outputUnits } from "../rnn/bidirectional.js";
import { evaluateDeployable, type EvaluationOptions } from "../rnn/inference/evaluate.js";
import type { SequenceInput } from "../rnn/kernels/contract.js";
import { sequenceLogits, textLogits } from "../rnn/inference/predict.js";
import type { EvaluatedScore } from "../rnn/inference/score.js";
import { traceStates } from "../rnn/inference/traceStates.js";
import { type GivenData, type ReadData, readGiven, type ReadSequences, type ReadText, type TrainedModel } from "./givenData.js";
import { thousands } from "../display/html.js";
import { shown } from "../experiment/options.js";
import { SequencePredictions } from "./sequencePredictions.js";
import { TextPredictions } from "./textPredictions.js";
import { Trace } from "./trace.js";

type Options = Pick<EvaluationOptions, "signal" | "onProgress">;

/** Logits of a text that are kept: 64 MiB of them. */
const mostLogits = 2 ** 24;
/** States and logits of a trace: 256 MiB of them. */
const mostTraced = 2 ** 26;

/**
 * What a trained model says of data: of sequences their classes, of a text what was expected at each place.
 * @throws as `readGiven`; the signal's reason when it aborts
 */
export async function predict(model: TrainedModel, given: GivenData, options: Options = {}): Promise<SequencePredictions | TextPredictions> {
  const read = await readGiven("run.predict", model, given);
  return read.kind === "sequences" ? predictSequences(model, read, options) : predictText(model, read, options);
}

async function predictSequences({ deployed, kernel }: TrainedModel, read: ReadSequences, options: Options): Promise<SequencePredictions> {
  const { name, data, part, isLabelled, notes } = read;
  const { logits, score } = await sequenceLogits(deployed, data, part, kernel, options);
  const truth = isLabelled ? { labels: data[part].labels, score } : undefined;
  return new SequencePredictions({ name, classes: data.classes, logits, truth, how: score.how, notes });
}

async function predictText({ deployed, kernel }: TrainedModel, { name, task, ids, notes }: ReadText, options: Options): Promise<TextPredictions> {
  const symbols = deployed.outputs;
  const keepsLogits = ids.length * symbols.length <= mostLogits;
  const logits = await textLogits(deployed, ids, kernel, { ...options, keepsLogits });
  return new TextPredictions({ ...logits, name, task, symbols, ids, how: methodOf(deployed, "stream"), notes });
}

function methodOf({ layers }: TrainedModel["deployed"], reading: "stream" | "sequences") {
  return deployableMethod(layers.map(({ spec }) => spec), reading);
}

/** What was evaluated, and how well. */
export interface DataScore {
  readonly name: string;
  /** Symbols or sequences. */
  readonly count: number;
  readonly score: EvaluatedScore;
}

/**
 * The score of what ships on any data.
 * @throws as `readGiven`, and for sequences without labels; TextTooShortError below two symbols
 */
export async function evaluateGiven(model: TrainedModel, given: GivenData, options: Options = {}): Promise<DataScore> {
  const read = await readGiven("run.evaluate", model, given);
  const { data, part, count } = taskDataOf(model, read);
  return { name: read.name, count, score: await evaluateDeployable(model.deployed, data, part, model.kernel, options) };
}

function taskDataOf({ deployed }: TrainedModel, read: ReadData) {
  if (read.kind === "sequences") {
    if (!read.isLabelled) {
      throw new TypeError("run.evaluate() needs the true classes: give labels with the sequences, or a CSV file with the column of the labels");
    }
    return { data: read.data, part: read.part, count: read.data[read.part].labels.length } as const;
  }
  const none = new Int32Array(0);
  const data = { kind: "symbols", symbols: deployed.outputs, train: none, validation: none, test: read.ids } as const;
  return { data, part: "test", count: read.ids.length } as const;
}

/** One sequence of a part or a set: its number from 0. */
export interface SequenceChoice {
  readonly sequence?: number;
}

/**
 * The states and logits of a trained model at each timestep of a text or of one sequence.
 * @param given a text, one sequence, or data of which `sequence` tells which
 * @throws as `readGiven`; RangeError for a sequence that there is not, or states that would not fit into memory
 */
export async function trace(model: TrainedModel, given: GivenData | SequenceValues, { sequence }: SequenceChoice = {}): Promise<Trace> {
  const { task } = model.spec;
  const isOneSequence = task.kind === "classification" && isSequence(given);
  const read = await readGiven("run.trace", model, isOneSequence ? [given] : (given as GivenData));
  const { inputs, words, name } = read.kind === "symbols" ? textInputs(model, read, sequence) : sequenceInputs(read, sequence);
  requireMemory(model, inputs.length);
  // What is shown of a running cell is shown before the work begins.
  await nextTurn();
  const states = traceStates(model.deployed, inputs, model.kernel);
  const how = methodOf(model.deployed, read.kind === "symbols" ? "stream" : "sequences");
  return new Trace({ name, inputs: words, outputs: model.deployed.outputs, how }, states);
}

interface TraceInputs {
  readonly name: string;
  readonly inputs: readonly SequenceInput[];
  readonly words: readonly string[];
}

function textInputs({ deployed }: TrainedModel, { name, ids }: ReadText, sequence: number | undefined): TraceInputs {
  if (sequence !== undefined) {
    throw new TypeError("run.trace() takes sequence for models that tell classes of sequences; a text is read as one: give a piece of it");
  }
  requireMemory({ deployed }, ids.length);
  const inputs = Array.from(ids, (id): SequenceInput => ({ kind: "symbols", symbols: Int32Array.of(id) }));
  return { name, inputs, words: Array.from(ids, (id) => JSON.stringify(deployed.outputs[id])) };
}

function sequenceInputs({ name, data, part }: ReadSequences, sequence: number | undefined): TraceInputs {
  const { timesteps, width } = data;
  const count = data[part].labels.length;
  const chosen = sequence ?? 0;
  if (!(Number.isInteger(chosen) && chosen >= 0 && chosen < count)) {
    throw new RangeError(`run.trace() got sequence ${shown(sequence)}; there are ${thousands(count)}, numbered from 0`);
  }
  const values = data[part].values.subarray(chosen * timesteps * width, (chosen + 1) * timesteps * width);
  const inputs = Array.from({ length: timesteps }, (_, t): SequenceInput => ({ kind: "dense", values: values.subarray(t * width, (t + 1) * width) }));
  return { name: `sequence ${chosen} of ${name}`, inputs, words: inputs.map((_, t) => `timestep ${t}`) };
}

function requireMemory({ deployed }: Pick<TrainedModel, "deployed">, timesteps: number): void {
  const width = deployed.outputs.length + deployed.layers.reduce((sum, { spec }) => sum + 2 * outputUnits(spec), 0);
  if (timesteps * width > mostTraced) {
    const fit = Math.floor(mostTraced / width);
    throw new RangeError(`run.trace() keeps ${thousands(width)} numbers for each timestep, and ${thousands(timesteps)} timesteps are too many: give at most ${thousands(fit)}`);
  }
}

/** Numbers, or timesteps of numbers: one sequence. A list of sequences has one level more. */
function isSequence(given: unknown): given is SequenceValues {
  const isList = (value: unknown): value is ArrayLike<unknown> => typeof value === "object" && value !== null && "length" in value;
  if (!isList(given)) {
    return false;
  }
  const first = given[0];
  return typeof first === "number" || (isList(first) && typeof first[0] === "number");
}
