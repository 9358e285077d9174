import { beforeAll, describe, expect, it } from "vitest";
import { gruWeightNames, lstmWeightNames } from "../../src/rnn/kernels/contract.js";
import { lstmStatisticNames } from "../../src/rnn/kernels/nativeLstm.js";
import { doubledGru, type GruCase, randomGru } from "./gruCases.js";
import { doubled, expectClose, type LstmCase, randomCase, uniformNumbers } from "./lstmCases.js";
import { movedStates } from "../rnn/movedStates.js";
import { referenceGru, type ReferenceOptions as GruOptions } from "./referenceGru.js";
import { referenceForward, type ReferenceOptions as LstmOptions } from "./referenceLstm.js";
import { buildWasm, threadsToJoin, wasmWith } from "./wasmKernel.js";

beforeAll(buildWasm, 600_000);

const sizes = [
  { timesteps: 4, batch: 3, inputs: 4, units: 5 },
  { timesteps: 3, batch: 1, inputs: 1, units: 1 },
  { timesteps: 1, batch: 7, inputs: 3, units: 33 },
  { timesteps: 3, batch: 13, inputs: 70, units: 37 },
];
const forms = ["none", "batch", "layer", "affine"] as const;
const kinds = ["symbols", "dense"] as const;
const everyOption = ["carried", "recurrentMask", "zoneoutHidden", "zoneoutCell"] as const;

const lstmCases = sizes.flatMap((size) =>
  forms.flatMap((form) =>
    kinds.map((kind) => {
      const other = forms[(forms.indexOf(form) + sizes.indexOf(size)) % forms.length]!;
      const options = kind === "dense" ? everyOption : [];
      const example = randomCase(size, { normalisation: form, cellNormalisation: other, kind, options });
      return [`${Object.values(size).join("x")}, ${form} and ${other}, ${kind}`, example] as const;
    }),
  ),
);
const gruCases = sizes.flatMap((size) =>
  (["before", "after"] as const).flatMap((reset) =>
    forms.map((normalisation) => {
      const kind = kinds[(sizes.indexOf(size) + forms.indexOf(normalisation)) % 2]!;
      const example = randomGru({ sizes: size, reset, normalisation, kind, everyOption: kind === "dense" });
      return [`${Object.values(size).join("x")}, ${reset}, ${normalisation}, ${kind}`, example] as const;
    }),
  ),
);

/** Sampled central differences of `loss`, the double-precision reference's, at entries of `values`. */
function differences(values: Float64Array, loss: () => number): Map<number, number> {
  const random = uniformNumbers(values.length);
  const found = new Map<number, number>();
  for (let count = 0; count < 4; count++) {
    const index = Math.floor(((random() + 1) / 2) * values.length);
    const kept = values[index]!;
    const at = (step: number) => {
      values[index] = kept + step;
      return loss();
    };
    found.set(index, (at(1e-5) - at(-1e-5)) / 2e-5);
    values[index] = kept;
  }
  return found;
}

function expectGradients(
  names: readonly string[],
  gradients: Readonly<Record<string, Float32Array>>,
  reference: Readonly<Record<string, Float64Array>>,
  loss: () => number,
): void {
  const expected = names.map((name) => [name, differences(reference[name]!, loss)] as const);
  // What statistics take away but for rounding is measured against the rest.
  const largest = Math.max(...expected.flatMap(([, found]) => [...found.values()].map(Math.abs)));
  for (const [name, found] of expected) {
    const actual = [...found.keys()].map((index) => gradients[name]![index]!);
    expectClose(actual, Float64Array.from(found.values()), 3e-4, name, 0.1 * largest);
  }
}

function weightedSum(hidden: ArrayLike<number>, weights: Float32Array): number {
  return weights.reduce((sum, weight, index) => sum + weight * hidden[index]!, 0);
}

describe("LSTM in WebAssembly", () => {
  it.each(lstmCases)("forward %s equals double precision", (_, { shape, weights, input, options }) => {
    const pass = wasmWith().lstm(shape);
    const actual = pass.forward(weights, input, options);
    const expected = referenceForward(shape, doubled(weights), input, options);
    expectClose(actual.hidden, expected.hidden, 2e-5, "hidden");
    expectClose(actual.lastCell, expected.lastCell, 2e-5, "lastCell");
    for (const name of actual.statistics === undefined ? [] : lstmStatisticNames) {
      expectClose(actual.statistics![name], expected.statistics[name], 2e-5, name);
    }
    pass.dispose();
  });

  const trainable = lstmCases.filter(
    ([, { shape }]) => shape.normalisation !== "affine" && shape.cellNormalisation !== "affine",
  );
  it.each(trainable)("backward %s equals finite differences", (_, { shape, weights, input, options, gradHidden }) => {
    const pass = wasmWith().lstm(shape);
    pass.forward(weights, input, options);
    const gradients = pass.backward(gradHidden);
    const reference = doubled(weights);
    const dense = input.kind === "dense" ? { input: Float64Array.from(input.values) } : undefined;
    const changed = dense === undefined ? input : { kind: "dense" as const, values: dense.input };
    const moved = () => movedStates<LstmOptions>(options, weights, reference);
    const loss = () => weightedSum(referenceForward(shape, reference, changed, moved()).hidden, gradHidden);
    const names = dense === undefined ? lstmWeightNames : [...lstmWeightNames, "input"];
    expect(gradients.input !== undefined).toBe(dense !== undefined);
    expectGradients(names, gradients, { ...reference, ...dense }, loss);
    pass.dispose();
  });
});

describe("GRU in WebAssembly", () => {
  it.each(gruCases)("forward %s equals double precision", (_, { shape, weights, input, options }) => {
    const pass = wasmWith().gru(shape);
    const actual = pass.forward(weights, input, options);
    const expected = referenceGru(shape, doubledGru(weights), input, options);
    expectClose(actual.hidden, expected.hidden, 2e-5, "hidden");
    for (const [name, values] of Object.entries(actual.statistics ?? {})) {
      expectClose(values as Float32Array, expected.statistics[name as keyof typeof expected.statistics], 2e-5, name);
    }
    pass.dispose();
  });

  const trainable = gruCases.filter(([, { shape }]) => shape.normalisation !== "affine");
  it.each(trainable)("backward %s equals finite differences", (_, { shape, weights, input, options, gradHidden }) => {
    const pass = wasmWith().gru(shape);
    pass.forward(weights, input, options);
    const gradients = pass.backward(gradHidden);
    const reference = doubledGru(weights);
    const moved = () => movedStates<GruOptions>(options, weights, reference);
    const loss = () => weightedSum(referenceGru(shape, reference, input, moved()).hidden, gradHidden);
    expectGradients(gruWeightNames, gradients, reference, loss);
    pass.dispose();
  });
});

function everything(threads: number, lstm: LstmCase, gru: GruCase): Buffer[] {
  const kernel = wasmWith({ threads });
  const lstmPass = kernel.lstm(lstm.shape);
  const gruPass = kernel.gru(gru.shape);
  const arrays = [
    ...Object.values(lstmPass.forward(lstm.weights, lstm.input, lstm.options)),
    ...Object.values(lstmPass.backward(lstm.gradHidden)),
    ...Object.values(gruPass.forward(gru.weights, gru.input, gru.options)),
    ...Object.values(gruPass.backward(gru.gradHidden)),
  ];
  const flat = arrays.flatMap((array) => (array instanceof Float32Array ? [array] : Object.values<Float32Array>(array)));
  const bytes = flat.map((array) => Buffer.from(array.slice().buffer));
  lstmPass.dispose();
  gruPass.dispose();
  return bytes;
}

describe("threads in WebAssembly", () => {
  it.each(kinds)("change no bit: %s", async (kind) => {
    const size = { timesteps: 12, batch: 30, inputs: 20, units: 150 };
    const lstm = randomCase(size, { normalisation: "batch", cellNormalisation: "layer", kind });
    const gru = randomGru({ sizes: size, reset: "before", normalisation: "layer", kind, everyOption: false });
    const single = everything(1, lstm, gru);
    wasmWith({ threads: 4 });
    await threadsToJoin(4);
    for (const threads of [2, 3, 4, 1]) {
      const bytes = everything(threads, lstm, gru);
      expect(bytes.map((array, index) => array.equals(single[index]!))).toEqual(single.map(() => true));
    }
  });
});
