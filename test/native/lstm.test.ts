import { describe, expect, it } from "vitest";
import { lstmWeightNames } from "../../src/rnn/kernels/contract.js";
import type { Gradients, LstmWeights, Normalisation } from "../../src/rnn/kernels/contract.js";
import { kernelForms } from "./instructionSets.js";
import { doubled, expectClose, kernelWith, randomCase, uniformNumbers } from "./lstmCases.js";
import type { CaseForm, CaseSizes, LstmCase } from "./lstmCases.js";
import { movedStates } from "../rnn/movedStates.js";
import { residentGrowth } from "./residentMemory.js";
import { type Numbers, referenceForward, type ReferenceInput, type ReferenceOptions, type ReferenceWeights } from "./referenceLstm.js";

const sizes = [
  { timesteps: 4, batch: 3, inputs: 4, units: 5 },
  { timesteps: 3, batch: 1, inputs: 1, units: 1 },
  { timesteps: 1, batch: 7, inputs: 3, units: 33 },
  { timesteps: 5, batch: 2, inputs: 2, units: 16 },
  { timesteps: 3, batch: 4, inputs: 3, units: 18 },
];
const plain: CaseForm = { normalisation: "none", cellNormalisation: "none", kind: "symbols" };
const batchNormalised: CaseForm = { normalisation: "batch", cellNormalisation: "batch", kind: "symbols" };
const forms = ["none", "batch", "layer", "affine"] as const;
const trainable = ["none", "batch", "layer"] as const;
const kinds = ["symbols", "dense"] as const;
const everyOption = ["carried", "recurrentMask", "zoneoutHidden", "zoneoutCell"] as const;
/** Each option alone, none and all: with each form, none and all. */
const optionSets = [[], everyOption, ["carried"], ["recurrentMask"], ["zoneoutHidden"], ["zoneoutCell"]] as const;

function namedCase(size: CaseSizes, form: CaseForm): readonly [string, LstmCase] {
  const options = form.options?.length === 4 ? "every option" : (form.options ?? []).join(", ");
  const name = `${Object.values(size).join("x")}, ${form.normalisation} and ${form.cellNormalisation}, ${form.kind} ${options}`;
  return [name, randomCase(size, form)];
}

/** Every combination of forms and kind; the sizes in turn. */
function casesOf(available: readonly Normalisation[], optionsOf: readonly NonNullable<CaseForm["options"]>[], perForm: number) {
  let turn = 0;
  const found = available.flatMap((normalisation) =>
    available.flatMap((cellNormalisation) =>
      kinds.flatMap((kind) =>
        optionsOf.flatMap((options) =>
          Array.from({ length: perForm }, () =>
            namedCase(sizes[turn++ % sizes.length]!, { normalisation, cellNormalisation, kind, options }),
          ),
        ),
      ),
    ),
  );
  return found;
}

/** Rows by their root mean square share the road of layer normalisation: with itself and one other form, symbols and dense. */
const rms = kinds.flatMap((kind) => [
  { normalisation: "rms", cellNormalisation: "rms", kind },
  { normalisation: "rms", cellNormalisation: "layer", kind, options: everyOption },
] as const);
const big: CaseSizes = { timesteps: 3, batch: 13, inputs: 70, units: 37 };
const forwardCases = [
  ...casesOf(forms, [[], everyOption], 2),
  ...rms.flatMap((form) => sizes.map((size) => namedCase(size, form))),
  ...[...forms, "rms" as const].map((form) => namedCase(big, { normalisation: form, cellNormalisation: form, kind: "dense" })),
];
const backwardCases = [
  ...casesOf(trainable, [[], ["carried"], ["recurrentMask", "zoneoutHidden", "zoneoutCell"], everyOption], 1),
  ...optionSets.map((options) =>
    namedCase(sizes[0]!, { normalisation: "batch", cellNormalisation: "layer", kind: "symbols", options }),
  ),
  ...rms.flatMap((form) => [sizes[0]!, sizes[1]!, sizes[4]!].map((size) => namedCase(size, form))),
  ...[...trainable, "rms" as const].map((form) => namedCase(big, { normalisation: form, cellNormalisation: form, kind: "dense" })),
];

function lossOf(
  { shape, weights: given, input, options, gradHidden }: LstmCase,
  weights: ReferenceWeights,
  changedInput: ReferenceInput = input,
): number {
  const { hidden } = referenceForward(shape, weights, changedInput, movedStates<ReferenceOptions>(options, given, weights));
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
  return length <= 6 ? [...Array(length).keys()] : Array.from({ length: 6 }, () => Math.floor(((random() + 1) / 2) * length));
}

interface ExpectedGradient {
  readonly name: keyof Gradients<LstmWeights>;
  readonly indices: readonly number[];
  readonly values: Float64Array;
}

const expectedGradients = new Map<LstmCase, readonly ExpectedGradient[]>();

/** Finite differences at sampled entries of every parameter and of dense input; once for all instruction sets. */
function gradientsOf(example: LstmCase): readonly ExpectedGradient[] {
  const known = expectedGradients.get(example);
  if (known !== undefined) {
    return known;
  }
  const random = uniformNumbers(3);
  const reference = doubled(example.weights);
  const differencesOf = (name: keyof Gradients<LstmWeights>, values: Numbers, loss: () => number) => {
    const indices = sampled(values.length, random);
    const found = indices.map((index) => difference(values, index, loss));
    return { name, indices, values: Float64Array.from(found) };
  };
  const found = lstmWeightNames.map((name) => differencesOf(name, reference[name], () => lossOf(example, reference)));
  if (example.input.kind === "dense") {
    const input = { kind: "dense" as const, values: Float64Array.from(example.input.values) };
    found.push(differencesOf("input", input.values, () => lossOf(example, reference, input)));
  }
  expectedGradients.set(example, found);
  return found;
}

describe.each(kernelForms)("LSTM, $name", ({ name, open }) => {
  it("names itself", () => {
    expect(open().name).toBe(name);
  });

  it.each(forwardCases)("forward %s equals double precision", (_, { shape, weights, input, options }) => {
    const pass = open().lstm(shape);
    const actual = pass.forward(weights, input, options);
    const expected = referenceForward(shape, doubled(weights), input, options);
    expectClose(actual.hidden, expected.hidden, 2e-5, "hidden");
    expectClose(actual.lastCell, expected.lastCell, 2e-5, "lastCell");
    expect(actual.statistics !== undefined).toBe([shape.normalisation, shape.cellNormalisation].includes("batch"));
    for (const [name, values] of Object.entries<Float32Array>({ ...actual.statistics })) {
      expectClose(values, expected.statistics[name as keyof typeof expected.statistics], 2e-5, name);
    }
    pass.dispose();
  });

  it.each(backwardCases)("backward %s equals finite differences", (_, example) => {
    const pass = open().lstm(example.shape);
    pass.forward(example.weights, example.input, example.options);
    const gradients = pass.backward(example.gradHidden);
    expect(gradients.input !== undefined).toBe(example.input.kind === "dense");
    const expected = gradientsOf(example);
    // Batch statistics take some gradients away but for rounding: that of a state all sequences share, for one. What is
    // small beside the others is therefore measured against them.
    const largest = Math.max(...expected.flatMap(({ values }) => [...values].map(Math.abs)));
    for (const { name, indices, values } of expected) {
      const actual = indices.map((index) => gradients[name]![index]!);
      expectClose(actual, values, 3e-4, name, 0.1 * largest);
    }
    pass.dispose();
  });
});

/** The bytes of all that a pass results in. */
function everything(options: { threads: number }, example: LstmCase): Buffer[] {
  const pass = kernelWith(options).lstm(example.shape);
  const forward = pass.forward(example.weights, example.input, example.options);
  const gradients = pass.backward(example.gradHidden);
  const arrays = [forward.hidden, forward.lastCell, ...Object.values(forward.statistics ?? {}), ...Object.values(gradients)];
  const copies = arrays.map((array: Float32Array) => Buffer.from(array.slice().buffer));
  pass.dispose();
  return copies;
}

describe("LSTM", () => {
  // Dense input of up to 8 values has products of its own.
  const inputsOfKinds = [["symbols", 20], ["dense", 20], ["dense", 5]] as const;
  const threadCases = inputsOfKinds.flatMap(([kind, inputs]) => [
    ["batch", inputs, kind, []] as const,
    ["layer", inputs, kind, []] as const,
    ["layer", inputs, kind, everyOption] as const,
    ["rms", inputs, kind, []] as const,
  ]);
  it.each(threadCases)("has the same bits for every number of threads: %s, %i %s %o", (form, inputs, kind, options) => {
    const size = { timesteps: 3, batch: 30, inputs, units: 150 };
    const example = randomCase(size, { normalisation: form, cellNormalisation: form, kind, options });
    const single = everything({ threads: 1 }, example);
    for (const threads of [1, 2, 3]) {
      const differing = everything({ threads }, example).findIndex((bytes, index) => !bytes.equals(single[index]!));
      expect(differing, `the array that differs with ${threads} threads`).toBe(-1);
    }
  });

  it("has no backward pass with affine constants", () => {
    const size = { timesteps: 2, batch: 3, inputs: 4, units: 5 };
    const { shape, weights, input, gradHidden } = randomCase(size, { ...plain, cellNormalisation: "affine" });
    const pass = kernelWith().lstm(shape);
    pass.forward(weights, input);
    expect(() => pass.backward(gradHidden)).toThrow('without normalisation "affine"');
    pass.dispose();
  });

  it.each([1, 4])("carries a stream of %i on: pieces equal the whole", (batch) => {
    const units = 40;
    const { shape, weights, input } = randomCase({ timesteps: 30, batch, inputs: 7, units }, plain);
    if (input.kind !== "symbols") {
      throw new Error("symbols were asked for");
    }
    const kernel = kernelWith();
    const wholePass = kernel.lstm(shape);
    const whole = wholePass.forward(weights, input);
    const pass = kernel.lstm({ ...shape, timesteps: 10 });
    let carried: { carriedHidden: Float32Array; carriedCell: Float32Array } | undefined;
    for (let start = 0; start < 30; start += 10) {
      const symbols = input.symbols.slice(start * batch, (start + 10) * batch);
      const { hidden, lastCell } = pass.forward(weights, { kind: "symbols", symbols }, carried);
      expect(hidden).toEqual(whole.hidden.subarray(start * batch * units, (start + 10) * batch * units));
      carried = { carriedHidden: hidden.slice(-batch * units), carriedCell: lastCell.slice() };
    }
    expect(carried?.carriedCell).toEqual(whole.lastCell);
    wholePass.dispose();
    pass.dispose();
  });

  it("shows NaN in the weights, in states and gradients", () => {
    const { shape, weights, input, gradHidden } = randomCase({ timesteps: 3, batch: 4, inputs: 5, units: 8 }, batchNormalised);
    const broken: LstmWeights = { ...weights, betaRecurrent: weights.betaRecurrent.map(() => Number.NaN) };
    const pass = kernelWith().lstm(shape);
    expect(pass.forward(broken, input).hidden.every(Number.isNaN)).toBe(true);
    expect(pass.backward(gradHidden).recurrentWeights.every(Number.isNaN)).toBe(true);
    pass.dispose();
  });

  it("gives its memory back", () => {
    const example = randomCase({ timesteps: 30, batch: 16, inputs: 10, units: 96 }, batchNormalised);
    const kernel = kernelWith();
    const round = () => {
      const pass = kernel.lstm(example.shape);
      pass.forward(example.weights, example.input);
      pass.backward(example.gradHidden);
      pass.dispose();
    };
    // One pass holds 4.5 MB in C++: 200 that stayed would be 900 MB.
    expect(residentGrowth(200, round)).toBeLessThan(150e6);
  });
});
