import { describe, expect, it } from "vitest";
import { minGruWeightNames } from "../../src/rnn/kernels/contract.js";
import type { Gradients, MinGruShape, MinGruWeights } from "../../src/rnn/kernels/contract.js";
import { hasMixedPrecision } from "../../src/rnn/kernels/native.js";
import { tensorKernel } from "../../src/rnn/kernels/tensorKernel.js";
import { movedStates } from "../rnn/movedStates.js";
import { kernelForms } from "./instructionSets.js";
import { expectClose, kernelWith, uniformNumbers } from "./lstmCases.js";
import {
  doubledMinGru,
  type MinGruCase,
  type Numbers,
  randomMinGru,
  type ReferenceInput,
  referenceMinGru,
  type ReferenceOptions,
  type ReferenceWeights,
} from "./minGruReference.js";
import { residentGrowth } from "./residentMemory.js";
import { threadsToJoin, wasmWith } from "./wasmKernel.js";

/** The tensor kernel where it has the cell. */
const everyForm = [...kernelForms, ...("minGru" in tensorKernel() ? [{ name: "tensor", open: () => tensorKernel() }] : [])];

const sizes = [
  { timesteps: 3, batch: 1, inputs: 1, units: 1 },
  { timesteps: 1, batch: 4, inputs: 3, units: 5 },
  { timesteps: 4, batch: 3, inputs: 70, units: 37 },
  // Long enough for blocks of timesteps on every instruction set.
  { timesteps: 70, batch: 2, inputs: 3, units: 18 },
];
const cases = sizes.flatMap((size) =>
  (["none", "batch", "layer", "rms"] as const).flatMap((normalisation) =>
    (["symbols", "dense"] as const).flatMap((kind) =>
      [false, true].map((everyOption) => {
        const name = [Object.values(size).join("x"), normalisation, kind, everyOption ? "every option" : "plain"];
        return [name.join(", "), randomMinGru({ sizes: size, normalisation, kind, everyOption })] as const;
      }),
    ),
  ),
);

function lossOf(example: MinGruCase, weights: ReferenceWeights, changed: ReferenceInput = example.input): number {
  const { shape, options, gradHidden } = example;
  const { hidden } = referenceMinGru(shape, weights, changed, movedStates<ReferenceOptions>(options, example.weights, weights));
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
  readonly name: keyof Gradients<MinGruWeights>;
  readonly indices: readonly number[];
  readonly values: Float64Array;
}

const expectedGradients = new Map<MinGruCase, readonly ExpectedGradient[]>();

/** Finite differences at sampled entries of every weight and of dense input; once for all kernels. */
function gradientsOf(example: MinGruCase): readonly ExpectedGradient[] {
  const known = expectedGradients.get(example);
  if (known !== undefined) {
    return known;
  }
  const random = uniformNumbers(3);
  const reference = doubledMinGru(example.weights);
  const differencesOf = (name: keyof Gradients<MinGruWeights>, values: Numbers, loss: () => number) => {
    const indices = sampled(values.length, random);
    return { name, indices, values: Float64Array.from(indices.map((index) => difference(values, index, loss))) };
  };
  const found = minGruWeightNames.map((name) => differencesOf(name, reference[name], () => lossOf(example, reference)));
  if (example.input.kind === "dense") {
    const input = { kind: "dense" as const, values: Float64Array.from(example.input.values) };
    found.push(differencesOf("input", input.values, () => lossOf(example, reference, input)));
  }
  expectedGradients.set(example, found);
  return found;
}

describe.each(everyForm)("minGRU, $name", ({ open }) => {
  it.each(cases)("forward %s equals double precision", (_, { shape, weights, input, options }) => {
    const pass = open().minGru(shape);
    const actual = pass.forward(weights, input, options);
    const expected = referenceMinGru(shape, doubledMinGru(weights), input, options);
    expectClose(actual.hidden, expected.hidden, 2e-5, "hidden");
    expect(actual.statistics !== undefined).toBe(shape.normalisation === "batch");
    if (actual.statistics !== undefined) {
      expectClose(actual.statistics.meanInput, expected.meanInput, 2e-5, "meanInput");
      expectClose(actual.statistics.varianceInput, expected.varianceInput, 2e-5, "varianceInput");
    }
    pass.dispose();
  });

  it.each(cases)("backward %s equals finite differences", (_, example) => {
    const pass = open().minGru(example.shape);
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

  it.each([1, 40])("affine, %i rows of constants, equals double precision", (rows) => {
    const size = { timesteps: 40, batch: 3, inputs: 9, units: 21 };
    for (const kind of ["symbols", "dense"] as const) {
      const example = randomMinGru({ sizes: size, normalisation: "affine", kind, everyOption: true, rows });
      const { shape, weights, input, options } = example;
      const pass = open().minGru(shape);
      const actual = pass.forward(weights, input, options);
      expectClose(actual.hidden, referenceMinGru(shape, doubledMinGru(weights), input, options).hidden, 2e-5, "hidden");
      expect(() => pass.backward(example.gradHidden)).toThrow("affine");
      pass.dispose();
    }
  });
});

/** All results of a pass, bit for bit. */
function everything(kernel: ReturnType<typeof kernelWith>, example: MinGruCase): Buffer {
  const pass = kernel.minGru(example.shape);
  const forward = pass.forward(example.weights, example.input, example.options);
  const gradients = pass.backward(example.gradHidden);
  const arrays: Float32Array[] = [forward.hidden, ...Object.values(forward.statistics ?? {}), ...Object.values(gradients)];
  const bits = Buffer.concat(arrays.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)));
  pass.dispose();
  return bits;
}

const forms = ["none", "batch", "layer", "rms"] as const;
const combinations = forms.flatMap((normalisation) => (["symbols", "dense"] as const).map((kind) => [normalisation, kind] as const));

describe("minGRU", () => {
  it.each(combinations)("has the same bits for every number of threads: %s, %s", async (normalisation, kind) => {
    const example = randomMinGru({ sizes: { timesteps: 150, batch: 7, inputs: 20, units: 100 }, normalisation, kind, everyOption: true });
    const single = everything(kernelWith({ threads: 1 }), example);
    for (const threads of [2, 3, 5]) {
      expect(everything(kernelWith({ threads }), example).equals(single), `${threads} threads`).toBe(true);
    }
    const singleWasm = everything(wasmWith({ threads: 1 }), example);
    wasmWith({ threads: 3 });
    await threadsToJoin(3);
    expect(everything(wasmWith({ threads: 3 }), example).equals(singleWasm), "WebAssembly").toBe(true);
  });

  it.each([1, 4])("carries a stream of %i on: pieces follow the whole", (batch) => {
    const units = 40;
    const { shape, weights, input } = randomMinGru({ sizes: { timesteps: 90, batch, inputs: 7, units }, normalisation: "affine", kind: "dense" });
    const values = input.kind === "dense" ? input.values : new Float32Array(0);
    const kernel = kernelWith();
    const wholePass = kernel.minGru(shape);
    const whole = wholePass.forward(weights, input).hidden;
    const pass = kernel.minGru({ ...shape, timesteps: 30 });
    let carriedHidden: Float32Array | undefined;
    for (let start = 0; start < 90; start += 30) {
      const piece = values.slice(start * batch * 7, (start + 30) * batch * 7);
      const { hidden } = pass.forward(weights, { kind: "dense", values: piece }, carriedHidden && { carriedHidden });
      // Blocks of timesteps round otherwise than one timestep after the other.
      expectClose(hidden, Float64Array.from(whole.subarray(start * batch * units, (start + 30) * batch * units)), 2e-6, "hidden");
      carriedHidden = hidden.slice(-batch * units);
    }
    wholePass.dispose();
    pass.dispose();
  });

  it.each(forms)("takes symbols and sequences, with and without options, in one pass: %s", (normalisation) => {
    const size = { timesteps: 70, batch: 4, inputs: 6, units: 19 };
    const kernel = kernelWith();
    const plain = randomMinGru({ sizes: size, normalisation, kind: "symbols" });
    const full = randomMinGru({ sizes: size, normalisation, kind: "dense", everyOption: true });
    const pass = kernel.minGru(plain.shape);
    for (const example of [plain, full, plain, full]) {
      const fresh = kernel.minGru(example.shape);
      const expected = fresh.forward(example.weights, example.input, example.options).hidden;
      expect(pass.forward(example.weights, example.input, example.options).hidden).toEqual(expected);
      expect(pass.backward(example.gradHidden)).toEqual(fresh.backward(example.gradHidden));
      fresh.dispose();
    }
    pass.dispose();
  });

  it("holds the state where all of it stays", () => {
    const { shape, weights, input } = randomMinGru({ sizes: { timesteps: 80, batch: 2, inputs: 5, units: 8 }, normalisation: "none", kind: "symbols" });
    const zoneoutHidden = new Float32Array(80 * 2 * 8).fill(1);
    const pass = kernelWith().minGru(shape);
    const { hidden } = pass.forward(weights, input, { zoneoutHidden });
    expect(hidden).toEqual(Float32Array.from(hidden, (_, index) => weights.initialHidden[index % 8]!));
    pass.dispose();
  });

  it.each(forms)("shows NaN in the weights, in states and gradients: %s", (normalisation) => {
    const { shape, weights, input, gradHidden } = randomMinGru({ sizes: { timesteps: 70, batch: 4, inputs: 2, units: 8 }, normalisation, kind: "symbols" });
    const broken: MinGruWeights = { ...weights, betaInput: weights.betaInput.map(() => Number.NaN) };
    const pass = kernelWith().minGru(shape);
    expect(pass.forward(broken, input).hidden.every(Number.isNaN)).toBe(true);
    expect(pass.backward(gradHidden).inputWeights.every(Number.isNaN)).toBe(true);
    pass.dispose();
  });

  it("gives its memory back", () => {
    const example = randomMinGru({ sizes: { timesteps: 100, batch: 16, inputs: 10, units: 96 }, normalisation: "layer", kind: "dense", everyOption: true });
    const kernel = kernelWith({ threads: 1 });
    // One pass holds 5 MB in C++: 100 that stayed would be 500 MB.
    expect(residentGrowth(100, () => void everything(kernel, example))).toBeLessThan(150e6);
  });

  if (hasMixedPrecision()) {
    it("in mixed precision differs from full precision by the rounding of factors", () => {
      const example = randomMinGru({ sizes: { timesteps: 40, batch: 9, inputs: 75, units: 37 }, normalisation: "none", kind: "dense" });
      const hiddenIn = (precision: string) => {
        const pass = kernelWith({ precision }).minGru(example.shape);
        const { hidden } = pass.forward(example.weights, example.input);
        pass.dispose();
        return hidden;
      };
      const [mixed, full] = [hiddenIn("mixed"), hiddenIn("full")];
      expect(mixed).not.toEqual(full);
      // bfloat16 keeps 8 bits, 2^-9 relative to each factor.
      expectClose(mixed, Float64Array.from(full), 2 ** -5, "hidden");
    });
  }
});

describe("the native minGRU refuses, naming the value,", () => {
  const example = randomMinGru({ sizes: { timesteps: 2, batch: 3, inputs: 4, units: 5 }, normalisation: "batch", kind: "symbols" });

  it.each([
    [{ units: 0 }, "minGRU shape: units is 0"],
    [{ epsilon: 0 }, "minGRU shape: epsilon is 0"],
    [{ normalisation: "frozen" as MinGruShape["normalisation"] }, 'minGRU shape: normalisation is "frozen"'],
  ])("the shape %o", (change, message) => {
    expect(() => kernelWith().minGru({ ...example.shape, ...change })).toThrow(message);
  });

  it("weights, options and gradients of the wrong size", () => {
    const { shape, weights, input, gradHidden } = example;
    const pass = kernelWith().minGru(shape);
    const short = new Float32Array(3);
    expect(() => pass.forward({ ...weights, betaInput: short }, input)).toThrow("betaInput has 3 elements; this shape needs 10");
    expect(() => pass.forward(weights, input, { carriedHidden: short })).toThrow("carriedHidden has 3 elements; this shape needs 15");
    expect(() => pass.forward(weights, input, { zoneoutHidden: short })).toThrow("zoneoutHidden has 3 elements; this shape needs 30");
    expect(() => pass.backward(gradHidden)).toThrow("follows one forward()");
    pass.dispose();
    expect(() => pass.forward(weights, input)).toThrow("This minGRU pass has been disposed of; make another with minGru(shape)");
  });
});
