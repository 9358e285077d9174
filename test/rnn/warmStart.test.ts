import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import type { LayerSpec } from "../../src/experiment/spec.js";
import type { QuantiserSpec } from "../../src/quantisers/quantiserSpec.js";
import { type Architecture, architectureOf } from "../../src/rnn/architecture.js";
import type { SourceWeights } from "../../src/rnn/sourceWeights.js";
import type { Minibatch } from "../../src/rnn/training/minibatch.js";
import { Network } from "../../src/rnn/training/network.js";
import { initialParameters, type Parameters, startedParameters } from "../../src/rnn/training/parameters.js";
import { sourceStart } from "../../src/rnn/training/sourceStart.js";
import { Trainer } from "../../src/rnn/training/trainer.js";
import { type StartSource, warmStart } from "../../src/rnn/training/warmStart.js";
import { toOurGates, transposed } from "./gateOrder.js";
import { randomArray } from "./lstmProblem.js";
import { meanCrossEntropy } from "./referenceNetwork.js";
import { both, nativeKernel, normalisers, smallGru, smallLstm, specOf, train, verseData } from "./trainingProblem.js";

/** What training begins with when it begins with a trained network. */

const data = verseData(20);
const full: QuantiserSpec = { kind: "full-precision" };
const ternary: QuantiserSpec = { kind: "ternary", sampling: "deterministic" };

beforeAll(async () => {
  await buildNative("dist/native");
});

/** A trained network of layers. */
function trained(layers: LayerSpec[]): StartSource {
  const trainer = Trainer.create(specOf(layers), data, nativeKernel());
  train(trainer, 5);
  const source = { title: 'run "verse"', network: trainer.architecture, parameters: trainer.shippingParameters };
  trainer.dispose();
  return source;
}

function target(layers: LayerSpec[], output = full): Architecture {
  return architectureOf(specOf(layers, { output: { quantiser: output } }), data);
}

function minibatchOf(symbols: number): Minibatch {
  const ids = (shift: number) => Int32Array.from({ length: 24 }, (_, index) => (index * index + shift * index) % symbols);
  return { input: { kind: "symbols", symbols: ids(1) }, targets: ids(2), continues: false };
}

function lossOf(architecture: Architecture, parameters: Parameters): number {
  const network = new Network(architecture, { timesteps: 6, batch: 4 }, nativeKernel(), 5);
  const { loss } = network.loss(parameters, minibatchOf(architecture.outputs.length), { number: -2 });
  network.dispose();
  return loss;
}

const stack = (changes: object = {}): LayerSpec[] => [smallLstm({ quantiser: both(full), ...changes }), smallGru({ quantiser: both(full), ...changes })];

describe("the network computes what its source computed", () => {
  it.each(Object.keys(normalisers))("with the same normaliser, %s", (name) => {
    const layers = [smallLstm({ quantiser: both(full), ...normalisers[name]! })];
    const source = trained(layers);
    const started = startedParameters(target(layers), 5, warmStart(source, target(layers)));
    expect(started).toEqual(source.parameters);
  });

  const [none, weight] = [normalisers["none"]!, normalisers["weight"]!];
  it.each([
    ["none, then weight normalisation", none, weight],
    ["weight normalisation, then none", weight, none],
  ])("%s", (_, before, now) => {
    const [from, to] = [before, now].map(({ normaliser, cellNormaliser }) => [smallLstm({ quantiser: both(full), normaliser, cellNormaliser }), smallGru({ quantiser: both(full), normaliser })]);
    const source = trained(from!);
    const parameters = startedParameters(target(to!), 9, warmStart(source, target(to!)));
    // Single precision of sums of 16 terms around 1.
    expect(lossOf(target(to!), parameters)).toBeCloseTo(lossOf(target(from!), source.parameters), 5);
  });
});

describe("latent weights come into the range of their quantiser", () => {
  it.each([
    ["layers.0.inputWeights", data.symbols.length, 64],
    ["layers.0.recurrentWeights", 16, 64],
    ["layers.1.recurrentWeights", 16, 48],
    ["output.weights", 16, data.symbols.length],
  ])("%s: their root mean square is W0, their directions stay", (name, rows, columns) => {
    const source = trained(stack());
    const started = warmStart(source, target(stack({ quantiser: both(ternary) }), ternary))[name]!;
    const w0 = 0.5 * Math.sqrt(6 / (rows + columns));
    expect(Math.sqrt(started.reduce((sum, value) => sum + value ** 2, 0) / started.length)).toBeCloseTo(w0, 6);
    const ratios = [...started].map((value, index) => value / source.parameters[name]![index]!);
    ratios.forEach((ratio) => expect(Math.abs(ratio / ratios[0]! - 1)).toBeLessThan(1e-6));
  });

  it("a quantiser that clips clips them; others, and the same one, take them as they are", () => {
    const name = "layers.0.recurrentWeights";
    const source = trained(stack());
    const of = (quantiser: QuantiserSpec, from = source) => warmStart(from, target(stack({ quantiser: both(quantiser) })))[name]!;
    const w0 = 0.5 * Math.sqrt(6 / 80);
    const [clipped, loose] = [of({ ...ternary, clip: true }), of(ternary)];
    expect(loose.some((value) => Math.abs(value) > w0)).toBe(true);
    expect([...clipped]).toEqual([...loose].map((value) => Math.fround(Math.min(w0, Math.max(-w0, value)))));
    expect(of({ kind: "absmean" } as QuantiserSpec)).toEqual(source.parameters[name]);
    const again = trained(stack({ quantiser: both(ternary) }));
    expect(of({ ...ternary, sampling: "stochastic" }, again)).toEqual(again.parameters[name]);
  });

  it("scales are learned on from the same kind, and begin anew for others", () => {
    const ttq: QuantiserSpec = { kind: "ttq", threshold: 0.05 };
    const layers = stack({ quantiser: both(ttq) });
    const same = trained(layers);
    expect(warmStart(same, target(layers))["layers.0.inputScales"]).toEqual(same.parameters["layers.0.inputScales"]);
    const other = warmStart(trained(stack()), target(layers));
    expect(other["layers.0.inputScales"]!.every((scale) => scale > 0)).toBe(true);
  });
});

describe("plain weights", () => {
  interface Golden {
    sizes: { timesteps: number; batch: number; inputs: number; units: number };
    inputs: number[];
    weight_ih: number[];
    weight_hh: number[];
    bias: number[];
    hidden: number[];
  }
  const golden = JSON.parse(readFileSync(new URL("golden/lstm_pytorch.json", import.meta.url), "utf8")) as Golden;
  const { timesteps, batch, inputs, units } = golden.sizes;
  const dense = { inputs: units, outputs: 3, weights: randomArray(units * 3, 1), bias: randomArray(3, 2) };
  const source: SourceWeights = {
    cell: "lstm",
    layers: [
      {
        inputs,
        units,
        inputWeights: toOurGates(transposed(golden.weight_ih, 4 * units, inputs), inputs, units, "ifgo"),
        recurrentWeights: toOurGates(transposed(golden.weight_hh, 4 * units, units), units, units, "ifgo"),
        bias: toOurGates(golden.bias, 1, units, "ifgo"),
      },
    ],
    dense,
  };
  const architecture = (layer: LayerSpec): Architecture => ({
    input: { kind: "dense", width: inputs },
    layers: [layer],
    readout: "every-timestep",
    outputs: ["a", "b", "c"],
    outputQuantiser: full,
  });

  it.each(["none", "weight"])("of PyTorch's LSTM, under the normaliser %s, have the loss of its hidden states", (name) => {
    const to = architecture(smallLstm({ units, quantiser: both(full), initialState: "zero", ...normalisers[name]! }));
    const parameters = startedParameters(to, 1, warmStart(sourceStart("weights", source, false), to));
    const targets = Int32Array.from({ length: timesteps * batch }, (_, index) => index % 3);
    const network = new Network(to, { timesteps, batch }, nativeKernel(), 1);
    const { loss } = network.loss(parameters, { input: { kind: "dense", values: Float32Array.from(golden.inputs) }, targets, continues: false }, { number: -2 });
    network.dispose();
    expect(loss).toBeCloseTo(meanCrossEntropy(golden.hidden, units, dense.weights, dense.bias, targets), 5);
  });

  it("with word vectors start a model of symbols with the product of table and matrix", () => {
    const symbols = 4;
    const table = randomArray(symbols * inputs, 7);
    const { parameters } = sourceStart("weights", { ...source, embedding: { symbols, units: inputs, table } }, false);
    const columns = 4 * units;
    const at = (row: number, column: number): number =>
      Array.from({ length: inputs }, (_, k) => table[row * inputs + k]! * source.layers[0]!.inputWeights[k * columns + column]!).reduce((sum, term) => sum + term, 0);
    [...parameters["layers.0.inputWeights"]!].forEach((value, index) => expect(value).toBeCloseTo(at(Math.floor(index / columns), index % columns), 6));
    expect(sourceStart("weights", { ...source, embedding: { symbols, units: inputs, table } }, true).parameters["embedding"]).toBe(table);
  });

  const layer = source.layers[0]!;
  it.each<[object, RegExp]>([
    [{ ...source, cell: "rnn" }, /cell of weights is 'rnn': give "lstm" or "gru"/],
    [{ ...source, layer: [] }, /has no option "layer".*did you mean layers/],
    [{ ...source, layers: [] }, /layers of weights is a list of 0/],
    [{ ...source, layers: [{ ...layer, bias: layer.bias.slice(1) }] }, /bias of layers\[0\] of weights has 19 numbers, its sizes ask for 20/],
    [{ ...source, layers: [{ ...layer, inputWeights: [1, 2] }] }, /inputWeights of layers\[0\] of weights is a list of 2: give a Float32Array of 80/],
    [{ ...source, layers: [{ ...layer, bias: layer.bias.map(() => NaN) }] }, /bias\[0\] of layers\[0\] of weights is NaN/],
    [{ ...source, layers: [layer, { ...layer, inputs: 4 }] }, /inputs of layers\[1\] of weights is 4, and what it reads has 5/],
    [{ ...source, dense: { ...dense, inputs: 4 } }, /inputs of dense of weights is 4, and the last layer has 5 units/],
    [{ ...source, layers: [{ ...layer, resetBias: new Float32Array(5) }] }, /resetBias of layers\[0\] of weights is only for a GRU/],
  ])("that are wrong are refused: case %#", (wrong, message) => {
    expect(() => sourceStart("weights", wrong as SourceWeights, false)).toThrow(message);
  });
});

describe("a network of another form is refused", () => {
  it.each<[string, LayerSpec[], RegExp]>([
    ["layers", [smallLstm()], /run "verse" is no start for this experiment: it has 2 layers, the experiment 1/],
    ["units", [smallLstm({ units: 8 }), smallGru()], /its layer 1 is "LSTM, 16 units", the experiment's "LSTM, 8 units"/],
    ["cell", [smallGru(), smallGru()], /its layer 1 is "LSTM, 16 units", the experiment's "GRU, reset after, 16 units"/],
    ["reset", [smallLstm(), smallGru({ reset: "before" })], /"GRU, reset after, 16 units", the experiment's "GRU, reset before, 16 units"/],
    ["normaliser", [smallLstm(normalisers["none"]), smallGru()], /its layer 1 has batch normalisation, whose statistics .*: give that tl.batchNorm/],
  ])("%s", (_, layers, message) => {
    expect(() => warmStart(trained(stack()), target(layers))).toThrow(message);
  });

  it("and so are other symbols", () => {
    const source = trained(stack());
    const to = target(stack());
    expect(() => warmStart(source, { ...to, outputs: [...to.outputs.slice(0, -1), "#"] })).toThrow(/symbol or class \d+ is "." there and "#" in the data/);
    const more = { ...to, outputs: [...to.outputs, "#"], input: { kind: "one-hot", symbols: [...to.outputs, "#"] } } as const;
    expect(() => warmStart(source, more)).toThrow(/its layer 1 reads \d+ values at each timestep/);
  });

  it("without output layer, that begins as without a start", () => {
    const source = trained(stack());
    const rest = Object.fromEntries(Object.entries(source.parameters).filter(([name]) => !name.startsWith("output")));
    const { outputs: _, ...network } = source.network;
    const started = startedParameters(target(stack()), 5, warmStart({ ...source, network, parameters: rest }, target(stack())));
    expect(started["output.weights"]).toEqual(initialParameters(target(stack()), 5)["output.weights"]);
  });
});
