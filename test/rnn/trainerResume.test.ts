import { writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import { adamW } from "../../src/api/optimisers.js";
import type { TaskData } from "../../src/data/contract.js";
import type { ExperimentSpec, LstmSpec } from "../../src/experiment/spec.js";
import { InvalidTensorsError } from "../../src/files/namedTensors.js";
import type { NamedTensors } from "../../src/files/namedTensors.js";
import { Trainer } from "../../src/rnn/training/trainer.js";
import { decodeSafetensors, encodeSafetensors, InvalidSafetensorsError, readSafetensors } from "../../src/files/safetensors.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { goldenQuantisers, optionQuantisers, quantiserName } from "./goldenSteps.js";
import {
  both,
  classificationSpec,
  nativeKernel,
  normalisers,
  sequenceData,
  smallGru,
  smallLstm,
  smallSpec,
  specOf,
  train,
  verseData,
  wordSpec,
} from "./trainingProblem.js";

const verse = verseData(20);

beforeAll(async () => {
  await buildNative("dist/native");
});

const { optimiser } = smallSpec();
const sgd = { kind: "sgd", momentum: 0.9, learningRate: { kind: "constant", rate: 0.1 }, clipping: { kind: "none" } } as const;
const plateau = { kind: "plateau", from: 0.05, factor: 0.5, patience: 1 } as const;
/** A rate at which the validation loss rises again. */
const wild = { ...optimiser, learningRate: { kind: "constant", rate: 0.3 } } as const;
const lossAware = both({ kind: "laq", iterations: 10 });
const output = { quantiser: { kind: "ttq", threshold: 0.05 } } as const;
const average = { kind: "exponential", decay: 0.9 } as const;
const everyMask = { dropout: 0.3, recurrentDropout: 0.2, zoneout: { hidden: 0.1, cell: 0.2 } };

const cases: [string, ExperimentSpec, TaskData?][] = [
  ...[...goldenQuantisers, ...optionQuantisers].map((quantiser): [string, ExperimentSpec] => [quantiserName(quantiser), smallSpec({ quantiser: both(quantiser) })]),
  ...Object.entries(normalisers).map(([name, own]): [string, ExperimentSpec] => [`normaliser ${name}`, smallSpec(own)]),
  ["GRUs of both kinds", specOf([smallGru({ reset: "before" }), smallGru({ reset: "after" })])],
  ["a word model that is read in order", wordSpec([smallLstm({ initialState: "carried" }), smallGru({ initialState: "carried" })])],
  ["dropout and zoneout", specOf([smallLstm(everyMask), smallGru({ dropout: 0.5, zoneout: { hidden: 0.2 } })])],
  ["dropout of word vectors", { ...wordSpec([smallLstm()]), task: { ...wordSpec([]).task, embeddingDropout: 0.4 } as ExperimentSpec["task"] }],
  ["a classification", classificationSpec([smallLstm()]), sequenceData()],
  ["noise on the first h", classificationSpec([smallLstm({ initialNoise: 0.1 }), smallGru({ initialNoise: 0.2 })]), sequenceData()],
  ["bidirectional layers", classificationSpec([smallLstm({ ...everyMask, bidirectional: true }), smallGru({ bidirectional: true })]), sequenceData()],
  ["gradient descent with momentum", smallSpec({}, { optimiser: sgd })],
  ["weight decay and rates by group", smallSpec({}, { optimiser: adamW({ weightDecay: 0.1, rateFactors: { recurrent: 0.5, vectors: 2 } }) })],
  ["clipping by norm", smallSpec({}, { optimiser: { ...optimiser, clipping: { kind: "norm", limit: 0.05 } } })],
  ["a moving average", smallSpec({}, { averaging: average })],
  ["smoothed labels, several minibatches a step, and a share that grows", wordSpec([smallLstm({ ...everyMask, initialState: "carried" })], { steps: 12, accumulate: 3, labelSmoothing: 0.1, gradualQuantisation: { from: 0.1, until: 0.7 } })],
  ["a plateau", smallSpec({}, { optimiser: { ...wild, learningRate: plateau } })],
  ["an early stop", smallSpec({}, { optimiser: wild, stopAfter: 3 })],
  ["an early stop of an average of loss-aware weights", smallSpec({ quantiser: lossAware }, { optimiser: wild, averaging: average, stopAfter: 3 })],
  ["learned scales of the output", smallSpec({}, { output })],
  ["a deterministic tail that begins after the break", smallSpec({}, { deterministicTail: 0.25, steps: 12 })],
];

/** Trains with a validation and a report after every second step, to the number of steps or the early stop. */
function trainAndValidate(trainer: Trainer, until: number): unknown[] {
  const reports: unknown[] = [];
  while (trainer.stepsDone < until && !trainer.isFinished) {
    reports.push(trainer.step());
    if (trainer.stepsDone % 2 === 0) {
      reports.push(trainer.validate(), trainer.weightReport());
    }
  }
  return reports;
}

describe("a resumed run is bit for bit the run that never stopped", () => {
  it.each(cases)("%s", (_, spec, data = verse) => {
    const kernel = nativeKernel();
    const straight = Trainer.create(spec, data, kernel);
    const stopped = Trainer.create(spec, data, kernel);
    trainAndValidate(straight, 6);
    trainAndValidate(stopped, 6);
    // By way of the bytes of a file.
    const checkpoint = decodeSafetensors(encodeSafetensors(stopped.checkpoint()), "checkpoint");
    const resumed = Trainer.restore(spec, data, kernel, checkpoint);
    expect(resumed.stepsDone).toBe(6);
    // Training on must not touch the checkpoint that the resumed run started from.
    train(stopped, 1);
    expect(trainAndValidate(resumed, 12)).toEqual(trainAndValidate(straight, 12));
    expect(resumed.checkpoint()).toEqual(straight.checkpoint());
    expect(resumed.deploy()).toEqual(straight.deploy());
    [straight, stopped, resumed].forEach((trainer) => trainer.dispose());
  });
});

describe("an early stop", () => {
  const specOfStop = (stopAfter: number | null, layer: Partial<LstmSpec> = {}): ExperimentSpec =>
    smallSpec(layer, { optimiser: wild, stopAfter, steps: 60 });
  const start = (stopAfter: number | null): Trainer => Trainer.create(specOfStop(stopAfter), verse, nativeKernel());

  it.each([
    ["ternary", {}],
    ["loss-aware, which follow from Adam's moments too", { quantiser: lossAware }],
  ])("comes after so many validations in a row without a better one, and ships the best weights: %s", (_, layer) => {
    const spec = specOfStop(3, layer);
    const trainer = Trainer.create(spec, verse, nativeKernel());
    const losses: number[] = [];
    const checkpoints: NamedTensors[] = [];
    while (!trainer.isFinished) {
      train(trainer, 2);
      losses.push(trainer.validate().loss);
      checkpoints.push(trainer.checkpoint());
    }
    const best = losses.indexOf(Math.min(...losses));
    expect(losses).toHaveLength(best + 4);
    expect(trainer.latent("recurrent").values).toEqual(checkpoints[best]!.tensors["layers.0.recurrentWeights"]!.data);
    expect(trainer.latent("recurrent").values).not.toEqual(checkpoints.at(-1)!.tensors["layers.0.recurrentWeights"]!.data);
    // Without an early stop what is present ships.
    const then = Trainer.restore({ ...spec, stopAfter: null }, verse, nativeKernel(), checkpoints[best]!);
    expect(trainer.deploy()).toEqual(then.deploy());
    const { how, ...score } = trainer.authorStyle("test");
    expect(then.authorStyle("test")).toMatchObject(score);
    expect(how.weights).toMatchObject({ at: "best-validation" });
  });

  it("ships the present weights while nothing was validated", () => {
    const trainer = start(3);
    train(trainer, 2);
    const present = trainer.checkpoint().tensors["output.bias"]!.data;
    expect(trainer.deploy().model.outputBias).toEqual(present);
  });

  it("is not there without the option", () => {
    const trainer = start(null);
    Array.from({ length: 30 }, () => [train(trainer, 2), trainer.validate()]);
    expect(trainer.stepsDone).toBe(60);
  });
});

it("a deterministic tail ends drawing: weights change with their training alone", () => {
  const learningRate = { kind: "constant", rate: 1e-9 } as const;
  const spec = smallSpec({}, { optimiser: { ...optimiser, learningRate }, steps: 10, deterministicTail: 0.5 });
  const trainer = Trainer.create(spec, verse, nativeKernel());
  const flips = Array.from({ length: 9 }, () => {
    train(trainer, 1);
    return Math.max(...trainer.weightReport().map((share) => share.flips));
  });
  // The report after step 5 is the first of deterministic weights, that after step 6 the first without changes.
  expect(Math.min(...flips.slice(0, 5))).toBeGreaterThan(0.1);
  expect(flips.slice(5)).toEqual([0, 0, 0, 0]);
});

describe("a checkpoint is refused", () => {
  const root = temporaryFolder();
  const spec = smallSpec();
  const checkpoint = (): NamedTensors => {
    const trainer = Trainer.create(spec, verse, nativeKernel());
    train(trainer, 1);
    return trainer.checkpoint();
  };
  const restore = (from: NamedTensors, data = verse, of = spec): Trainer => Trainer.restore(of, data, nativeKernel(), from);
  const withMetadata = (changes: Record<string, string>): NamedTensors => {
    const whole = checkpoint();
    return { ...whole, metadata: { ...whole.metadata, ...changes } };
  };

  it("of another size, by the tensor", () => {
    expect(() => restore(checkpoint(), verse, smallSpec({ units: 8 }))).toThrow(InvalidTensorsError);
    expect(() => restore(checkpoint(), verse, smallSpec({ units: 8 }))).toThrow(
      /checkpoint, tensor "layers\.0\.inputWeights" should be float32 \[\d+, 32\], but is Float32Array \[\d+, 64\]/,
    );
  });

  it("of another batch size, where states are carried", () => {
    const carried = wordSpec([smallLstm({ initialState: "carried" })]);
    const trainer = Trainer.create(carried, verse, nativeKernel());
    train(trainer, 1);
    const other = { ...carried, task: { ...carried.task, batchSize: 4 } };
    expect(() => restore(trainer.checkpoint(), verse, other)).toThrow(/"carried\.0\.hidden" should be float32 \[64\]/);
  });

  it("of other symbols, by the first of them", () => {
    const symbols = [...verse.symbols.slice(0, -1), "ß"];
    expect(() => restore(checkpoint(), { ...verse, symbols })).toThrow(InvalidTensorsError);
    expect(() => restore(checkpoint(), { ...verse, symbols })).toThrow(
      `number ${symbols.length - 1} is ${JSON.stringify(verse.symbols.at(-1))} there and "ß" here. Resume with the data`,
    );
    expect(() => restore(checkpoint(), { ...verse, symbols: [...verse.symbols, "ß"] })).toThrow(/is none there and "ß" here/);
  });

  it("of another kind of model, by what it lacks", () => {
    expect(() => restore(checkpoint(), verse, smallSpec({}, { averaging: average }))).toThrow(/no tensor "averaged\.layers/);
    expect(() => restore(checkpoint(), verse, specOf([smallLstm(), smallLstm()]))).toThrow(/no tensor "layers\.1\.inputWeights"/);
    expect(() => restore(checkpoint(), verse, specOf([smallGru()]))).toThrow(/"layers\.0\.inputWeights" should be float32 \[\d+, 48\]/);
  });

  it.each(["parameters", "moments", "step", "history"])("with damaged %s, though every number is plausible", (place) => {
    const whole = checkpoint();
    const damaged = { step: "7", history: '{"best":1,"sinceBest":0,"sinceReduction":0,"reductions":0}' }[place];
    if (damaged === undefined) {
      const name = place === "moments" ? "moments.second.output.weights" : "layers.0.recurrentWeights";
      whole.tensors[name]!.data[5]! += 0.001;
    }
    const broken = damaged === undefined ? whole : withMetadata({ [place]: damaged });
    expect(() => restore(broken)).toThrow(InvalidTensorsError);
    expect(() => restore(broken)).toThrow(/The checkpoint is damaged.*SHA-256/);
  });

  it.each([
    [{ format: "tritloom-checkpoint-1" }, /should have format tritloom-checkpoint-2.*has tritloom-checkpoint-1/],
    [{ step: "-1" }, /a step of 0 or more, but has tritloom-checkpoint-2 and -1/],
    [{ history: "{" }, /no readable history of validations, but "\{"/],
    [{ outputs: "7" }, /no readable list of symbols/],
  ])("with the metadata %o", (changes, message) => {
    expect(() => restore(withMetadata(changes))).toThrow(InvalidTensorsError);
    expect(() => restore(withMetadata(changes))).toThrow(message);
  });

  it("cut short anywhere, by name of the file", async () => {
    const bytes = encodeSafetensors(checkpoint());
    const file = path.join(root.path, "checkpoint.safetensors");
    for (const length of [0, 5, 100, bytes.length / 2, bytes.length - 1].map(Math.floor)) {
      await writeFile(file, bytes.subarray(0, length));
      await expect(readSafetensors(file)).rejects.toThrow(InvalidSafetensorsError);
      await expect(readSafetensors(file)).rejects.toThrow(file);
    }
  });
});
