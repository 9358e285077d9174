import type { LabelledSequences, SequenceData, SymbolData } from "../../src/data/contract.js";
import type { QuantiserSpec } from "../../src/quantisers/quantiserSpec.js";
import type { CellNormaliserSpec, ExperimentSpec, GruSpec, LayerSpec, LstmSpec, MinGruSpec, NormaliserSpec } from "../../src/experiment/spec.js";
import type { CharacterModelSpec } from "../../src/experiment/taskSpec.js";
import type { RecurrentKernel } from "../../src/rnn/kernels/contract.js";
import { loadNativeKernel } from "../../src/rnn/kernels/native.js";
import { normalAt, randomStream } from "../../src/numbers/random.js";
import type { StepReport, Trainer } from "../../src/rnn/training/trainer.js";

export const quantisers: QuantiserSpec[] = [
  { kind: "full-precision" },
  { kind: "binary", sampling: "stochastic" },
  { kind: "binary", sampling: "deterministic" },
  { kind: "ternary", sampling: "stochastic" },
  { kind: "ternary", sampling: "deterministic" },
];

export interface Normalisers {
  readonly normaliser: NormaliserSpec;
  readonly cellNormaliser: CellNormaliserSpec;
}

const batch = { kind: "batch", epsilon: 1e-5, statistics: "shared" } as const;
const layerNorm = { kind: "layer", epsilon: 1e-5 } as const;
const rmsNorm = { kind: "rms", epsilon: 1e-5 } as const;

/** Every normaliser of the products, with and without one of the cell state. */
export const normalisers: Record<string, Normalisers> = {
  none: { normaliser: { kind: "none" }, cellNormaliser: { kind: "none" } },
  batch: { normaliser: batch, cellNormaliser: batch },
  "batch, cell none": { normaliser: batch, cellNormaliser: { kind: "none" } },
  layer: { normaliser: layerNorm, cellNormaliser: layerNorm },
  "layer, cell none": { normaliser: layerNorm, cellNormaliser: { kind: "none" } },
  rms: { normaliser: rmsNorm, cellNormaliser: rmsNorm },
  weight: { normaliser: { kind: "weight" }, cellNormaliser: { kind: "none" } },
};

const verse = "the sea the sea the open sea it grew so fresh the ever free ";

/** A verse over and over: its next character is certain once a few are known. */
export function verseData(repeats = 60): SymbolData {
  const symbols = [...new Set(verse)].sort();
  const ids = Int32Array.from(verse.repeat(repeats), (character) => symbols.indexOf(character));
  return { kind: "symbols", symbols, train: ids, validation: ids.slice(0, 600), test: ids.slice(0, 1500) };
}

/** The same quantiser for both matrices. */
export function both(quantiser: QuantiserSpec): LstmSpec["quantiser"] {
  return { input: quantiser, recurrent: quantiser };
}

/** A small ternary LSTM layer under batch normalisation; `changes` replaces parts of it. */
export function smallLstm(changes: Partial<LstmSpec> = {}): LstmSpec {
  return {
    cell: "lstm",
    units: 16,
    quantiser: both({ kind: "ternary", sampling: "stochastic" }),
    ...normalisers["batch"]!,
    initialState: "learned",
    dropout: 0,
    recurrentDropout: 0,
    zoneout: { hidden: 0, cell: 0 },
    ...changes,
  };
}

/** A small ternary GRU layer under batch normalisation; `changes` replaces parts of it. */
export function smallGru(changes: Partial<GruSpec> = {}): GruSpec {
  return {
    cell: "gru",
    units: 16,
    quantiser: both({ kind: "ternary", sampling: "stochastic" }),
    normaliser: batch,
    initialState: "learned",
    dropout: 0,
    recurrentDropout: 0,
    zoneout: { hidden: 0 },
    reset: "after",
    ...changes,
  };
}

/** A small ternary minGRU layer under batch normalisation; `changes` replaces parts of it. */
export function smallMinGru(changes: Partial<MinGruSpec> = {}): MinGruSpec {
  return {
    cell: "min-gru",
    units: 16,
    quantiser: { input: { kind: "ternary", sampling: "stochastic" } },
    normaliser: batch,
    initialState: "learned",
    dropout: 0,
    zoneout: { hidden: 0 },
    ...changes,
  };
}

/** A small experiment; `changes` replaces parts of it. */
export function smallSpec(layer: Partial<LstmSpec> = {}, changes: Partial<ExperimentSpec> = {}): ExperimentSpec {
  return {
    version: 1,
    name: "verse",
    task: {
      kind: "character-model",
      corpus: { name: "verse", source: { kind: "inline" }, sha256: "0".repeat(64) },
      split: [0.8, 0.1, 0.1],
      sequenceLength: 12,
      batchSize: 8,
    },
    layers: [smallLstm(layer)],
    output: { quantiser: { kind: "full-precision" } },
    optimiser: {
      kind: "adam",
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      learningRate: { kind: "constant", rate: 0.01 },
      clipping: { kind: "none" },
    },
    averaging: { kind: "none" },
    deterministicTail: 0,
    shipping: { kind: "best", draws: 1 },
    steps: 400,
    validateEvery: 100,
    stopAfter: null,
    seed: 5,
    ...changes,
  };
}

/** The small experiment with other layers. */
export function specOf(layers: LayerSpec[], changes: Partial<ExperimentSpec> = {}): ExperimentSpec {
  return { ...smallSpec({}, changes), layers };
}

/** The native kernel of this machine; build it first. */
export function nativeKernel(): RecurrentKernel {
  const kernel = loadNativeKernel();
  if ("missing" in kernel) {
    throw new Error(kernel.missing);
  }
  return kernel;
}

export function train(trainer: Trainer, steps: number): StepReport[] {
  return Array.from({ length: steps }, () => trainer.step());
}

/** A word model of the verse's characters, that reads them in order with carried states. */
export function wordSpec(layers: LayerSpec[], changes: Partial<ExperimentSpec> = {}): ExperimentSpec {
  const { corpus } = smallSpec().task as CharacterModelSpec;
  const task: ExperimentSpec["task"] = {
    kind: "word-model",
    corpus,
    split: [0.8, 0.1, 0.1],
    sequenceLength: 12,
    batchSize: 8,
    vocabulary: { minimumCount: 1, size: null },
    embedding: 6,
    embeddingDropout: 0,
  };
  return { ...specOf(layers, changes), task };
}

/** Sequences of `timesteps` pairs of numbers: the class is which of both has the larger sum. */
export function sequenceData(timesteps = 9, counts = { train: 96, validation: 37, test: 70 }): SequenceData {
  const part = (count: number, number: number): LabelledSequences => {
    const stream = randomStream(11, "sampling", number);
    const values = Float32Array.from({ length: count * timesteps * 2 }, (_, index) => normalAt(stream, index));
    const labels = Int32Array.from({ length: count }, (_, sequence) => {
      const own = values.subarray(sequence * timesteps * 2, (sequence + 1) * timesteps * 2);
      return Number(own.reduce((sum, value, index) => sum + (index % 2 === 0 ? -value : value), 0) > 0);
    });
    return { values, labels };
  };
  return {
    kind: "sequences",
    timesteps,
    width: 2,
    classes: ["first", "second"],
    train: part(counts.train, 0),
    validation: part(counts.validation, 1),
    test: part(counts.test, 2),
  };
}

export function classificationSpec(layers: LayerSpec[], changes: Partial<ExperimentSpec> = {}): ExperimentSpec {
  const data = { name: "pairs", source: { kind: "inline" }, sha256: "0".repeat(64) } as const;
  const task: ExperimentSpec["task"] = { kind: "classification", data, batchSize: 16, order: { kind: "given" } };
  return { ...specOf(layers, changes), task };
}
