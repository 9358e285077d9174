import { beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import type { GruShape, GruWeights } from "../../src/rnn/kernels/contract.js";
import golden from "../rnn/golden/gru_pytorch.json" with { type: "json" };
import { type GruCase, randomGru } from "./gruCases.js";
import { expectClose, kernelWith } from "./lstmCases.js";
import { residentGrowth } from "./residentMemory.js";

beforeAll(async () => {
  expect(await buildNative("dist/native"), "a C++ compiler is needed to test the native kernel").toBeDefined();
}, 300_000);

const resets = ["before", "after"] as const;
const forms = ["none", "batch", "layer", "rms"] as const;

/** All results of a pass, bit for bit. */
function everything(threads: number, example: GruCase): Buffer {
  const pass = kernelWith({ threads }).gru(example.shape);
  const forward = pass.forward(example.weights, example.input, example.options);
  const gradients = pass.backward(example.gradHidden);
  const arrays: Float32Array[] = [forward.hidden, ...Object.values(forward.statistics ?? {}), ...Object.values(gradients)];
  const bits = Buffer.concat(arrays.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)));
  pass.dispose();
  return bits;
}

describe("GRU", () => {
  const combinations = resets.flatMap((reset) =>
    forms.flatMap((normalisation) => (["symbols", "dense"] as const).map((kind) => [reset, normalisation, kind] as const)),
  );
  it.each(combinations)("has the same bits for every number of threads: reset %s, %s, %s", (reset, normalisation, kind) => {
    const sizes = { timesteps: 6, batch: 18, inputs: 20, units: 100 };
    const example = randomGru({ sizes, reset, normalisation, kind, everyOption: true });
    const single = everything(1, example);
    for (const threads of [2, 3]) {
      expect(everything(threads, example).equals(single), `${threads} threads`).toBe(true);
    }
  });

  it("equals PyTorch's nn.GRU and its gradients (test/rnn/golden/gru_pytorch.py made the values)", () => {
    const { sizes, gradients } = golden;
    const { inputs, units } = sizes;
    const shape: GruShape = { ...sizes, normalisation: "none", epsilon: 0, reset: "after" };
    // PyTorch adds a second bias to the products of reset and update, where its place makes no difference.
    const both = golden.bias_ih.map((bias, row) => bias + (row < 2 * units ? golden.bias_hh[row]! : 0));
    const weights: GruWeights = {
      inputWeights: transposed(golden.weight_ih, 3 * units, inputs),
      recurrentWeights: transposed(golden.weight_hh, 3 * units, units),
      gammaInput: new Float32Array(3 * units),
      gammaRecurrent: new Float32Array(3 * units),
      betaRecurrent: Float32Array.from(both),
      betaReset: Float32Array.from(golden.bias_hh.slice(2 * units)),
      initialHidden: new Float32Array(units),
    };
    const pass = kernelWith().gru(shape);
    const { hidden } = pass.forward(weights, { kind: "dense", values: Float32Array.from(golden.inputs) });
    expectClose(hidden, Float64Array.from(golden.hidden), 2e-6, "hidden");
    const actual = pass.backward(Float32Array.from(golden.slopes));
    const expected = {
      input: Float64Array.from(gradients.inputs),
      inputWeights: Float64Array.from(transposed(gradients.weight_ih, 3 * units, inputs)),
      recurrentWeights: Float64Array.from(transposed(gradients.weight_hh, 3 * units, units)),
      betaRecurrent: Float64Array.from(gradients.bias_ih),
      betaReset: Float64Array.from(gradients.bias_hh.slice(2 * units)),
    };
    for (const name of Object.keys(expected) as (keyof typeof expected)[]) {
      expectClose(actual[name]!, expected[name], 5e-6, name);
    }
    pass.dispose();
  });

  const streams = resets.flatMap((reset) => [1, 4].map((batch) => [reset, batch] as const));
  it.each(streams)("carries a stream on, reset %s, batch %i: pieces equal the whole", (reset, batch) => {
    const units = 40;
    const sizes = { timesteps: 30, batch, inputs: 7, units };
    for (const normalisation of ["none", "affine"] as const) {
      const { shape, weights, input } = randomGru({ sizes, reset, normalisation, kind: "dense" });
      const values = input.kind === "dense" ? input.values : new Float32Array(0);
      const kernel = kernelWith();
      const wholePass = kernel.gru(shape);
      const whole = wholePass.forward(weights, input).hidden;
      const pass = kernel.gru({ ...shape, timesteps: 10 });
      let carriedHidden: Float32Array | undefined;
      for (let start = 0; start < 30; start += 10) {
        const piece = values.slice(start * batch * 7, (start + 10) * batch * 7);
        const { hidden } = pass.forward(weights, { kind: "dense", values: piece }, carriedHidden && { carriedHidden });
        expect(hidden).toEqual(whole.subarray(start * batch * units, (start + 10) * batch * units));
        carriedHidden = hidden.slice(-batch * units);
      }
      wholePass.dispose();
      pass.dispose();
    }
  });

  it.each(forms)("takes symbols and sequences, with and without options, in one pass: %s", (normalisation) => {
    const sizes = { timesteps: 5, batch: 4, inputs: 6, units: 19 };
    const kernel = kernelWith();
    const plain = randomGru({ sizes, reset: "before", normalisation, kind: "symbols" });
    const full = randomGru({ sizes, reset: "before", normalisation, kind: "dense", everyOption: true });
    const pass = kernel.gru(plain.shape);
    for (const example of [plain, full, plain, full]) {
      const fresh = kernel.gru(example.shape);
      const expected = fresh.forward(example.weights, example.input, example.options).hidden;
      expect(pass.forward(example.weights, example.input, example.options).hidden).toEqual(expected);
      expect(pass.backward(example.gradHidden)).toEqual(fresh.backward(example.gradHidden));
      fresh.dispose();
    }
    pass.dispose();
  });

  it.each(forms)("shows NaN in the weights, in states and gradients: %s", (normalisation) => {
    const sizes = { timesteps: 3, batch: 4, inputs: 5, units: 8 };
    const { shape, weights, input, gradHidden } = randomGru({ sizes, reset: "after", normalisation, kind: "symbols" });
    const broken: GruWeights = { ...weights, betaRecurrent: weights.betaRecurrent.map(() => Number.NaN) };
    const pass = kernelWith().gru(shape);
    expect(pass.forward(broken, input).hidden.every(Number.isNaN)).toBe(true);
    expect(pass.backward(gradHidden).recurrentWeights.every(Number.isNaN)).toBe(true);
    pass.dispose();
  });

  it("gives its memory back", () => {
    const sizes = { timesteps: 30, batch: 16, inputs: 10, units: 96 };
    const example = randomGru({ sizes, reset: "before", normalisation: "layer", kind: "symbols", everyOption: true });
    const kernel = kernelWith({ threads: 1 });
    const round = () => {
      const pass = kernel.gru(example.shape);
      pass.forward(example.weights, example.input, example.options);
      pass.backward(example.gradHidden);
      pass.dispose();
    };
    // One pass holds 4 MB in C++: 100 that stayed would be 400 MB.
    expect(residentGrowth(100, round)).toBeLessThan(150e6);
  });
});

/** [rows, columns] to [columns, rows] */
function transposed(values: readonly number[], rows: number, columns: number): Float32Array {
  return Float32Array.from({ length: rows * columns }, (_, index) => values[(index % rows) * columns + Math.floor(index / rows)]!);
}

describe("the native GRU refuses, naming the value,", () => {
  const sizes = { timesteps: 2, batch: 3, inputs: 4, units: 5 };
  const example = randomGru({ sizes, reset: "after", normalisation: "batch", kind: "symbols" });

  it.each([
    [{ units: 0 }, "GRU shape: units is 0"],
    [{ batch: 1.5 }, "GRU shape: batch is 1.5"],
    [{ epsilon: 0 }, "GRU shape: epsilon is 0"],
    [{ units: 65_536, timesteps: 10_000, batch: 10_000 }, "shorten the sequence or the batch"],
    [{ normalisation: "frozen" as GruShape["normalisation"] }, 'GRU shape: normalisation is "frozen"'],
    [{ reset: "never" as GruShape["reset"] }, 'GRU shape: reset is "never"; known: before, after'],
  ])("the shape %o", (change, message) => {
    expect(() => kernelWith().gru({ ...example.shape, ...change })).toThrow(message);
  });

  it("weights, inputs, options and gradients of the wrong size", () => {
    const { shape, weights, input, gradHidden } = example;
    const pass = kernelWith().gru(shape);
    const short = new Float32Array(3);
    const state = "has 3 elements; this shape needs 15";
    expect(() => pass.forward({ ...weights, betaReset: short }, input)).toThrow("betaReset has 3 elements; this shape needs 5");
    expect(() => pass.forward({ ...weights, recurrentWeights: short }, input)).toThrow("recurrentWeights has 3 elements");
    expect(() => pass.forward(weights, { kind: "dense", values: short })).toThrow("dense input has 3 elements");
    expect(() => pass.forward(weights, { kind: "symbols", symbols: Int32Array.of(0, 1, 4, 2, 3, 0) })).toThrow("symbols[2] is 4");
    expect(() => pass.forward(weights, input, { carriedHidden: short })).toThrow(`carriedHidden ${state}`);
    expect(() => pass.forward(weights, input, { recurrentMask: short })).toThrow(`recurrentMask ${state}`);
    expect(() => pass.forward(weights, input, { zoneoutHidden: short })).toThrow("zoneoutHidden has 3 elements; this shape needs 30");
    expect(() => pass.backward(gradHidden)).toThrow("follows one forward()");
    pass.forward(weights, input);
    expect(() => pass.backward(short)).toThrow("gradHidden has 3 elements; this shape needs 30");
    pass.backward(gradHidden);
    expect(() => pass.backward(gradHidden)).toThrow("follows one forward()");
    pass.dispose();
    pass.dispose();
    expect(() => pass.forward(weights, input)).toThrow("has been disposed of");
  });

  it("rows of constants that are neither one nor one for each timestep", () => {
    const affine = randomGru({ sizes: { ...sizes, timesteps: 4 }, reset: "after", normalisation: "affine", kind: "symbols", rows: 3 });
    const pass = kernelWith().gru(affine.shape);
    expect(() => pass.forward(affine.weights, affine.input)).toThrow("gammaInput has 45 elements; this shape needs 15, or 60");
    pass.dispose();
  });
});
