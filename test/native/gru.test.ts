import { describe, expect, it } from "vitest";
import { gruWeightNames } from "../../src/rnn/kernels/contract.js";
import type { Gradients, GruWeights } from "../../src/rnn/kernels/contract.js";
import { doubledGru, type GruCase, randomGru } from "./gruCases.js";
import { kernelForms } from "./instructionSets.js";
import { expectClose, uniformNumbers } from "./lstmCases.js";
import { movedStates } from "../rnn/movedStates.js";
import { type Numbers, referenceGru, type ReferenceInput, type ReferenceOptions, type ReferenceWeights } from "./referenceGru.js";

const sizes = [
  { timesteps: 3, batch: 1, inputs: 1, units: 1 },
  { timesteps: 1, batch: 4, inputs: 3, units: 5 },
  { timesteps: 4, batch: 3, inputs: 70, units: 37 },
  { timesteps: 3, batch: 13, inputs: 2, units: 16 },
];
const cases = sizes.flatMap((size) =>
  (["before", "after"] as const).flatMap((reset) =>
    (["none", "batch", "layer"] as const).flatMap((normalisation) =>
      (["symbols", "dense"] as const).flatMap((kind) =>
        [false, true].map((everyOption) => {
          const name = [Object.values(size).join("x"), reset, normalisation, kind, everyOption ? "every option" : "plain"];
          return [name.join(", "), randomGru({ sizes: size, reset, normalisation, kind, everyOption })] as const;
        }),
      ),
    ),
  ),
);
for (const [index, size] of sizes.entries()) {
  for (const reset of ["before", "after"] as const) {
    const kind = index % 2 === 0 ? "dense" : "symbols";
    cases.push([`${Object.values(size).join("x")}, ${reset}, rms, ${kind}`, randomGru({ sizes: size, reset, normalisation: "rms", kind, everyOption: true })]);
  }
}

function lossOf(example: GruCase, weights: ReferenceWeights, changed: ReferenceInput = example.input): number {
  const { shape, options, gradHidden } = example;
  const { hidden } = referenceGru(shape, weights, changed, movedStates<ReferenceOptions>(options, example.weights, weights));
  return hidden.reduce((sum, value, index) => sum + value * gradHidden[index]!, 0);
}

/** A central difference of the reference's loss at one entry of `values`. */
function difference(values: Numbers, index: number, loss: () => number): number {
  const step = 1e-5;
  const kept = values[index]!;
  values[index] = kept + step;
  const above = loss();
  values[index] = kept - step;
  const below = loss();
  values[index] = kept;
  return (above - below) / (2 * step);
}

function sampled(length: number, random: () => number): number[] {
  return length <= 3 ? [...Array(length).keys()] : Array.from({ length: 3 }, () => Math.floor(((random() + 1) / 2) * length));
}

interface ExpectedGradient {
  readonly name: keyof Gradients<GruWeights>;
  readonly indices: readonly number[];
  readonly values: Float64Array;
}

const expectedGradients = new Map<GruCase, readonly ExpectedGradient[]>();

/** Finite differences at sampled entries of every weight and of dense input; once for all instruction sets. */
function gradientsOf(example: GruCase): readonly ExpectedGradient[] {
  const known = expectedGradients.get(example);
  if (known !== undefined) {
    return known;
  }
  const random = uniformNumbers(3);
  const reference = doubledGru(example.weights);
  const differencesOf = (name: keyof Gradients<GruWeights>, values: Numbers, loss: () => number) => {
    const indices = sampled(values.length, random);
    return { name, indices, values: Float64Array.from(indices.map((index) => difference(values, index, loss))) };
  };
  const found = gruWeightNames.map((name) => differencesOf(name, reference[name], () => lossOf(example, reference)));
  if (example.input.kind === "dense") {
    const input = { kind: "dense" as const, values: Float64Array.from(example.input.values) };
    found.push(differencesOf("input", input.values, () => lossOf(example, reference, input)));
  }
  expectedGradients.set(example, found);
  return found;
}

describe.each(kernelForms)("GRU, $name", ({ open }) => {
  it.each(cases)("forward %s equals double precision", (_, { shape, weights, input, options }) => {
    const pass = open().gru(shape);
    const actual = pass.forward(weights, input, options);
    const expected = referenceGru(shape, doubledGru(weights), input, options);
    expectClose(actual.hidden, expected.hidden, 2e-5, "hidden");
    const { statistics } = actual;
    expect(statistics !== undefined).toBe(shape.normalisation === "batch");
    for (const [name, values] of Object.entries(statistics ?? {})) {
      expectClose(values as Float32Array, expected.statistics[name as keyof typeof expected.statistics], 2e-5, name);
    }
    pass.dispose();
  });

  it.each(cases)("backward %s equals finite differences", (_, example) => {
    const pass = open().gru(example.shape);
    pass.forward(example.weights, example.input, example.options);
    const gradients = pass.backward(example.gradHidden);
    expect(gradients.input !== undefined).toBe(example.input.kind === "dense");
    const expected = gradientsOf(example);
    // Statistics take some gradients away but for rounding: what is small beside the others is measured against them.
    const largest = Math.max(...expected.flatMap(({ values }) => [...values].map(Math.abs)));
    for (const { name, indices, values } of expected) {
      const actual = indices.map((index) => gradients[name]![index]!);
      expectClose(actual, values, 3e-4, name, 0.1 * largest);
    }
    pass.dispose();
  });

  it.each([
    ["before", 1],
    ["before", 6],
    ["after", 1],
    ["after", 6],
  ] as const)("affine, reset %s, %i rows of constants, equals double precision", (reset, rows) => {
    const size = { timesteps: 6, batch: 3, inputs: 9, units: 21 };
    for (const kind of ["symbols", "dense"] as const) {
      const example = randomGru({ sizes: size, reset, normalisation: "affine", kind, everyOption: true, rows });
      const { shape, weights, input, options } = example;
      const pass = open().gru(shape);
      const actual = pass.forward(weights, input, options);
      expectClose(actual.hidden, referenceGru(shape, doubledGru(weights), input, options).hidden, 2e-5, "hidden");
      expect(() => pass.backward(example.gradHidden)).toThrow('without normalisation "affine"');
      pass.dispose();
    }
  });
});
