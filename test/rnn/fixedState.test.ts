import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import type { GruShape, LstmForwardOptions, LstmShape, StateRounding } from "../../src/rnn/kernels/contract.js";
import { chooseBackend } from "../../src/rnn/backend.js";
import { DeployedNetwork } from "../../src/rnn/inference/deployedNetwork.js";
import { roundToFormat, stateRounding } from "../../src/rnn/fixedState.js";
import { kernelFor } from "../../src/rnn/kernels/choose.js";
import { tensorKernel } from "../../src/rnn/kernels/tensorKernel.js";
import { Trainer } from "../../src/rnn/training/trainer.js";
import { floatSymbols, packedSymbols } from "../../src/rnn/inference/symbolStream.js";
import { finiteDifferences } from "./finiteDifferences.js";
import { randomArray, randomDense, randomGruWeights, randomWeights, relativeDifference } from "./lstmProblem.js";
import { movedStates } from "./movedStates.js";
import { optionCases } from "./optionCases.js";
import { referenceGruHidden } from "./referenceGru.js";
import { referenceHidden } from "./referenceLstm.js";
import { fixedInteger, FrozenRounding, rounded, type ReferenceRounding } from "./referenceRounding.js";
import type { ReferenceInput } from "./referenceSteps.js";
import { both, nativeKernel, smallGru, smallLstm, specOf, train, verseData } from "./trainingProblem.js";

beforeAll(async () => {
  await buildNative("dist/native");
  await chooseBackend();
});

const sizes = { timesteps: 3, batch: 3, inputs: 3, units: 3, epsilon: 0.05 };
/** h in sixteenths, c in eighths within [-0.5, 0.5), so that many cells saturate. */
const coarse: StateRounding = { hidden: { bits: 5, fractionBits: 4 }, cell: { bits: 3, fractionBits: 3 } };
const forms = ["none", "batch", "layer"] as const;

type Numbers = Readonly<Record<string, ArrayLike<number>>>;
interface Cell {
  readonly name: string;
  readonly weights: Readonly<Record<string, Float32Array>>;
  readonly cell: "lstm" | "gru";
  readonly pass: () => {
    forward(weights: unknown, input: unknown, options: LstmForwardOptions): { readonly hidden: Float32Array };
    backward(gradHidden: Float32Array): Readonly<Record<string, Float32Array>>;
  };
  readonly reference: (weights: Numbers, input: ReferenceInput, options: LstmForwardOptions, round: ReferenceRounding) => number[];
}

const lstms = forms.map((normalisation): Cell => {
  const shape: LstmShape = { ...sizes, normalisation, cellNormalisation: normalisation, rounding: coarse };
  return {
    name: `LSTM, ${normalisation}`,
    cell: "lstm",
    weights: { ...randomWeights(shape) },
    pass: () => tensorKernel().lstm(shape) as never,
    reference: (weights, input, options, round) => referenceHidden(shape, weights as never, input, options, round),
  };
});
const grus = forms.flatMap((normalisation) =>
  (["before", "after"] as const).map((reset): Cell => {
    const shape: GruShape = { ...sizes, normalisation, reset, rounding: { hidden: coarse.hidden } };
    return {
      name: `GRU, reset ${reset}, ${normalisation}`,
      cell: "gru",
      weights: { ...randomGruWeights(shape) },
      pass: () => tensorKernel().gru(shape) as never,
      reference: (weights, input, options, round) => referenceGruHidden(shape, weights as never, input, options, round),
    };
  }),
);
/** Rates whose mixtures of sixteenths are never half a step, which single precision would round either way. */
const expectation = { zoneoutHidden: new Float32Array(27).fill(0.31), zoneoutCell: new Float32Array(27).fill(0.23) };
const cases = [...lstms, ...grus].flatMap((cell) =>
  optionCases(cell.cell, sizes).map(([name, options]) => ({
    ...cell,
    name: `${cell.name}, ${name}`,
    options: name === "zoneout's expectation" ? expectation : options,
  })),
);

describe.each(cases)("$name", ({ weights, pass: make, reference, options }) => {
  const input = randomDense(sizes);

  it("states are those of plain loops, and exactly numbers of their format", () => {
    const { hidden } = make().forward(weights, input, options);
    // Adding zero makes -0 a 0.
    const expected = reference(weights, input, options, rounded(coarse)).map((value) => value + 0);
    expect(Array.from(hidden, (value) => value + 0)).toEqual(expected);
    expect(hidden.every((value) => Number.isInteger(value * 16) && value >= -1 && value < 1)).toBe(true);
  });

  it("gradients are straight-through: finite differences with rounding's part held fast, and saturation flat", () => {
    const pass = make();
    const { hidden } = pass.forward(weights, input, options);
    const slopes = randomArray(hidden.length, 5);
    const frozen = new FrozenRounding(coarse);
    reference(weights, input, options, frozen.record);
    const loss = (changed: Numbers, changedInput: ReferenceInput = input): number =>
      reference(changed, changedInput, movedStates<LstmForwardOptions>(options, weights, changed), frozen.replay).reduce((sum, value, index) => sum + value * slopes[index]!, 0);
    const gradients = pass.backward(slopes);
    for (const [name, values] of Object.entries(weights)) {
      const expected = finiteDifferences(values, (moved) => loss({ ...weights, [name]: moved }));
      expect(relativeDifference(gradients[name]!, expected), name).toBeLessThan(1e-4);
    }
  });
});

describe("rounding to a format", () => {
  it("is the nearest number, ties upwards, and the end of the range beyond it", () => {
    const format = { bits: 5, fractionBits: 4 };
    expect([0.03125, -0.03125, 0.03, 5, -5, 0.99].map((value) => roundToFormat(value, format))).toEqual([0.0625, 0, 0, 0.9375, -1, 0.9375]);
    fc.assert(
      fc.property(fc.double({ min: -20, max: 20, noNaN: true }), fc.integer({ min: 2, max: 24 }), fc.integer({ min: 0, max: 23 }), (value, bits, fractionBits) => {
        const format = { bits, fractionBits };
        expect(roundToFormat(value, format) * 2 ** fractionBits + 0).toBe(fixedInteger(value, format) + 0);
      }),
    );
  });
});

const ternary = both({ kind: "ternary", sampling: "deterministic" });
const state = { hiddenBits: 8, cellBits: 12, cellRange: 4 };
const fixedLstm = smallLstm({ units: 12, quantiser: ternary, state });
const spec = specOf([fixedLstm, smallGru({ units: 8, quantiser: ternary, state: { hiddenBits: 8 } })]);

it("formats follow from the spec: h over [-1, 1), c over its range", () => {
  expect(stateRounding(fixedLstm)).toEqual({ hidden: { bits: 8, fractionBits: 7 }, cell: { bits: 12, fractionBits: 9 } });
  expect(stateRounding(smallLstm())).toBeUndefined();
});

it("a network with states in fixed point learns, and what ships has them in every state that it reads", () => {
  const trainer = Trainer.create(spec, verseData(20), tensorKernel());
  const losses = train(trainer, 40).map(({ loss }) => loss);
  expect(losses.at(-1)!).toBeLessThan(0.8 * losses[0]!);
  const { model } = trainer.deploy();
  const network = new DeployedNetwork(model, tensorKernel(), 1);
  const hidden = network.read({ kind: "symbols", symbols: verseData(1).train.slice(0, 40) });
  expect(hidden.every((value) => Number.isInteger(value * 128) && value >= -1 && value < 1)).toBe(true);
  expect(new Set(hidden).size).toBeGreaterThan(20);

  const [float, packed] = [floatSymbols(model, tensorKernel()), packedSymbols(model)];
  for (const symbol of verseData(1).train.slice(0, 40)) {
    const [expected, logits] = [float.read(Int32Array.of(symbol)), packed.read(Int32Array.of(symbol))];
    logits.forEach((logit, index) => expect(Math.abs(logit - expected[index]!)).toBeLessThan(1e-3));
  }
  expect(() => packedSymbols(model, { engine: "native" })).toThrow(/no states in fixed point.*leave engine out/);
  [trainer, network, float, packed].forEach((one) => one.dispose());
});

it("computes with the tensor kernel, and says so; another kernel refuses", () => {
  const native = nativeKernel();
  const { kernel, note } = kernelFor(spec.layers, native);
  expect(kernel.name).toMatch(/^tensor \(/);
  expect(note).toMatch(/^This run computes with tensor \(.*\), many times slower than native .*fixed point/);
  expect(kernelFor([smallLstm()], native)).toEqual({ kernel: native });
  expect(() => Trainer.create(spec, verseData(20), native)).toThrow(/compute kernel native .* has no states in fixed point/);
});
