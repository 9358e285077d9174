import { beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import type { SequenceData, TaskData } from "../../src/data/contract.js";
import type { ExperimentSpec, LayerSpec } from "../../src/experiment/spec.js";
import { chooseBackend } from "../../src/rnn/backend.js";
import type { ChosenModel } from "../../src/rnn/shipping/deploy.js";
import { deployableScore } from "../../src/rnn/shipping/deployableScore.js";
import type { DeployedLstm, DeployedModel, ShippedMatrix } from "../../src/rnn/shipping/deployedModel.js";
import { deployedModelFromTensors, deployedModelToTensors } from "../../src/rnn/shipping/deployedModelFile.js";
import { DeployedNetwork, SequenceTooLongError } from "../../src/rnn/inference/deployedNetwork.js";
import { evaluateDeployable } from "../../src/rnn/inference/evaluate.js";
import { tensorKernel } from "../../src/rnn/kernels/tensorKernel.js";
import { InvalidTensorsError } from "../../src/files/namedTensors.js";
import { perplexity } from "../../src/rnn/inference/score.js";
import { Trainer } from "../../src/rnn/training/trainer.js";
import { decodeSafetensors, encodeSafetensors } from "../../src/files/safetensors.js";
import { goldenQuantisers, optionQuantisers, quantiserName } from "./goldenSteps.js";
import { ReferenceStream, referenceNats, referenceStreamLoss } from "./referenceDeployed.js";
import {
  both,
  classificationSpec,
  nativeKernel,
  normalisers,
  sequenceData,
  smallGru,
  smallLstm,
  specOf,
  train,
  verseData,
  wordSpec,
} from "./trainingProblem.js";

const whole = verseData();
/** Short parts, so that plain loops read them quickly. */
const data = { ...whole, validation: whole.validation.slice(0, 200), test: whole.test.slice(100, 220) };
const sequences = sequenceData(9, { train: 96, validation: 37, test: 140 });
const small = { units: 7 };
const perTimestep = { kind: "batch", epsilon: 1e-5, statistics: "per-timestep" } as const;

beforeAll(async () => {
  await buildNative("dist/native");
  await chooseBackend();
});

const chosen = new Map<string, ChosenModel>();

/** What a short training ships; each spec is trained once. */
function shipped(spec: ExperimentSpec, source: TaskData = data): ChosenModel {
  const key = JSON.stringify(spec);
  const known = chosen.get(key);
  if (known) {
    return known;
  }
  const trainer = Trainer.create(spec, source, nativeKernel());
  train(trainer, 20);
  const model = trainer.deploy();
  trainer.dispose();
  chosen.set(key, model);
  return model;
}

const stack: LayerSpec[] = [smallLstm({ units: 6 }), smallGru({ units: 5 })];
const texts: [string, ExperimentSpec][] = [
  ...goldenQuantisers.map((quantiser): [string, ExperimentSpec] => [quantiserName(quantiser), specOf([smallLstm({ ...small, quantiser: both(quantiser) })])]),
  ...optionQuantisers.flatMap((quantiser): [string, ExperimentSpec][] => [
    [`${quantiserName(quantiser)}, output too`, specOf([smallLstm({ ...small, quantiser: both(quantiser) })], { output: { quantiser } })],
    [`gru, ${quantiserName(quantiser)}`, specOf([smallGru({ ...small, quantiser: both(quantiser) })])],
  ]),
  ...Object.entries(normalisers).map(([name, own]): [string, ExperimentSpec] => [`lstm, normaliser ${name}`, specOf([smallLstm({ ...small, ...own })])]),
  ["lstm, normaliser none, cell batch", specOf([smallLstm({ ...small, normaliser: { kind: "none" } })])],
  ["lstm, normaliser weight, cell layer", specOf([smallLstm({ ...small, normaliser: { kind: "weight" }, cellNormaliser: normalisers["layer"]!.cellNormaliser })])],
  ...(["before", "after"] as const).flatMap((reset) =>
    ["none", "batch", "layer", "rms", "weight"].map((name): [string, ExperimentSpec] => [
      `gru reset ${reset}, normaliser ${name}`,
      specOf([smallGru({ ...small, reset, normaliser: normalisers[name]!.normaliser })]),
    ]),
  ),
  ["a stack of lstm and gru", specOf(stack)],
  ["a stack with every regulariser", specOf([smallLstm({ ...small, dropout: 0.2, recurrentDropout: 0.2, zoneout: { hidden: 0.2, cell: 0.1 } }), smallGru({ units: 5, zoneout: { hidden: 0.3 } })])],
  ["a word model", wordSpec([smallLstm({ ...small, initialState: "carried" }), smallGru({ units: 5, initialState: "carried" })])],
  ["a quantised output", specOf([smallLstm(small)], { output: { quantiser: { kind: "alternating", bits: 2, iterations: 2 } } })],
];

const perTimestepCases: [string, ExperimentSpec][] = [
  ["per-timestep statistics", classificationSpec([smallLstm({ ...small, normaliser: perTimestep, cellNormaliser: perTimestep })])],
  ["per-timestep statistics of the products alone", classificationSpec([smallLstm({ ...small, normaliser: perTimestep, cellNormaliser: { kind: "none" } })])],
  ["per-timestep statistics of the cell alone", classificationSpec([smallLstm({ ...small, normaliser: { kind: "layer", epsilon: 1e-5 }, cellNormaliser: perTimestep })])],
  ["per-timestep statistics under a GRU", classificationSpec([smallLstm({ ...small, normaliser: perTimestep, cellNormaliser: perTimestep }), smallGru({ units: 5, normaliser: perTimestep })])],
  ["per-timestep statistics of GRUs of both kinds", classificationSpec([smallGru({ ...small, reset: "before", normaliser: perTimestep }), smallGru({ units: 5, reset: "after", normaliser: perTimestep })])],
];
const classifications: [string, ExperimentSpec][] = [["shared statistics", classificationSpec([smallLstm(small)])], ...perTimestepCases];

describe("the deployable loss of a text is that of the folded equations over one stream", () => {
  it.each(texts)("%s", async (_, spec) => {
    const { model } = shipped(spec);
    const { loss, bpc } = await evaluateDeployable(model, data, "test", nativeKernel());
    expect(loss).toBeCloseTo(referenceStreamLoss(model, data.test), 4);
    expect(bpc).toBeCloseTo(loss / Math.log(2), 10);
  });
});

describe("the deployable score of sequences is that of the folded equations, of all of them", () => {
  it.each(classifications)("%s", async (_, spec) => {
    const { model } = shipped(spec, sequences);
    const { loss, accuracy } = await evaluateDeployable(model, sequences, "test", nativeKernel());
    const expected = referenceSequences(model, sequences);
    expect(loss).toBeCloseTo(expected.loss, 4);
    expect(accuracy).toBeCloseTo(expected.accuracy, 12);
    // 140 sequences: two minibatches of 64 and a rest.
    expect(deployableScore(model, sequences, "test", nativeKernel())).toEqual({ loss, accuracy, bpc: loss / Math.LN2 });
  });
});

/** Every test sequence from the initial state. */
function referenceSequences(model: DeployedModel, { test, timesteps, width }: SequenceData): { loss: number; accuracy: number } {
  let nats = 0;
  let correct = 0;
  test.labels.forEach((label, sequence) => {
    const stream = new ReferenceStream(model.layers);
    let hidden: number[] = [];
    for (let t = 0; t < timesteps; t++) {
      const from = (sequence * timesteps + t) * width;
      hidden = stream.read([...test.values.subarray(from, from + width)]);
    }
    const all = model.outputs.map((_, other) => referenceNats(model, hidden, other));
    nats += all[label]!;
    correct += Number(all[label] === Math.min(...all));
  });
  return { loss: nats / test.labels.length, accuracy: correct / test.labels.length };
}

describe("a model file holds the whole model", () => {
  const cases: [string, () => DeployedModel][] = [
    ...texts.map(([name, spec]): [string, () => DeployedModel] => [name, () => shipped(spec).model]),
    ...classifications.map(([name, spec]): [string, () => DeployedModel] => [name, () => shipped(spec, sequences).model]),
  ];
  it.each(cases)("%s", (_, model) => {
    const bytes = encodeSafetensors(deployedModelToTensors(model()));
    expect(deployedModelFromTensors(decodeSafetensors(bytes, "model"))).toEqual(model());
  });
});

describe("reading on", () => {
  it.each(["a stack of lstm and gru", "a stack with every regulariser", "lstm, normaliser layer"])("in pieces is reading at once: %s", (name) => {
    const { model } = shipped(texts.find(([own]) => own === name)![1]);
    const symbols = data.test.slice(0, 30);
    const [pieces, once] = [0, 1].map(() => new DeployedNetwork(model, nativeKernel(), 1));
    const expected = once!.read({ kind: "symbols", symbols }).slice();
    const read = [0, 1, 5, 17, 30].slice(1).flatMap((end, index) => {
      const start = [0, 1, 5, 17][index]!;
      return [...pieces!.read({ kind: "symbols", symbols: symbols.slice(start, end) })];
    });
    read.forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 5));
    pieces!.reset();
    expect([...pieces!.read({ kind: "symbols", symbols })]).toEqual([...expected]);
  });

  it.each(perTimestepCases)("is as long as the trained length where each timestep has its statistics, and no longer: %s", (_, spec) => {
    const { model } = shipped(spec, sequences);
    const network = new DeployedNetwork(model, nativeKernel(), 2);
    const values = sequences.test.values.slice(0, 9 * 2 * 2);
    const piece = (from: number, to: number) => ({ kind: "dense", values: values.slice(from * 4, to * 4) }) as const;
    const expected = network.read(piece(0, 9)).slice(-2 * 5);
    network.reset();
    network.read(piece(0, 4));
    const pieces = network.read(piece(4, 9)).slice(-2 * 5);
    pieces.forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 5));
    expect(() => network.read(piece(0, 1))).toThrow(SequenceTooLongError);
    expect(() => network.read(piece(0, 1))).toThrow(/statistics for 9 timesteps, its trained length, and timestep 10 was asked for/);
    network.reset();
    network.read(piece(0, 1));
  });
});

describe("the choice of what ships", () => {
  const spec = specOf([smallLstm()], { shipping: { kind: "best", draws: 4 } });
  const byName = (name: string): ChosenModel =>
    shipped({ ...spec, shipping: name === "deterministic" ? { kind: "deterministic" } : { kind: "draw" } });

  it("best: the lowest deployable validation loss of the rule and all draws, each listed", () => {
    const { model, candidates } = shipped(spec);
    expect(candidates.map(({ choice }) => choice)).toEqual(["deterministic", "draw 1", "draw 2", "draw 3", "draw 4"]);
    const losses = candidates.map(({ validationLoss }) => validationLoss!);
    expect(new Set(losses).size).toBe(5);
    const best = losses.indexOf(Math.min(...losses));
    expect(model.choice).toBe(candidates[best]!.choice);
    expect(deployableScore(model, data, "validation", nativeKernel()).loss).toBe(losses[best]);
  });

  it.each(["deterministic", "draw 1"])("%s alone, with nothing to compare", (name) => {
    const { model, candidates } = byName(name);
    expect(candidates).toEqual([{ choice: name, validationLoss: null }]);
    expect(model.choice).toBe(name);
    const compared = shipped(spec).candidates.find(({ choice }) => choice === name)!;
    expect(deployableScore(model, data, "validation", nativeKernel()).loss).toBe(compared.validationLoss);
  });

  it("draws only where a rule draws", () => {
    const deterministic = both({ kind: "ternary", sampling: "deterministic" });
    const only = [{ choice: "deterministic", validationLoss: null }];
    expect(shipped(specOf([smallLstm({ quantiser: deterministic })], spec)).candidates).toEqual(only);
    expect(shipped({ ...spec, layers: [smallLstm({ quantiser: both({ kind: "twn", factor: 0.7 }) })] }).candidates).toEqual(only);
    const mixed = { input: { kind: "ternary", sampling: "deterministic" }, recurrent: { kind: "ternary", sampling: "stochastic" } } as const;
    const [drawn, rule] = (["draw", "deterministic"] as const).map((kind) => {
      const [layer] = shipped({ ...spec, shipping: { kind }, layers: [smallLstm({ quantiser: mixed })] }).model.layers;
      return layer as DeployedLstm;
    });
    expect(drawn!.inputWeights).toEqual(rule!.inputWeights);
    expect(drawn!.recurrentWeights).not.toEqual(rule!.recurrentWeights);
  });

  it("draws what no training step drew, and every draw anew", () => {
    const frozen = { ...spec, optimiser: { ...spec.optimiser, learningRate: { kind: "constant", rate: 1e-12 } } } as ExperimentSpec;
    const trainer = Trainer.create(frozen, data, nativeKernel());
    const codesNow = (): string => {
      trainer.weightReport();
      return String(trainer.checkpoint().tensors["reported.layers.0.recurrentWeights"]!.data);
    };
    const drawn = Array.from({ length: 20 }, () => {
      const codes = codesNow();
      train(trainer, 1);
      return codes;
    });
    for (const draws of [1, 2, 3]) {
      const one = Trainer.restore({ ...frozen, shipping: { kind: "best", draws } }, data, nativeKernel(), trainer.checkpoint());
      drawn.push(codesOf((one.deploy().model.layers[0] as DeployedLstm).recurrentWeights));
    }
    const single = Trainer.restore({ ...frozen, shipping: { kind: "draw" } }, data, nativeKernel(), trainer.checkpoint());
    drawn.push(codesOf((single.deploy().model.layers[0] as DeployedLstm).recurrentWeights));
    expect(new Set(drawn.slice(0, 20)).size).toBe(20);
    drawn.slice(20).forEach((codes) => expect(drawn.slice(0, 20)).not.toContain(codes));
  });
});

function codesOf(matrix: ShippedMatrix): string {
  return matrix.kind === "planes" ? String(matrix.planes[0]!.codes) : "";
}

describe("weight normalisation is folded into the gains", () => {
  it("so that each shipped column times its gain has the norm gamma", () => {
    const trainer = Trainer.create(specOf([smallLstm({ ...small, ...normalisers["weight"]! })]), data, nativeKernel());
    train(trainer, 20);
    const gamma = trainer.checkpoint().tensors["layers.0.gammaRecurrent"]!.data;
    const { recurrentWeights, gainRecurrent } = trainer.deploy().model.layers[0] as DeployedLstm;
    const { codes, scales } = recurrentWeights.kind === "planes" ? recurrentWeights.planes[0]! : { codes: [], scales: [] };
    gamma.forEach((expected, column) => {
      const kept = [...codes].filter((code, index) => index % 28 === column && code !== 0).length;
      expect(gainRecurrent[column]! * scales[0]! * Math.sqrt(kept)).toBeCloseTo(kept === 0 ? 0 : expected, 5);
    });
  });
});

describe("evaluation", () => {
  const spec = specOf([smallLstm()]);

  it("of a text gives way to an abort, and says how far it is", async () => {
    const progress: number[] = [];
    const { model } = shipped(spec);
    await evaluateDeployable(model, whole, "test", nativeKernel(), { onProgress: (share) => progress.push(share) });
    expect(progress.at(-1)).toBe(1);
    const signal = AbortSignal.abort(new Error("stopped by the user"));
    await expect(evaluateDeployable(model, data, "test", nativeKernel(), { signal })).rejects.toThrow("stopped by the user");
  });

  it("of sequences does the same", async () => {
    const { model } = shipped(classificationSpec([smallLstm(small)]), sequences);
    const progress: number[] = [];
    await evaluateDeployable(model, sequences, "test", nativeKernel(), { onProgress: (share) => progress.push(share) });
    expect(progress.at(-1)).toBe(1);
    const signal = AbortSignal.abort(new Error("stopped by the user"));
    await expect(evaluateDeployable(model, sequences, "test", nativeKernel(), { signal })).rejects.toThrow("stopped by the user");
  });

  it("needs two characters", async () => {
    const short = { ...data, test: data.test.slice(0, 1) };
    await expect(evaluateDeployable(shipped(spec).model, short, "test", nativeKernel())).rejects.toThrow(/on 1 symbols; at least 2/);
  });

  it("is the same on the tensor kernel", async () => {
    const { model } = shipped(specOf(stack));
    const native = await evaluateDeployable(model, data, "test", nativeKernel());
    expect((await evaluateDeployable(model, data, "test", tensorKernel())).loss).toBeCloseTo(native.loss, 4);
  });

  it("many streams side by side score nearly as one, whatever the length of the text", () => {
    const trainer = Trainer.create(spec, whole, nativeKernel());
    train(trainer, 200);
    const { model } = trainer.deploy();
    const one = referenceStreamLoss(model, data.validation);
    expect(Math.abs(deployableScore(model, data, "validation", nativeKernel()).loss - one)).toBeLessThan(0.3);
    // Below 65 symbols there is one stream.
    const short = { ...data, validation: data.validation.slice(0, 60) };
    expect(deployableScore(model, short, "validation", nativeKernel()).loss).toBeCloseTo(referenceStreamLoss(model, short.validation), 4);
  });

  it("deployable and author-style agree on what was learned, and differ in how they measure it", async () => {
    const trainer = Trainer.create(spec, whole, nativeKernel());
    train(trainer, 300);
    const author = trainer.authorStyle("test");
    const { bpc, accuracy } = await evaluateDeployable(trainer.deploy().model, whole, "test", nativeKernel());
    // One stream knows what came before, and windows must guess their first symbols; but constants are not the statistics of a
    // minibatch, and which weighs more differs with the rounding of the instruction set.
    expect(bpc).toBeLessThan(1.5 * author.bpc);
    expect(bpc).not.toBe(author.bpc);
    expect(author.bpc).toBeLessThan(1.5);
    expect(Math.min(accuracy, author.accuracy)).toBeGreaterThan(0.7);
  });

  it("author-style leaves out the last incomplete minibatch, deployable counts every sequence", () => {
    const trainer = Trainer.create(classificationSpec([smallLstm(small)]), sequences, nativeKernel());
    train(trainer, 5);
    const author = trainer.authorStyle("test");
    // 140 sequences in minibatches of 16: 128 are read.
    const cut = (count: number): SequenceData => {
      const { values, labels } = sequences.test;
      return { ...sequences, test: { values: values.slice(0, count * 18), labels: labels.slice(0, count) } };
    };
    const scoreOf = (count: number) => Trainer.restore(classificationSpec([smallLstm(small)]), cut(count), nativeKernel(), trainer.checkpoint()).authorStyle("test");
    expect(scoreOf(128)).toEqual(author);
    expect(scoreOf(112)).not.toEqual(author);
    const { model } = trainer.deploy();
    const deployable = (count: number) => deployableScore(model, cut(count), "test", nativeKernel());
    expect(deployable(140).loss * 140).toBeCloseTo(deployable(139).loss * 139 + referenceLast(model), 3);
  });

  /** Nats of the last test sequence alone. */
  function referenceLast(model: DeployedModel): number {
    const { values, labels } = sequences.test;
    const last = { values: values.slice(-18), labels: labels.slice(-1) };
    return referenceSequences(model, { ...sequences, test: last }).loss;
  }

  it("of a word model is read by its perplexity, the number of words that are as good as equally likely", async () => {
    const untrained = Trainer.create(wordSpec([smallLstm(small)]), data, nativeKernel());
    const score = await evaluateDeployable(untrained.deploy().model, data, "test", nativeKernel());
    expect(perplexity(score)).toBeCloseTo(2 ** score.bpc, 9);
    expect(Math.abs(perplexity(score) / data.symbols.length - 1)).toBeLessThan(0.2);
  });
});

describe("a model file", () => {
  const file = () => deployedModelToTensors(shipped(specOf([smallLstm(small)])).model);
  const withTensor = (name: string, change: (data: Int8Array | Float32Array) => void) => {
    const tensors = file();
    const tensor = tensors.tensors[name]!;
    const copy = tensor.data.slice() as Int8Array | Float32Array;
    change(copy);
    return { ...tensors, tensors: { ...tensors.tensors, [name]: { ...tensor, data: copy } } };
  };

  it.each([
    ["a missing tensor", () => ({ ...file(), tensors: { ...file().tensors, "layers.0.shiftCell": undefined! } }), /no tensor "layers\.0\.shiftCell"/],
    ["another format", () => ({ ...file(), metadata: { ...file().metadata, format: "other" } }), /has other/],
    ["a broken header", () => ({ ...file(), metadata: { ...file().metadata, model: "{" } }), /"model" is not valid/],
    ["a header without layers", () => ({ ...file(), metadata: { ...file().metadata, model: "{}" } }), /"model" is not valid: .*layers/],
    ["a code that is no trit", () => withTensor("layers.0.inputWeights.0.codes", (codes) => (codes[0] = 2)), /ternary matrix "layers\.0\.inputWeights\.0" holds the code 2 at 0/],
  ])("with %s is refused", (_, broken, message) => {
    expect(() => deployedModelFromTensors(broken())).toThrow(InvalidTensorsError);
    expect(() => deployedModelFromTensors(broken())).toThrow(message);
  });
});
