import { beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import { checkCombinations } from "../../src/experiment/combinations.js";
import { quantisedShare } from "../../src/experiment/evaluationMethod.js";
import { makeQuantiser } from "../../src/quantisers/make.js";
import type { QuantiserSpec } from "../../src/quantisers/quantiserSpec.js";
import { architectureOf } from "../../src/rnn/architecture.js";
import { randomStream } from "../../src/numbers/random.js";
import { Network } from "../../src/rnn/training/network.js";
import { initialParameters } from "../../src/rnn/training/parameters.js";
import { Trainer } from "../../src/rnn/training/trainer.js";
import { finiteDifferences } from "./finiteDifferences.js";
import { goldenQuantisers, quantiserName } from "./goldenSteps.js";
import { randomArray, relativeDifference } from "./lstmProblem.js";
import { referenceNetworkLoss } from "./referenceNetwork.js";
import { both, nativeKernel, normalisers, smallLstm, smallSpec, specOf, train, verseData } from "./trainingProblem.js";

/** A share of the weights that grows from latent to quantised ones. */

const verse = verseData(20);
const shape = { timesteps: 3, batch: 4 };

beforeAll(async () => {
  await buildNative("dist/native");
});

it("the share grows evenly, and is whole from its end on", () => {
  const spec = { steps: 10, gradualQuantisation: { from: 0.2, until: 0.5 } };
  const expected = [0.2, 0.36, 0.52, 0.68, 0.84];
  expected.forEach((share, step) => expect(quantisedShare(spec, step)).toBeCloseTo(share, 12));
  expect([5, 9, 10].map((step) => quantisedShare(spec, step))).toEqual([undefined, undefined, undefined]);
  expect(quantisedShare({ steps: 10 }, 0)).toBeUndefined();
});

const quantised = goldenQuantisers.filter(({ kind }) => kind !== "full-precision");

describe.each(quantised.map((quantiser) => [quantiserName(quantiser), quantiser] as const))("%s", (_, quantiser: QuantiserSpec) => {
  const [rows, columns] = [6, 8];
  const latent = randomArray(rows * columns, 3).map((value) => 0.3 * value);
  const of = (share?: number) => {
    const one = makeQuantiser(quantiser, rows, columns, 4);
    const context = { stream: randomStream(1, "input-weights", 2), scales: one.initialScales(latent), share };
    return { one, values: one.quantise(latent, context).slice() };
  };

  it("a share of the weights is quantised; codes and what ships are wholly", () => {
    const [whole, part] = [of(), of(0.3)];
    part.values.forEach((value, index) => expect(value).toBeCloseTo(0.7 * latent[index]! + 0.3 * whole.values[index]!, 6));
    expect(of(0).values).toEqual(latent);
    expect(of(1).values).toEqual(whole.values);
    expect(part.one.codes).toEqual(whole.one.codes);
    expect(part.one.ship()).toEqual(whole.one.ship());
  });

  it("gradients pass in the same shares", () => {
    const slopes = randomArray(rows * columns, 5);
    const gradient = (share?: number) => {
      const at = slopes.slice();
      const scales = of(share).one.backward(latent, at);
      return { at, scales };
    };
    const [whole, part] = [gradient(), gradient(0.3)];
    part.at.forEach((value, index) => expect(value).toBeCloseTo(0.7 * slopes[index]! + 0.3 * whole.at[index]!, 6));
    expect(part.scales.length).toBe(whole.scales.length);
    part.scales.forEach((value, index) => expect(value).toBeCloseTo(0.3 * whole.scales[index]!, 6));
  });
});

describe("gradients of a network are finite differences of its loss in plain loops", () => {
  const ttq: QuantiserSpec = { kind: "ttq", threshold: 0.05 };
  const symbols = ["a", "b", "c", "d", "e"];
  const minibatch = {
    input: { kind: "symbols", symbols: Int32Array.from({ length: 12 }, (_, index) => (index * index) % 5) },
    targets: Int32Array.from({ length: 12 }, (_, index) => (index * 3) % 5),
    continues: false,
  } as const;
  const layer = (quantiser: QuantiserSpec) => smallLstm({ units: 3, quantiser: both(quantiser), ...normalisers["layer"]! });
  const data = { kind: "symbols", symbols, train: new Int32Array(0), validation: new Int32Array(0), test: new Int32Array(0) } as const;
  const full = architectureOf(specOf([layer({ kind: "full-precision" })]), data);

  it("with nothing quantised yet those of full precision", () => {
    const architecture = architectureOf(specOf([layer({ kind: "ternary", sampling: "stochastic" })]), data);
    const parameters = initialParameters(architecture, 3);
    const network = new Network(architecture, shape, nativeKernel(), 3);
    const { loss, gradients } = network.lossAndGradients(parameters, minibatch, { number: 1, share: 0 });
    expect(loss).toBeCloseTo(referenceNetworkLoss(full, shape, parameters, minibatch), 5);
    for (const name of ["layers.0.inputWeights", "layers.0.recurrentWeights"]) {
      const differences = finiteDifferences(parameters[name]!, (values) => referenceNetworkLoss(full, shape, { ...parameters, [name]: values }, minibatch), 1e-5);
      expect(relativeDifference(gradients[name]!, differences), name).toBeLessThan(2e-4);
    }
    network.dispose();
  });

  it("with a share of 0.4, of scales that the quantiser learns", () => {
    const architecture = architectureOf(specOf([layer(ttq)]), data);
    const parameters = initialParameters(architecture, 3);
    const network = new Network(architecture, shape, nativeKernel(), 3);
    const { gradients } = network.lossAndGradients(parameters, minibatch, { number: 1, share: 0.4 });
    const codes = new Map([...network.quantisers].map(([name, quantiser]) => [name, quantiser.codes.slice()]));
    /** The weights of a share written out: TTQ's levels are +scales[0], 0 and -scales[1]. */
    const blend = (name: string, scales: ArrayLike<number>) =>
      Array.from(parameters[name]!, (latent, index) => {
        const code = codes.get(name)![index]!;
        return 0.6 * latent + 0.4 * (code > 0 ? scales[0]! : code < 0 ? -scales[1]! : 0);
      });
    const matrices = ["layers.0.inputWeights", "layers.0.recurrentWeights"];
    const scalesOf = (name: string) => parameters[name.replace("Weights", "Scales")]!;
    const fixed = Object.fromEntries(matrices.map((name) => [name, blend(name, scalesOf(name))]));
    for (const name of matrices) {
      const lossAt = (scales: ArrayLike<number>) => referenceNetworkLoss(full, shape, { ...parameters, ...fixed, [name]: blend(name, scales) }, minibatch);
      const differences = finiteDifferences(scalesOf(name), lossAt, 1e-5);
      expect(relativeDifference(gradients[name.replace("Weights", "Scales")]!, differences), name).toBeLessThan(2e-4);
    }
    network.dispose();
  });
});

it("training goes from full precision to ternary, is validated as ternary, and ships ternary", () => {
  const gradual = { gradualQuantisation: { from: 0, until: 0.5 }, steps: 8 };
  const ternary = both({ kind: "ternary", sampling: "deterministic" } as const);
  const one = Trainer.create(smallSpec({ quantiser: ternary }, gradual), verse, nativeKernel());
  const plain = Trainer.create(smallSpec({ quantiser: ternary }, { steps: 8 }), verse, nativeKernel());
  const full = Trainer.create(smallSpec({ quantiser: both({ kind: "full-precision" }) }, { steps: 8 }), verse, nativeKernel());
  expect(one.validate()).toEqual(plain.validate());
  expect(one.step()).toEqual(full.step());
  expect(one.step()).not.toEqual(full.step());
  train(one, 6);
  const { layers } = one.deploy().model;
  expect((layers[0] as { inputWeights: { kind: string } }).inputWeights.kind).toBe(
    (plain.deploy().model.layers[0] as { inputWeights: { kind: string } }).inputWeights.kind,
  );
  [one, plain, full].forEach((trainer) => trainer.dispose());
});

it("a share that is whole only after the end is refused", () => {
  const spec = smallSpec({}, { steps: 5, gradualQuantisation: { from: 0, until: 0.9 } });
  expect(() => checkCombinations(spec, "tl.experiment()")).toThrow(/gradualQuantisation.until of tl.experiment\(\): of 5 steps none is left to train wholly quantised/);
});
