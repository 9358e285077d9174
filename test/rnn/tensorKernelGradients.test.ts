import { beforeAll, describe, expect, it } from "vitest";
import { chooseBackend } from "../../src/rnn/backend.js";
import type { GruShape, LstmForwardOptions, LstmShape, Normalisation, SequenceInput } from "../../src/rnn/kernels/contract.js";
import { tensorKernel } from "../../src/rnn/kernels/tensorKernel.js";
import { finiteDifferences } from "./finiteDifferences.js";
import { randomArray, randomDense, randomGruWeights, randomSymbols, randomWeights, relativeDifference } from "./lstmProblem.js";
import { movedStates } from "./movedStates.js";
import { optionCases } from "./optionCases.js";
import { referenceGruHidden } from "./referenceGru.js";
import { referenceHidden } from "./referenceLstm.js";
import type { ReferenceInput, ReferenceOptions } from "./referenceSteps.js";

/** Every combination of cell, normalisations and options against finite differences of plain loops. */

beforeAll(() => chooseBackend());

// Epsilon is large so that it counts, and so that a column without variance does not blow up single precision.
const sizes = { timesteps: 3, batch: 3, inputs: 3, units: 3, epsilon: 0.05 };
const trained = ["none", "batch", "layer"] as const satisfies Normalisation[];

type Weights = Readonly<Record<string, Float32Array>>;
type Reference = (weights: Readonly<Record<string, ArrayLike<number>>>, input: ReferenceInput, options: ReferenceOptions) => number[];

const lstmShapes = trained.flatMap((normalisation) =>
  trained.map((cellNormalisation): LstmShape => ({ ...sizes, normalisation, cellNormalisation })),
);
lstmShapes.push({ ...sizes, normalisation: "rms", cellNormalisation: "rms" });
const gruShapes = [...trained, "rms" as const].flatMap((normalisation) =>
  (["before", "after"] as const).map((reset): GruShape => ({ ...sizes, normalisation, reset })),
);

describe.each(lstmShapes)("LSTM, products $normalisation, cell $cellNormalisation", (shape) => {
  it.each(optionCases("lstm", sizes))("with %s", (_, options) => {
    const reference: Reference = (weights, input, given) => referenceHidden(shape, weights as never, input, given);
    const pass = tensorKernel().lstm(shape);
    compare(pass as never, { ...randomWeights(shape) }, randomDense(shape), options, reference);
    pass.dispose();
  });
});

it("symbols are the rows of their matrix: hidden states and gradients", () => {
  const shape = lstmShapes[0]!;
  const pass = tensorKernel().lstm(shape);
  const reference: Reference = (weights, input, given) => referenceHidden(shape, weights as never, input, given);
  compare(pass as never, { ...randomWeights(shape) }, randomSymbols(shape), {}, reference);
  pass.dispose();
});

describe.each(gruShapes)("GRU, reset $reset, products $normalisation", (shape) => {
  it.each(optionCases("gru", sizes))("with %s", (_, options) => {
    const reference: Reference = (weights, input, given) => referenceGruHidden(shape, weights as never, input, given);
    const pass = tensorKernel().gru(shape);
    compare(pass as never, { ...randomGruWeights(shape) }, randomDense(shape), options, reference);
    pass.dispose();
  });
});

it("one timestep, LSTM and GRU", () => {
  const [lstm, gru] = [{ ...lstmShapes[0]!, timesteps: 1 }, { ...gruShapes[0]!, timesteps: 1 }];
  compare(tensorKernel().lstm(lstm) as never, { ...randomWeights(lstm) }, randomDense(lstm), {}, (weights, input, given) =>
    referenceHidden(lstm, weights as never, input, given),
  );
  compare(tensorKernel().gru(gru) as never, { ...randomGruWeights(gru) }, randomDense(gru), {}, (weights, input, given) =>
    referenceGruHidden(gru, weights as never, input, given),
  );
});

interface AnyPass {
  forward(weights: Weights, input: SequenceInput, options: LstmForwardOptions): { readonly hidden: Float32Array };
  backward(gradHidden: Float32Array): Readonly<Record<string, Float32Array>>;
}

function compare(pass: AnyPass, weights: Weights, input: SequenceInput, options: LstmForwardOptions, reference: Reference): void {
  const { hidden } = pass.forward(weights, input, options);
  expect(relativeDifference(hidden, reference(weights, input, options))).toBeLessThan(1e-5);

  const slopes = randomArray(hidden.length, 5);
  const loss = (changed: Readonly<Record<string, ArrayLike<number>>>, changedInput: ReferenceInput = input): number =>
    reference(changed, changedInput, movedStates<ReferenceOptions>(options, weights, changed)).reduce((sum, value, index) => sum + value * slopes[index]!, 0);
  const gradients = pass.backward(slopes);
  for (const [name, values] of Object.entries(weights)) {
    const expected = finiteDifferences(values, (moved) => loss({ ...weights, [name]: moved }));
    expect(relativeDifference(gradients[name]!, expected), name).toBeLessThan(1e-4);
  }
  expect("input" in gradients).toBe(input.kind === "dense");
  if (input.kind === "dense") {
    const expected = finiteDifferences(input.values, (values) => loss(weights, { kind: "dense", values }));
    expect(relativeDifference(gradients["input"]!, expected), "input").toBeLessThan(1e-4);
  }
}
