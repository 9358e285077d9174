import { beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import type { ExperimentSpec, LayerSpec } from "../../src/experiment/spec.js";
import { decodeSafetensors, encodeSafetensors } from "../../src/files/safetensors.js";
import { architectureOf } from "../../src/rnn/architecture.js";
import { DeployedNetwork } from "../../src/rnn/inference/deployedNetwork.js";
import type { DeployedModel } from "../../src/rnn/shipping/deployedModel.js";
import { shippedValues } from "../../src/rnn/shipping/deployedModel.js";
import { Network } from "../../src/rnn/training/network.js";
import { checkTeacher, Teacher } from "../../src/rnn/training/teacher.js";
import { Trainer } from "../../src/rnn/training/trainer.js";
import { trainingBatches } from "../../src/rnn/training/trainingBatches.js";
import { relativeDifference } from "./lstmProblem.js";
import { classificationSpec, nativeKernel, sequenceData, smallGru, smallLstm, specOf, train, verseData } from "./trainingProblem.js";

/** Training from a teacher's predictions. */

const verse = verseData(20);
const carried = { initialState: "carried" } as const;
const taught = { teacher: { name: 'run "verse"', sha256: "0".repeat(64) }, temperature: 2, share: 0.6 };

beforeAll(async () => {
  await buildNative("dist/native");
});

function deployed(layers: LayerSpec[], spec: ExperimentSpec = specOf(layers), data: Parameters<typeof Trainer.create>[1] = verse): DeployedModel {
  const trainer = Trainer.create(spec, data, nativeKernel());
  train(trainer, 12);
  const { model } = trainer.deploy();
  trainer.dispose();
  return model;
}

/** Logits of a whole stretch of text at once, in plain loops over the hidden states. */
function logitsOf(model: DeployedModel, symbols: Int32Array, batch: number): number[] {
  const network = new DeployedNetwork(model, nativeKernel(), batch);
  const hidden = network.read({ kind: "symbols", symbols });
  const [weights, { rows, columns }] = [shippedValues(model.outputWeights), model.outputWeights];
  const logits = Array.from({ length: symbols.length * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    return Array.from({ length: rows }, (__, k) => hidden[row * rows + k]! * weights[k * columns + column]!).reduce((sum, term) => sum + term, model.outputBias[column]!);
  });
  network.dispose();
  return logits;
}

describe("a teacher that reads on", () => {
  it("has the logits of one long stretch, window by window, whatever it read in between", () => {
    const model = deployed([smallLstm(), smallGru()]);
    const batches = trainingBatches(verse, { timesteps: 12, batch: 8 }, 5, true);
    const windows = [0, 1].map((step) => (batches.at(step).input as { symbols: Int32Array }).symbols.slice());
    const whole = logitsOf(model, Int32Array.from([...windows[0]!, ...windows[1]!]), 8);
    const teacher = new Teacher(model, { timesteps: 12, batch: 8 }, nativeKernel());
    const first = teacher.read({ kind: "symbols", symbols: windows[0]! });
    expect(relativeDifference(first.logits, whole.slice(0, whole.length / 2))).toBeLessThan(1e-5);
    const { end } = first;
    teacher.read({ kind: "symbols", symbols: windows[0]! });
    expect(relativeDifference(teacher.read({ kind: "symbols", symbols: windows[1]! }, end).logits, whole.slice(whole.length / 2))).toBeLessThan(1e-5);
    teacher.dispose();
  });
});

describe("a training step", () => {
  it.each([
    ["windows from the initial state", {}],
    ["windows that carry their states on", carried],
  ])("in %s has the gradients at the teacher's logits", (_, state) => {
    const model = deployed([smallGru()]);
    const spec = specOf([smallLstm(state)], { distillation: taught });
    const trainer = Trainer.create(spec, verse, nativeKernel(), undefined, undefined, model);
    train(trainer, 1);
    const before = Object.fromEntries(Object.entries(trainer.parameters).map(([name, values]) => [name, values.slice()]));
    const { tensors } = trainer.checkpoint();
    const reads = "initialState" in state;
    const batches = trainingBatches(verse, { timesteps: 12, batch: 8 }, 5, reads);
    const earlier = (batches.at(0).input as { symbols: Int32Array }).symbols.slice();
    const minibatch = batches.at(1);
    const { symbols } = minibatch.input as { symbols: Int32Array };
    const logits = reads ? logitsOf(model, Int32Array.from([...earlier, ...symbols]), 8).slice(earlier.length * verse.symbols.length) : logitsOf(model, symbols, 8);
    const start = reads ? [{ hidden: tensors["carried.0.hidden"]!.data as Float32Array, cell: tensors["carried.0.cell"]!.data as Float32Array }] : undefined;
    const network = new Network(architectureOf(spec, verse), { timesteps: 12, batch: 8 }, nativeKernel(), spec.seed);
    const objective = { distillation: { logits: Float32Array.from(logits), temperature: 2, share: 0.6 } };
    const expected = network.lossAndGradients(before, minibatch, { number: 1 }, { start, objective });
    const { loss } = trainer.step();
    expect(loss).toBeCloseTo(expected.loss, 6);
    for (const name of trainer.updated) {
      expect(relativeDifference(trainer.gradients[name]!, expected.gradients[name]!), name).toBeLessThan(1e-4);
    }
    [trainer, network].forEach((one) => one.dispose());
  });

  it("without its teacher is refused", () => {
    const trainer = Trainer.create(specOf([smallLstm()], { distillation: taught }), verse, nativeKernel());
    expect(() => trainer.step()).toThrow(/needs its teacher, run "verse"/);
    trainer.dispose();
  });
});

describe("a resumed run is bit for bit the run that never stopped", () => {
  it.each<[string, ExperimentSpec, DeployedModel | undefined]>([
    ["carried states", specOf([smallLstm(carried)], { distillation: taught }), undefined],
    ["windows", specOf([smallLstm()], { distillation: { ...taught, share: 1 } }), undefined],
  ])("%s", (_, spec) => {
    const model = deployed([smallLstm(), smallGru()]);
    const straight = Trainer.create(spec, verse, nativeKernel(), undefined, undefined, model);
    train(straight, 4);
    const checkpoint = decodeSafetensors(encodeSafetensors(straight.checkpoint()), "checkpoint");
    const resumed = Trainer.restore(spec, verse, nativeKernel(), checkpoint, undefined, model);
    expect(train(resumed, 4)).toEqual(train(straight, 4));
    expect(resumed.checkpoint()).toEqual(straight.checkpoint());
    [straight, resumed].forEach((trainer) => trainer.dispose());
  });
});

it("a bidirectional teacher of classes teaches; a rehearsed step changes nothing", () => {
  const data = sequenceData();
  const layers: LayerSpec[] = [smallGru({ bidirectional: true })];
  const model = deployed(layers, classificationSpec(layers), data);
  const spec = classificationSpec([smallLstm()], { distillation: taught });
  checkTeacher("run", model, architectureOf(spec, data), data.timesteps);
  const [one, other] = [0, 1].map(() => Trainer.create(spec, data, nativeKernel(), undefined, undefined, model));
  one!.rehearse();
  expect(train(one!, 3)).toEqual(train(other!, 3));
  expect(one!.checkpoint()).toEqual(other!.checkpoint());
  const without = Trainer.create({ ...spec, distillation: undefined }, data, nativeKernel());
  train(without, 3);
  expect(without.parameters["output.weights"]).not.toEqual(one!.parameters["output.weights"]);
  [one, other, without].forEach((trainer) => trainer!.dispose());
});

it("a teacher of other data is refused with what differs", () => {
  const model = deployed([smallLstm()]);
  const pupil = architectureOf(specOf([smallLstm()]), verse);
  const refused = (changes: Partial<DeployedModel>, timesteps = 12) => expect(() => checkTeacher('run "a"', { ...model, ...changes }, pupil, timesteps));
  refused({ outputs: model.outputs.slice(1) }).toThrow(/run "a" cannot be the teacher .*: it tells \d+ symbols or classes apart, the data has \d+/);
  refused({ outputs: [...model.outputs.slice(0, -1), "#"] }).toThrow(/symbol or class \d+ is "#" there and "." in the data/);
  refused({ readout: "last-timestep" }).toThrow(/it predicts at the last timestep, the experiment does not/);
  const data = sequenceData();
  const perTimestep = [smallLstm({ normaliser: { kind: "batch", epsilon: 1e-5, statistics: "per-timestep" }, cellNormaliser: { kind: "none" } })];
  const short = deployed(perTimestep, classificationSpec(perTimestep), data);
  expect(() => checkTeacher("run", short, architectureOf(classificationSpec([smallLstm()]), data), 10)).toThrow(/statistics are those of 9 timesteps, and the experiment's sequences have 10/);
});
