import { describe, expect, it } from "vitest";
import type { ExperimentSpec, LayerSpec } from "../../src/experiment/spec.js";
import type { TaskData } from "../../src/data/contract.js";
import { architectureOf, layerInputs } from "../../src/rnn/architecture.js";
import type { Architecture } from "../../src/rnn/architecture.js";
import { drawDropoutMask } from "../../src/rnn/training/dropout.js";
import { LayerMasks } from "../../src/rnn/training/layerMasks.js";
import { chrono } from "../../src/cells/forgetShift.js";
import { lstm as makeLstm } from "../../src/cells/lstm.js";
import { initialParameters, parameterShapes, updatedNames } from "../../src/rnn/training/parameters.js";
import { layerSeed, randomStream } from "../../src/numbers/random.js";
import { parametersInWords } from "../../src/runs/specInWords.js";
import { both, classificationSpec, normalisers, sequenceData, smallGru, smallLstm, specOf, verseData, wordSpec } from "./trainingProblem.js";

const text = verseData(2);
const V = text.symbols.length;
const of = (spec: ExperimentSpec, data: TaskData = text): Architecture => architectureOf(spec, data);
const ofLayer = (layer: LayerSpec): Architecture => of(specOf([layer]));

describe("the network of an experiment", () => {
  it("reads characters one-hot, words by their vectors, sequences as they are", () => {
    const stack = [smallLstm(), smallGru({ units: 5 })];
    expect(of(specOf(stack))).toMatchObject({ input: { kind: "one-hot" }, readout: "every-timestep", outputs: text.symbols });
    expect(of(wordSpec(stack))).toMatchObject({ input: { kind: "embedding", units: 6 }, readout: "every-timestep" });
    const classes = of(classificationSpec(stack), sequenceData());
    expect(classes).toMatchObject({ input: { kind: "dense", width: 2 }, readout: "last-timestep", outputs: ["first", "second"] });
    expect([0, 1].map((layer) => layerInputs(of(specOf(stack)), layer))).toEqual([V, 16]);
    expect([0, 1].map((layer) => layerInputs(of(wordSpec(stack)), layer))).toEqual([6, 16]);
    expect(layerInputs(classes, 0)).toBe(2);
  });

  it("has the parameters of its layers in order, and the learned scales of quantisers that have any", () => {
    const ttq = { kind: "ttq", threshold: 0.05 } as const;
    const quantiser = { input: { kind: "sign" }, recurrent: ttq } as const;
    const shapes = parameterShapes(of(wordSpec([smallLstm({ quantiser }), smallGru({ units: 5 })], { output: { quantiser: ttq } })));
    expect(shapes).toEqual({
      embedding: [V, 6],
      "layers.0.inputWeights": [6, 64],
      "layers.0.recurrentWeights": [16, 64],
      "layers.0.gammaInput": [64],
      "layers.0.gammaRecurrent": [64],
      "layers.0.betaRecurrent": [64],
      "layers.0.gammaCell": [16],
      "layers.0.betaCell": [16],
      "layers.0.initialHidden": [16],
      "layers.0.initialCell": [16],
      "layers.0.recurrentScales": [2],
      "layers.1.inputWeights": [16, 15],
      "layers.1.recurrentWeights": [5, 15],
      "layers.1.gammaInput": [15],
      "layers.1.gammaRecurrent": [15],
      "layers.1.betaRecurrent": [15],
      "layers.1.betaReset": [5],
      "layers.1.initialHidden": [5],
      "output.weights": [5, V],
      "output.bias": [V],
      "output.scales": [2],
    });
  });
});

describe("initial parameters", () => {
  it("gains and the forget shift are those that the layer asks for", () => {
    const own = { initialGain: 0.3, forgetShift: -2 };
    const lstm = initialParameters(ofLayer(smallLstm(own)), 1);
    for (const name of ["gammaInput", "gammaRecurrent", "gammaCell"]) {
      expect(new Set(lstm[`layers.0.${name}`]), name).toEqual(new Set([Math.fround(0.3)]));
    }
    expect([...lstm["layers.0.betaRecurrent"]!]).toEqual(Array.from({ length: 64 }, (_, index) => (index >= 16 && index < 32 ? -2 : 0)));
    // What no normaliser multiplies stays 1.
    expect(new Set(initialParameters(ofLayer(smallLstm({ ...own, cellNormaliser: { kind: "none" } })), 1)["layers.0.gammaCell"])).toEqual(new Set([1]));
    const gru = initialParameters(ofLayer(smallGru({ initialGain: 0.3 })), 1);
    expect(new Set(gru["layers.0.gammaRecurrent"])).toEqual(new Set([Math.fround(0.3)]));
    expect(makeLstm({ units: 4, ...own })).toMatchObject(own);
    expect(makeLstm({ units: 4 })).not.toHaveProperty("initialGain");
    expect(parametersInWords(specOf([makeLstm({ units: 4, ...own })]))).toMatchObject({ "initial gain": "0.3", "forget shift": "-2" });
    expect(parametersInWords(specOf([makeLstm({ units: 4, forgetShift: chrono(784) })]))).toMatchObject({ "forget shift": "memories of up to 784 timesteps (chrono)" });
  });

  it("spread the memories of units up to the longest one: forget and input gates begin as those of leaky units with these time constants", () => {
    const units = 50;
    const { [`layers.0.betaRecurrent`]: shifts } = initialParameters(ofLayer(makeLstm({ units, forgetShift: chrono(784) })), 1);
    const gate = (block: number) => [...shifts!.subarray(block * units, (block + 1) * units)];
    const opening = (shift: number) => 1 / (1 + Math.exp(-shift));
    const timesteps = gate(1).map((shift) => 1 / (1 - opening(shift)) - 1);
    for (const [unit, remembered] of timesteps.entries()) {
      // In the middle of its share of 1 to 783.
      expect(remembered).toBeCloseTo(1 + (782 * (unit + 0.5)) / units, 1);
      // What a unit forgets makes room for as much that is new.
      expect(opening(gate(2)[unit]!)).toBeCloseTo(1 - opening(gate(1)[unit]!), 6);
    }
    expect(new Set([...gate(0), ...gate(3)])).toEqual(new Set([0]));
    expect(() => chrono(1)).toThrow("longest of tl.chrono() is 1: give a number of at least 2");
  });

  it("are those of the paper's code: small gains under batch normalisation, forget shift 1, zeros else", () => {
    const parameters = initialParameters(ofLayer(smallLstm()), 1);
    expect(new Set(parameters["layers.0.gammaRecurrent"])).toEqual(new Set([Math.fround(0.1)]));
    expect(new Set(parameters["layers.0.gammaCell"])).toEqual(new Set([Math.fround(0.1)]));
    // Gate columns in blocks g, f, i, o.
    const blocks = [0, 1, 2, 3].map((block) => new Set(parameters["layers.0.betaRecurrent"]!.subarray(16 * block, 16 * (block + 1))));
    expect(blocks).toEqual([new Set([0]), new Set([1]), new Set([0]), new Set([0])]);
    for (const name of ["layers.0.betaCell", "layers.0.initialHidden", "layers.0.initialCell", "output.bias"]) {
      expect(new Set(parameters[name])).toEqual(new Set([0]));
    }
    for (const name of ["none", "layer", "weight"]) {
      expect(new Set(initialParameters(ofLayer(smallLstm(normalisers[name])), 1)["layers.0.gammaInput"])).toEqual(new Set([1]));
    }
  });

  it("follow from the seed, with other matrices in each layer, and word vectors up to 0.1", () => {
    const architecture = of(wordSpec([smallLstm(), smallLstm()]));
    const parameters = initialParameters(architecture, 7);
    expect(initialParameters(architecture, 7)).toEqual(parameters);
    expect(initialParameters(architecture, 8)["embedding"]).not.toEqual(parameters["embedding"]);
    expect(parameters["layers.1.recurrentWeights"]).not.toEqual(parameters["layers.0.recurrentWeights"]);
    const sizes = parameters["embedding"]!.map(Math.abs);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(Math.fround(0.1));
    expect(Math.max(...sizes)).toBeGreaterThan(0.08);
  });
});

describe("training moves", () => {
  const fixedOf = (layer: LayerSpec): string[] => {
    const architecture = ofLayer(layer);
    const updated = new Set(updatedNames(architecture));
    return Object.keys(parameterShapes(architecture)).filter((name) => !updated.has(name)).map((name) => name.replace("layers.0.", ""));
  };
  const gammas = ["gammaInput", "gammaRecurrent"];

  it.each<[string, LayerSpec, string[]]>([
    ["all but the initial hidden state, under batch normalisation", smallLstm(), ["initialHidden"]],
    ["all, under layer normalisation", smallLstm(normalisers["layer"]), []],
    ["no gain without a normaliser", smallLstm(normalisers["none"]), [...gammas, "gammaCell"]],
    ["the gains of weight normalisation", smallLstm(normalisers["weight"]), ["gammaCell"]],
    ["no state that is zero", smallLstm({ ...normalisers["layer"], initialState: "zero" }), ["initialHidden", "initialCell"]],
    ["no state that is carried", smallLstm({ ...normalisers["layer"], initialState: "carried" }), ["initialHidden", "initialCell"]],
    ["all of a GRU that resets after the product", smallGru({ reset: "after" }), []],
    ["no shift inside a reset before the product", smallGru({ reset: "before" }), ["betaReset"]],
  ])("%s", (_, layer, expected) => {
    expect(fixedOf(layer)).toEqual(expected);
  });
});

describe("masks", () => {
  const shape = { timesteps: 20, batch: 30 };
  const spec = smallLstm({ quantiser: both({ kind: "sign" }), dropout: 0.3, recurrentDropout: 0.4, zoneout: { hidden: 0.1, cell: 0.6 } });
  const share = (mask: Float32Array | undefined, value: number): number => mask!.filter((own) => own === Math.fround(value)).length / mask!.length;

  it("drop at their rates and keep expectations; zoneout keeps units at its rates", () => {
    const masks = new LayerMasks(spec, shape);
    masks.draw(layerSeed(1, 0), 3);
    const { recurrentMask, zoneoutHidden, zoneoutCell } = masks.ofRecurrence;
    expect([masks.ofOutput!.length, recurrentMask!.length, zoneoutHidden!.length, zoneoutCell!.length]).toEqual([9600, 480, 9600, 9600]);
    const shares = [share(masks.ofOutput, 0), share(recurrentMask, 0), share(zoneoutHidden, 1), share(zoneoutCell, 1)];
    // Five standard errors.
    [0.3, 0.4, 0.1, 0.6].forEach((rate, at) => expect(Math.abs(shares[at]! - rate)).toBeLessThan(at === 1 ? 0.12 : 0.025));
    expect(share(masks.ofOutput, 0) + share(masks.ofOutput, 1 / 0.7)).toBe(1);
    expect(share(recurrentMask, 0) + share(recurrentMask, 1 / 0.6)).toBe(1);
    expect(share(zoneoutCell, 0) + share(zoneoutCell, 1)).toBe(1);
  });

  it("are others in each step and each layer, and the same again", () => {
    const drawn = (seed: number, step: number): Float32Array => {
      const masks = new LayerMasks(spec, shape);
      masks.draw(seed, step);
      return masks.ofOutput!.slice();
    };
    expect(drawn(layerSeed(1, 0), 3)).toEqual(drawn(layerSeed(1, 0), 3));
    expect(drawn(layerSeed(1, 0), 4)).not.toEqual(drawn(layerSeed(1, 0), 3));
    expect(drawn(layerSeed(1, 1), 3)).not.toEqual(drawn(layerSeed(1, 0), 3));
  });

  it("are absent where nothing is dropped", () => {
    const masks = new LayerMasks(smallGru(), shape);
    masks.draw(1, 1);
    expect([masks.ofOutput, ...Object.values(masks.ofRecurrence), ...Object.values(masks.expected())].every((mask) => mask === undefined)).toBe(true);
    expect(drawDropoutMask(new Float32Array(50), 0, randomStream(1, "dropout", 0))).toEqual(new Float32Array(50).fill(1));
  });
});
