import { setImmediate as nextTurn } from "node:timers/promises";
import type { DataPart, SequenceData, SymbolData, TaskData } from "../data/contract.js";
import type { FixedModel } from "../hardware/fixedModel.js";
import { FastNetwork, plainProduct } from "../hardware/integer/fastNetwork.js";
import type { ProductOf } from "../hardware/integer/fastUnits.js";
import type { LayerInput, SaturationCounts } from "../hardware/integer/layerUnits.js";
import { fixedInput } from "../hardware/integer/network.js";
import { shippedValues, type DeployedModel } from "../rnn/shipping/deployedModel.js";
import type { EvaluationOptions } from "../rnn/inference/evaluate.js";
import type { RecurrentKernel } from "../rnn/kernels/contract.js";
import { OutputLayer, type OutputLoss } from "../rnn/training/output.js";
import { ScoreSum, type Score } from "../rnn/inference/score.js";

/** What the accelerator's integers predict. */
export interface IntegerScore {
  readonly score: Score;
  /** Timesteps that were read. */
  readonly timesteps: number;
  /** Over all layers and timesteps. */
  readonly saturations: SaturationCounts;
  /** Read in a timestep, on average, for each layer: H, or with delta updates those whose h had changed. */
  readonly recurrentColumns: readonly number[];
}

/** Predictions that are scored at once. */
const chunkLength = 250;
/** Milliseconds between two turns of the event loop. */
const turnInterval = 50;

/**
 * Scores the accelerator's integers as `evaluateDeployable` scores the float model: a text is one continuous stream,
 * sequences are read one by one. The integer hidden states go through the float output layer.
 * @throws the signal's reason when it aborts
 */
export async function integerScore(
  model: DeployedModel,
  fixed: FixedModel,
  data: TaskData,
  part: DataPart,
  kernel: RecurrentKernel,
  { signal, onProgress }: EvaluationOptions = {},
): Promise<IntegerScore> {
  const network = new FastNetwork(fixed, kernelProduct(kernel));
  const output = new HiddenOutput(model, fixed, kernel);
  const sum = new ScoreSum();
  const all = data.kind === "symbols" ? data[part].length - 1 : data[part].labels.length * data.timesteps;
  const reading = data.kind === "symbols" ? readText(network, model, data, part, output) : readSequences(network, data, part, output);
  let timesteps = 0;
  let turn = performance.now();
  for (const { loss, correct, predictions, read } of reading) {
    timesteps += read;
    if (predictions > 0) {
      sum.add(loss, correct, predictions);
    }
    if (performance.now() - turn > turnInterval) {
      onProgress?.(timesteps / all);
      await nextTurn();
      turn = performance.now();
    }
    signal?.throwIfAborted();
  }
  onProgress?.(1);
  const recurrentColumns = network.layers.map((layer) => layer.recurrentColumns / timesteps);
  return { score: sum.score, timesteps, saturations: network.saturations, recurrentColumns };
}

/**
 * The data with a part cut to its beginning: so many predictions of a text, or as many whole sequences as hold that many
 * timesteps.
 */
export function beginning(data: TaskData, part: DataPart, timesteps: number): TaskData {
  if (data.kind === "symbols") {
    return { ...data, [part]: data[part].subarray(0, timesteps + 1) };
  }
  const { values, labels } = data[part];
  const count = Math.min(labels.length, Math.ceil(timesteps / data.timesteps));
  const cut = { values: values.subarray(0, count * data.timesteps * data.width), labels: labels.subarray(0, count) };
  return { ...data, [part]: cut };
}

type PartScore = OutputLoss & { readonly predictions: number; readonly read: number };

function* readText(network: FastNetwork, { input }: DeployedModel, data: SymbolData, part: DataPart, output: HiddenOutput): Generator<PartScore> {
  const symbols = data[part];
  const predictions = symbols.length - 1;
  const inputOf = symbolInput(network.model, input);
  for (let first = 0; first < predictions; first += chunkLength) {
    const end = Math.min(first + chunkLength, predictions);
    for (let timestep = first; timestep < end; timestep++) {
      output.add(network.step(inputOf(symbols[timestep]!)));
    }
    yield { ...output.score(symbols.slice(first + 1, end + 1)), predictions: end - first, read: end - first };
  }
}

/** Symbols as they are, or the integers of their vectors. */
function symbolInput(fixed: FixedModel, input: DeployedModel["input"]): (symbol: number) => LayerInput {
  if (input.kind !== "embedding") {
    return (symbol) => symbol;
  }
  const vectors = new Map<number, Int32Array>();
  return (symbol) => {
    const vector = vectors.get(symbol) ?? fixedInput(fixed, input.table.subarray(symbol * input.units, (symbol + 1) * input.units));
    vectors.set(symbol, vector);
    return vector;
  };
}

function* readSequences(network: FastNetwork, { timesteps, width, ...parts }: SequenceData, part: DataPart, output: HiddenOutput): Generator<PartScore> {
  const { values, labels } = parts[part];
  let scored = 0;
  for (let sequence = 0; sequence < labels.length; sequence++) {
    network.restart();
    let hidden: Int32Array | undefined;
    for (let timestep = sequence * timesteps; timestep < (sequence + 1) * timesteps; timestep++) {
      hidden = network.step(fixedInput(network.model, values.subarray(timestep * width, (timestep + 1) * width)));
    }
    output.add(hidden!);
    const isFull = sequence + 1 - scored === chunkLength || sequence + 1 === labels.length;
    const targets = labels.slice(scored, isFull ? sequence + 1 : scored);
    scored += targets.length;
    yield { ...output.score(targets), predictions: targets.length, read: timesteps };
  }
}

/** The float output layer over integer hidden states, gathered until there are enough. */
class HiddenOutput {
  private readonly hidden: Float32Array;
  private readonly step: number;
  private readonly weights;
  private readonly layers = new Map<number, OutputLayer>();
  private gathered = 0;

  constructor(
    private readonly model: DeployedModel,
    { layers }: FixedModel,
    private readonly kernel: RecurrentKernel,
  ) {
    this.hidden = new Float32Array(chunkLength * model.outputWeights.rows);
    this.step = 2 ** -layers.at(-1)!.hiddenFormat.fractionBits;
    this.weights = { weights: shippedValues(model.outputWeights), bias: model.outputBias };
  }

  add(hidden: Int32Array): void {
    const from = this.gathered * hidden.length;
    for (let unit = 0; unit < hidden.length; unit++) {
      this.hidden[from + unit] = hidden[unit]! * this.step;
    }
    this.gathered++;
  }

  /** @param targets one for each state since the last time, or none to wait for more */
  score(targets: Int32Array): OutputLoss {
    if (targets.length === 0) {
      return { loss: 0, correct: 0 };
    }
    this.gathered = 0;
    const { rows, columns } = this.model.outputWeights;
    const layer = this.layers.get(targets.length) ?? new OutputLayer(this.kernel, targets.length, rows, columns);
    this.layers.set(targets.length, layer);
    return layer.loss(this.weights, this.hidden.subarray(0, targets.length * rows), targets);
  }
}

/** Single precision holds every whole number up to 2^24, so a sum of that many bits is exact in any order. */
const exactBits = 25;

/** The compute kernel's products where they are exact, else plain loops. */
function kernelProduct(kernel: RecurrentKernel): ProductOf {
  return (matrix, sumBits) => {
    if (sumBits > exactBits) {
      return plainProduct(matrix, sumBits);
    }
    const { rows, columns } = matrix;
    const weights = { rows, columns, values: Float32Array.from(matrix.codes) };
    const factor = { rows: 1, columns: rows, values: new Float32Array(rows) };
    const out = new Float32Array(columns);
    return (values, sums) => {
      factor.values.set(values);
      kernel.multiply(factor, weights, { out });
      sums.set(out);
    };
  };
}
