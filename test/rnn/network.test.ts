import { beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import type { QuantiserSpec } from "../../src/quantisers/quantiserSpec.js";
import type { GruSpec, LayerSpec, LstmSpec } from "../../src/experiment/spec.js";
import type { Architecture, NetworkInput } from "../../src/rnn/architecture.js";
import { chooseBackend } from "../../src/rnn/backend.js";
import { drawDropoutMask } from "../../src/rnn/training/dropout.js";
import { tensorKernel } from "../../src/rnn/kernels/tensorKernel.js";
import { LayerMasks } from "../../src/rnn/training/layerMasks.js";
import type { Minibatch } from "../../src/rnn/training/minibatch.js";
import { Network } from "../../src/rnn/training/network.js";
import type { NetworkState } from "../../src/rnn/training/network.js";
import { initialParameters, updatedNames } from "../../src/rnn/training/parameters.js";
import { makeQuantiser } from "../../src/quantisers/make.js";
import { layerSeed, normalAt, randomStream } from "../../src/numbers/random.js";
import { finiteDifferences } from "./finiteDifferences.js";
import { goldenQuantisers, optionQuantisers, quantiserName } from "./goldenSteps.js";
import { randomArray, relativeDifference } from "./lstmProblem.js";
import { referenceNetworkLoss } from "./referenceNetwork.js";
import type { Numbers, ReferenceExtras } from "./referenceNetwork.js";
import { both, nativeKernel, normalisers, smallGru, smallLstm } from "./trainingProblem.js";

beforeAll(async () => {
  await buildNative("dist/native");
  await chooseBackend();
});

const shape = { timesteps: 3, batch: 4 };
const seed = 3;
const step = 5;
const symbols = ["a", "b", "c", "d", "e"];
const full: QuantiserSpec = { kind: "full-precision" };

const lstm = (changes: Partial<LstmSpec> = {}): LstmSpec => smallLstm({ units: 3, quantiser: both(full), ...changes });
const gru = (changes: Partial<GruSpec> = {}): GruSpec => smallGru({ units: 2, quantiser: both(full), ...changes });

const oneHot: NetworkInput = { kind: "one-hot", symbols };
const words: NetworkInput = { kind: "embedding", symbols, units: 3, dropout: 0 };
const dense: NetworkInput = { kind: "dense", width: 2 };

function textOf(layers: LayerSpec[], input: NetworkInput = oneHot, outputQuantiser = full): Architecture {
  return { input, layers, readout: "every-timestep", outputs: symbols, outputQuantiser };
}

function classesOf(layers: LayerSpec[]): Architecture {
  return { input: dense, layers, readout: "last-timestep", outputs: ["yes", "no", "perhaps"], outputQuantiser: full };
}

/** Random parameters around the initial ones, so that no gradient is zero by symmetry. */
function randomParameters(architecture: Architecture): Record<string, Float32Array> {
  const entries = Object.entries(initialParameters(architecture, seed)).map(([name, values], number) => {
    const noise = randomArray(values.length, number + 1);
    return [name, name.endsWith("cales") ? values : values.map((value, index) => value + 0.3 * noise[index]!)] as const;
  });
  return Object.fromEntries(entries);
}

function minibatchOf({ input, readout, outputs }: Architecture, continues = false): Minibatch {
  const rows = shape.timesteps * shape.batch;
  const ids = (count: number, classes: number, shift: number): Int32Array =>
    Int32Array.from({ length: count }, (_, index) => (index * index + shift * index + (index % 3)) % classes);
  return {
    input:
      input.kind === "dense"
        ? { kind: "dense", values: randomArray(rows * input.width, 40) }
        : { kind: "symbols", symbols: ids(rows, symbols.length, 1) },
    targets: ids(readout === "every-timestep" ? rows : shape.batch, outputs.length, 2),
    continues,
  };
}

/** The masks that the step draws, from their own streams. */
function masksOf({ input, layers }: Architecture): Pick<ReferenceExtras, "masks" | "embeddingMask"> {
  const masks = layers.map((spec, index) => {
    const drawn = (number: number) => {
      const own = new LayerMasks(spec, shape);
      own.draw(layerSeed(seed, number), step);
      return { ofOutput: own.ofOutput, ofRecurrence: own.ofRecurrence };
    };
    // A network has at most 16 layers; numbers from 16 on are those of their reverse directions.
    return { ...drawn(index), reverse: drawn(16 + index) };
  });
  if (input.kind !== "embedding" || input.dropout === 0) {
    return { masks };
  }
  const mask = new Float32Array(shape.timesteps * shape.batch * input.units);
  return { masks, embeddingMask: drawDropoutMask(mask, input.dropout, randomStream(seed, "embedding-dropout", step)) };
}

const carried: NetworkState = [
  { hidden: randomArray(4 * 3, 50).map(Math.tanh), cell: randomArray(4 * 3, 51) },
  { hidden: randomArray(4 * 2, 52).map(Math.tanh) },
];
const regularised = { dropout: 0.3, recurrentDropout: 0.4 };

const cases: [string, Architecture, NetworkState?][] = [
  ...Object.entries(normalisers).map(([name, own]): [string, Architecture] => [`lstm, normaliser ${name}`, textOf([lstm(own)])]),
  ...(["before", "after"] as const).flatMap((reset) =>
    ["none", "batch", "layer", "rms", "weight"].map((name): [string, Architecture] => [
      `gru reset ${reset}, normaliser ${name}`,
      textOf([gru({ reset, normaliser: normalisers[name]!.normaliser })]),
    ]),
  ),
  ["a stack of lstm and gru", textOf([lstm(), gru()])],
  ["word vectors under a stack", textOf([lstm(normalisers["layer"]), gru()], words)],
  ["classes of sequences from the last timestep", classesOf([lstm(normalisers["none"]), gru({ reset: "before" })])],
  ["every regulariser", textOf([lstm({ ...regularised, zoneout: { hidden: 0.3, cell: 0.4 } }), gru({ ...regularised, zoneout: { hidden: 0.3 } })], { ...words, dropout: 0.3 })],
  ["noise on the first h", classesOf([lstm({ ...normalisers["layer"], initialNoise: 0.5 }), gru({ initialNoise: 0.3 })])],
  ["dropout before classes", classesOf([lstm({ dropout: 0.4 }), gru({ dropout: 0.4 })])],
  ["bidirectional layers of both cells", classesOf([lstm({ ...normalisers["none"], bidirectional: true }), gru({ reset: "before", bidirectional: true })])],
  ["a bidirectional layer under one that is not", classesOf([gru({ bidirectional: true }), lstm(normalisers["layer"])])],
  [
    "every regulariser of bidirectional layers",
    classesOf([
      lstm({ ...regularised, zoneout: { hidden: 0.3, cell: 0.4 }, initialNoise: 0.3, bidirectional: true }),
      gru({ ...regularised, zoneout: { hidden: 0.3 }, bidirectional: true }),
    ]),
  ],
  ["states carried over", textOf([lstm({ initialState: "carried" }), gru({ initialState: "carried" })], words), carried],
];

describe("gradients of the whole network are finite differences of its loss in plain loops", () => {
  it.each(cases)("%s", (_, architecture, start) => {
    const network = new Network(architecture, shape, nativeKernel(), seed);
    const parameters = randomParameters(architecture);
    const minibatch = minibatchOf(architecture, start !== undefined);
    const { loss, gradients } = network.lossAndGradients(parameters, minibatch, { number: step }, { start });
    const extras = { ...masksOf(architecture), start };
    const lossAt = (numbers: Numbers): number => referenceNetworkLoss(architecture, shape, numbers, minibatch, extras);
    expect(loss).toBeCloseTo(lossAt(parameters), 5);
    for (const name of updatedNames(architecture)) {
      const differences = finiteDifferences(parameters[name]!, (values) => lossAt({ ...parameters, [name]: values }), 1e-5);
      expect(relativeDifference(gradients[name]!, differences), name).toBeLessThan(2e-4);
    }
    network.dispose();
  });
});

it.each(cases)("what is not updated, but for initial states, has no effect: %s", (_, architecture, start) => {
  const parameters = randomParameters(architecture);
  const minibatch = minibatchOf(architecture, start !== undefined);
  const updated = new Set(updatedNames(architecture));
  const loss = referenceNetworkLoss(architecture, shape, parameters, minibatch, { start });
  const idle = Object.keys(parameters).filter((name) => !updated.has(name) && !/initial(Hidden|Cell)$/.test(name));
  const moved = Object.fromEntries(idle.map((name) => [name, parameters[name]!.map((value) => value + 1)]));
  expect(referenceNetworkLoss(architecture, shape, { ...parameters, ...moved }, minibatch, { start })).toBe(loss);
});

describe("gradients at quantised weights are those of the same network at these weights, through the quantiser's own rule", () => {
  const withWeight = [...goldenQuantisers, ...optionQuantisers].map((quantiser) => ({ quantiser, name: quantiserName(quantiser) }));
  it.each(withWeight.flatMap((one) => ["batch", "weight"].map((normaliser) => ({ ...one, normaliser }))))("$name, normaliser $normaliser", ({ quantiser, normaliser }) => {
    const layers = (own: QuantiserSpec) => [lstm({ ...normalisers[normaliser]!, quantiser: both(own), units: 6 })];
    const quantised = textOf(layers(quantiser), oneHot, quantiser);
    const parameters = randomParameters(quantised);
    const minibatch = minibatchOf(quantised);
    const moments = Object.fromEntries(Object.entries(parameters).map(([name, values], index) => [name, randomArray(values.length, 70 + index).map((value) => value * value)]));
    const network = new Network(quantised, shape, nativeKernel(), seed);
    const { loss, gradients } = network.lossAndGradients(parameters, minibatch, { number: step }, { secondMoments: moments });

    const matrices = [
      ["layers.0.inputWeights", "layers.0.inputScales", "input-weights", 5, 24, 4],
      ["layers.0.recurrentWeights", "layers.0.recurrentScales", "recurrent-weights", 6, 24, 4],
      ["output.weights", "output.scales", "output-weights", 6, 5, 1],
    ] as const;
    const rules = matrices.map(([name, scales, purpose, rows, columns, gates]) => {
      const rule = makeQuantiser(quantiser, rows, columns, gates);
      const context = { stream: randomStream(seed, purpose, step), secondMoment: moments[name], scales: parameters[scales] };
      return { name, scales, rule, values: rule.quantise(parameters[name]!, context) };
    });
    const fixed = { ...parameters, ...Object.fromEntries(rules.map(({ name, values }) => [name, values])) };
    const plain = new Network(textOf(layers(full)), shape, nativeKernel(), seed);
    const expected = plain.lossAndGradients(fixed, minibatch, { number: step });
    expect(loss).toBe(expected.loss);
    for (const { name, scales, rule } of rules) {
      const ofScales = rule.backward(parameters[name]!, expected.gradients[name]!);
      expect(ofScales).toEqual(gradients[scales] ?? new Float32Array(0));
    }
    for (const [name, values] of Object.entries(expected.gradients)) {
      expect(gradients[name], name).toEqual(values);
    }
    [network, plain].forEach((one) => one.dispose());
  });
});

it("native and tensor kernel have the same loss and gradients of a stack", () => {
  const architecture = textOf([lstm(regularised), gru({ zoneout: { hidden: 0.2 } })], words, { kind: "ternary", sampling: "stochastic" });
  const parameters = randomParameters(architecture);
  const results = [nativeKernel(), tensorKernel()].map((kernel) => {
    const network = new Network(architecture, shape, kernel, seed);
    return network.lossAndGradients(parameters, minibatchOf(architecture), { number: step });
  });
  const [native, tensor] = results;
  expect(native!.loss).toBeCloseTo(tensor!.loss, 5);
  for (const name of updatedNames(architecture)) {
    expect(relativeDifference(native!.gradients[name]!, tensor!.gradients[name]!), name).toBeLessThan(1e-4);
  }
});

it("author-style evaluation has noise of its own on the first h, another for each draw", () => {
  const architecture = classesOf([lstm({ ...normalisers["layer"], initialNoise: 0.5 })]);
  const parameters = randomParameters(architecture);
  const minibatch = minibatchOf(architecture);
  const network = new Network(architecture, shape, nativeKernel(), seed);
  const lossOf = (number: number): number => network.loss(parameters, minibatch, { number }).loss;
  const noise = new Float32Array(4 * 3).map((_, index) => 0.5 * normalAt(randomStream(seed, "initial-noise", -2), index));
  const expected = referenceNetworkLoss(architecture, shape, parameters, minibatch, { masks: [{ ofRecurrence: { initialNoise: noise } }] });
  expect(lossOf(-2)).toBeCloseTo(expected, 5);
  expect(lossOf(-2)).toBe(lossOf(-2));
  expect(lossOf(-3)).not.toBe(lossOf(-2));
  network.dispose();
});

it("evaluation drops nothing and mixes zoneout by its rates", () => {
  const rates = { hidden: 0.3, cell: 0.2 };
  const architecture = textOf([lstm({ dropout: 0.5, recurrentDropout: 0.5, zoneout: rates })], { ...words, dropout: 0.5 });
  const parameters = randomParameters(architecture);
  const minibatch = minibatchOf(architecture);
  const share = (rate: number): Float32Array => new Float32Array(3 * 4 * 3).fill(rate);
  const extras = { masks: [{ ofRecurrence: { zoneoutHidden: share(rates.hidden), zoneoutCell: share(rates.cell) } }] };
  const { loss, correct } = new Network(architecture, shape, nativeKernel(), seed).loss(parameters, minibatch, { number: -2 });
  expect(loss).toBeCloseTo(referenceNetworkLoss(architecture, shape, parameters, minibatch, extras), 5);
  expect(correct).toBeLessThan(12);
});
