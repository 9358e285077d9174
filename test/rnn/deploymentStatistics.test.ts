import { beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import type { TaskData } from "../../src/data/contract.js";
import type { ExperimentSpec, GruSpec, LstmSpec } from "../../src/experiment/spec.js";
import type { DeployedGru, DeployedLstm, DeployedModel } from "../../src/rnn/shipping/deployedModel.js";
import { statisticsSource } from "../../src/rnn/shipping/statisticsSource.js";
import { layerSeed, normalAt, randomStream } from "../../src/numbers/random.js";
import { Trainer } from "../../src/rnn/training/trainer.js";
import { relativeDifference } from "./lstmProblem.js";
import { ReferenceStream, shippedProduct, symbolRow } from "./referenceDeployed.js";
import { sigmoid } from "./referenceSteps.js";
import {
  classificationSpec,
  nativeKernel,
  sequenceData,
  smallGru,
  smallLstm,
  smallSpec,
  specOf,
  train,
  verseData,
  wordSpec,
} from "./trainingProblem.js";

beforeAll(async () => {
  await buildNative("dist/native");
});

type Rows = number[][];
type Arrays = Readonly<Record<string, ArrayLike<number>>>;

/** All values of one product, or of the cell, that the training pass normalises: [timestep of the chunk][rows][columns]. */
type Seen = Record<"input" | "recurrent" | "cell", Rows[]>;

interface Problem {
  readonly model: DeployedModel;
  readonly data: TaskData;
  /** Latent parameters of the layer in question: the last. */
  readonly latent: Arrays;
}

const epsilon = 1e-5;

function trainedProblem(spec: ExperimentSpec, data: TaskData): Problem {
  const trainer = Trainer.create({ ...spec, shipping: { kind: "draw" } }, data, nativeKernel());
  train(trainer, 30);
  const { tensors } = trainer.checkpoint();
  const prefix = `layers.${spec.layers.length - 1}.`;
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
  const { model } = trainer.deploy();
  trainer.dispose();
  return { model, data, latent: Object.fromEntries(own.map(([name, { data: values }]) => [name.slice(prefix.length), values])) };
}

/** Values minus the mean of their column, over its standard deviation, times gamma. */
function batchNormalised(rows: Rows, gamma: ArrayLike<number>): Rows {
  const statistics = rows[0]!.map((_, column) => meanAndVariance(rows.map((row) => row[column]!)));
  return rows.map((row) =>
    row.map((value, column) => {
      const { mean, variance } = statistics[column]!;
      return ((value - mean) / Math.sqrt(variance + epsilon)) * gamma[column]!;
    }),
  );
}

function meanAndVariance(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}

/**
 * Runs the last layer as training does, normalised by each minibatch, behind the deployed layers before it, over the same
 * chunks of the training data; in plain loops.
 */
function runLastLayer({ model, data, latent }: Problem): Seen {
  const source = statisticsSource(data);
  const layer = model.layers.at(-1)!;
  const before = model.layers.slice(0, -1);
  const seen: Seen = { input: [], recurrent: [], cell: [] };
  let streams: ReferenceStream[] = [];
  let hidden: Rows = [];
  let cell: Rows = [];
  let chunk = 0;
  for (const { input, continues, counts } of source.chunks()) {
    const noise = randomStream(layerSeed(smallSpec().seed, before.length), "initial-noise", -0x2000_0000 - chunk++);
    const { units } = layer;
    const { initialNoise = 0 } = layer.spec;
    if (!continues) {
      streams = Array.from({ length: source.batch }, () => new ReferenceStream(before));
      hidden = streams.map((_, b) => Array.from(latent["initialHidden"]!, (value, j) => value + initialNoise * normalAt(noise, b * units + j)));
      cell = streams.map(() => Array.from(latent["initialCell"] ?? []));
    }
    for (let t = 0; t < source.timesteps; t++) {
      const external = streams.map((stream, b) => {
        const at = t * source.batch + b;
        const width = input.kind === "dense" ? input.values.length / (source.timesteps * source.batch) : 0;
        const row = input.kind === "dense" ? [...input.values.subarray(at * width, (at + 1) * width)] : symbolRow(model, input.symbols[at]!);
        return shippedProduct(stream.read(row), layer.inputWeights);
      });
      const step = "gainCell" in layer ? lstmStep(layer, latent, hidden, cell, external) : gruStep(layer as DeployedGru, latent, hidden, external);
      ({ hidden, cell } = step);
      if (counts) {
        for (const part of ["input", "recurrent", "cell"] as const) {
          (seen[part][t] ??= []).push(...step.values[part]);
        }
      }
    }
  }
  return seen;
}

interface Step {
  readonly hidden: Rows;
  readonly cell: Rows;
  readonly values: Record<"input" | "recurrent" | "cell", Rows>;
}

function lstmStep(layer: DeployedLstm, latent: Arrays, hidden: Rows, cell: Rows, external: Rows): Step {
  const { units } = layer;
  const recurrent = hidden.map((row) => shippedProduct(row, layer.recurrentWeights));
  const [a, x] = [batchNormalised(recurrent, latent["gammaRecurrent"]!), batchNormalised(external, latent["gammaInput"]!)];
  const gate = (b: number, block: number, j: number): number => {
    const column = block * units + j;
    return a[b]![column]! + x[b]![column]! + latent["betaRecurrent"]![column]!;
  };
  const updated = cell.map((row, b) => row.map((value, j) => sigmoid(gate(b, 1, j)) * value + sigmoid(gate(b, 2, j)) * Math.tanh(gate(b, 0, j))));
  const read = batchNormalised(updated, latent["gammaCell"]!);
  const next = read.map((row, b) => row.map((value, j) => sigmoid(gate(b, 3, j)) * Math.tanh(value + latent["betaCell"]![j]!)));
  return { hidden: next, cell: updated, values: { input: external, recurrent, cell: updated } };
}

function gruStep(layer: DeployedGru, latent: Arrays, hidden: Rows, external: Rows): Step {
  const { units, spec } = layer;
  const gamma = Array.from(latent["gammaRecurrent"]!);
  const x = batchNormalised(external, latent["gammaInput"]!).map((row) => row.map((value, column) => value + latent["betaRecurrent"]![column]!));
  const fromState = hidden.map((row) => shippedProduct(row, layer.recurrentWeights));
  const gates = batchNormalised(fromState.map((row) => row.slice(0, 2 * units)), gamma.slice(0, 2 * units));
  const reset = gates.map((row, b) => row.slice(0, units).map((value, j) => sigmoid(value + x[b]![j]!)));
  const resetHidden = hidden.map((row, b) => row.map((value, j) => value * reset[b]![j]!));
  const before = spec.reset === "before";
  const ofCandidate = (before ? resetHidden.map((row) => shippedProduct(row, layer.recurrentWeights)) : fromState).map((row) => row.slice(2 * units));
  const inside = batchNormalised(ofCandidate, gamma.slice(2 * units));
  const next = hidden.map((row, b) =>
    row.map((value, j) => {
      const within = before ? inside[b]![j]! : reset[b]![j]! * (inside[b]![j]! + latent["betaReset"]![j]!);
      const candidate = Math.tanh(within + x[b]![2 * units + j]!);
      const update = sigmoid(gates[b]![units + j]! + x[b]![units + j]!);
      return (1 - update) * candidate + update * value;
    }),
  );
  const recurrent = fromState.map((row, b) => [...row.slice(0, 2 * units), ...ofCandidate[b]!]);
  return { hidden: next, cell: [], values: { input: external, recurrent, cell: hidden.map(() => []) } };
}

/** gamma (value - mean) / sqrt(variance + epsilon) as gain and offset; [R * C]. */
function folded(values: readonly Rows[], gamma: ArrayLike<number>, perTimestep: boolean): { gain: number[]; offset: number[] } {
  const groups = perTimestep ? values : [values.flat()];
  const constants = groups.flatMap((rows) =>
    Array.from(gamma, (scale, column) => {
      const { mean, variance } = meanAndVariance(rows.map((row) => row[column]!));
      const gain = scale / Math.sqrt(variance + epsilon);
      return { gain, offset: -gain * mean };
    }),
  );
  return { gain: constants.map(({ gain }) => gain), offset: constants.map(({ offset }) => offset) };
}

const text = verseData(20);
/** Streams of 64 symbols: few, so that plain loops are quick. */
const shortText = { ...text, train: text.train.slice(0, 64 * 3 + 1), validation: text.train.slice(0, 200) };
const sequences = sequenceData(6, { train: 40, validation: 20, test: 20 });
const perTimestep = { kind: "batch", epsilon, statistics: "per-timestep" } as const;
const task = { ...specOf([]).task, batchSize: 4 } as ExperimentSpec["task"];
const overText = (layers: ExperimentSpec["layers"]): ExperimentSpec => ({ ...specOf(layers), task });
const lstm = (changes: Partial<LstmSpec> = {}): LstmSpec => smallLstm({ units: 4, ...changes });
const gru = (changes: Partial<GruSpec> = {}): GruSpec => smallGru({ units: 4, ...changes });
const apart = { normaliser: perTimestep, cellNormaliser: perTimestep };

const lstmCases: [string, ExperimentSpec, TaskData][] = [
  ["one layer over a text", overText([lstm()]), shortText],
  ["behind a frozen LSTM", overText([lstm(), lstm({ units: 3 })]), shortText],
  ["behind a frozen GRU", overText([gru(), lstm({ units: 3 })]), shortText],
  ["over word vectors", { ...wordSpec([lstm()]), task: { ...wordSpec([]).task, batchSize: 4 } as ExperimentSpec["task"] }, shortText],
  ["over sequences", classificationSpec([lstm()]), sequences],
  ["over sequences, each timestep apart", classificationSpec([lstm(apart)]), sequences],
  ["with noise on the first h", classificationSpec([lstm({ ...apart, initialNoise: 0.5 })]), sequences],
  ["behind a frozen layer, each timestep apart", classificationSpec([lstm(apart), lstm({ units: 3, ...apart })]), sequences],
];
const gruCases: [string, ExperimentSpec, TaskData][] = [
  ["reset before", overText([gru({ reset: "before" })]), shortText],
  ["reset after", overText([gru({ reset: "after" })]), shortText],
  ["behind a frozen layer, each timestep apart", classificationSpec([lstm(apart), gru({ reset: "after", normaliser: perTimestep })]), sequences],
];

describe("constants that ship have the statistics of exactly the shipped weights over the training data", () => {
  it.each(lstmCases)("LSTM %s", (_, spec, data) => {
    const problem = trainedProblem(spec, data);
    const layer = problem.model.layers.at(-1)! as DeployedLstm;
    const { latent } = problem;
    const seen = runLastLayer(problem);
    const separate = "statistics" in layer.spec.normaliser && layer.spec.normaliser.statistics === "per-timestep";
    const input = folded(seen.input, latent["gammaInput"]!, separate);
    const recurrent = folded(seen.recurrent, latent["gammaRecurrent"]!, separate);
    const cell = folded(seen.cell, latent["gammaCell"]!, separate);
    const beta = latent["betaRecurrent"]!;
    const shift = input.offset.map((offset, index) => beta[index % beta.length]! + offset + recurrent.offset[index]!);
    const shiftCell = cell.offset.map((offset, index) => latent["betaCell"]![index % layer.units]! + offset);
    expect(relativeDifference(layer.gainInput, input.gain)).toBeLessThan(1e-3);
    expect(relativeDifference(layer.gainRecurrent, recurrent.gain)).toBeLessThan(1e-3);
    expect(relativeDifference(layer.gainCell, cell.gain)).toBeLessThan(1e-3);
    expect(relativeDifference(layer.shift, shift)).toBeLessThan(1e-3);
    expect(relativeDifference(layer.shiftCell, shiftCell)).toBeLessThan(1e-3);
  });

  it.each(gruCases)("GRU %s", (_, spec, data) => {
    const problem = trainedProblem(spec, data);
    const layer = problem.model.layers.at(-1)! as DeployedGru;
    const { latent } = problem;
    const { units } = layer;
    const seen = runLastLayer(problem);
    const separate = layer.shift.length > 3 * units;
    const input = folded(seen.input, latent["gammaInput"]!, separate);
    const recurrent = folded(seen.recurrent, latent["gammaRecurrent"]!, separate);
    expect(relativeDifference(layer.gainInput, input.gain)).toBeLessThan(1e-3);
    expect(relativeDifference(layer.gainRecurrent, recurrent.gain)).toBeLessThan(1e-3);
    // Where the reset comes after the product, the candidate's recurrent offset is inside of it.
    const inside = layer.spec.reset === "after";
    const isCandidate = (index: number): boolean => index % (3 * units) >= 2 * units;
    const beta = latent["betaRecurrent"]!;
    const shift = input.offset.map((offset, index) => beta[index % beta.length]! + offset + (inside && isCandidate(index) ? 0 : recurrent.offset[index]!));
    const innerOffsets = recurrent.offset.filter((_offset, index) => isCandidate(index));
    const shiftReset = innerOffsets.map((offset, index) => (inside ? latent["betaReset"]![index % units]! + offset : 0));
    expect(relativeDifference(layer.shift, shift)).toBeLessThan(1e-3);
    expect(relativeDifference(layer.shiftReset, shiftReset)).toBeLessThan(1e-3);
  });
});

describe("where the statistics come from", () => {
  it("a text is read by streams side by side; what counts is what comes after the states have settled", () => {
    const source = statisticsSource(verseData());
    const chunks = [...source.chunks()];
    expect([source.timesteps, source.batch]).toEqual([64, Math.floor((60 * 60 - 1) / 64)]);
    expect(chunks.map(({ continues }) => continues)).toEqual([false, ...Array<boolean>(15).fill(true)]);
    expect(chunks.map(({ counts }) => counts)).toEqual([false, false, ...Array<boolean>(14).fill(true)]);
  });

  it("sequences all count, each from the initial state, in at most sixteen minibatches of 128", () => {
    const source = statisticsSource(sequenceData(1, { train: 17 * 128, validation: 1, test: 1 }));
    const chunks = [...source.chunks()];
    expect([source.timesteps, source.batch, chunks.length]).toEqual([1, 128, 16]);
    expect(chunks.every(({ continues, counts }) => counts && !continues)).toBe(true);
    expect(statisticsSource(sequences).batch).toBe(40);
  });
});
