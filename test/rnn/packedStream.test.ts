import { beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import type { DeployedModel } from "../../src/rnn/deployedModel.js";
import { packedInstructionSets } from "../../src/rnn/packed/nativeEngine.js";
import { packModel } from "../../src/rnn/packed/packedModel.js";
import { PackedStream, type PackedStreamOptions } from "../../src/rnn/packed/packedStream.js";
import { type LayerForm, type MatrixForm, type ModelForm, randomInputs, randomModel } from "./packedModels.js";
import { referenceLogits } from "./packedReference.js";

beforeAll(async () => {
  expect(await buildNative("dist/native"), "a C++ compiler is needed to test the native engine").toBeDefined();
}, 240_000);

const cells = ["lstm", "gru-before", "gru-after"] as const;
const engines = ["typescript", "avx512vbmi", "avx512", "avx2", "scalar"] as const;

function optionsOf(engine: (typeof engines)[number], batch: number): PackedStreamOptions {
  return engine === "typescript" ? { batch, engine } : { batch, engine: "native", instructionSet: engine };
}

/** An instruction set of another processor is refused, and that is tested; all others run. */
function runs(engine: (typeof engines)[number]): boolean {
  return engine === "typescript" || packedInstructionSets().includes(engine);
}

const oneHot = { kind: "one-hot", size: 9 } as const;
const matrices: readonly MatrixForm[] = [
  { levels: "ternary" },
  { levels: "binary" },
  { levels: "ternary", scales: "columns" },
  { levels: "binary", planes: 3, scales: "columns" },
  { levels: "mixed", planes: 4 },
  { levels: "full-precision" },
];
const layers: readonly LayerForm[] = cells.flatMap((cell) => [
  ...matrices.map((matrix) => ({ cell, units: 37, matrix })),
  { cell, units: 1, matrix: { levels: "binary" } },
  { cell, units: 150, zoneout: true },
  { cell, units: 24, normalisation: "layer", matrix: { levels: "binary", planes: 2 } },
  { cell, units: 16, rows: 7, zoneout: true },
] as const);
const forms: readonly ModelForm[] = [
  ...layers.map((layer) => ({ input: oneHot, layers: [layer], outputs: 13 })),
  ...cells.map((cell) => ({ input: { kind: "embedding", size: 6 } as const, layers: [{ cell, units: 40 }], outputs: 70 })),
  ...cells.map((cell) => ({ input: { kind: "dense", size: 5 } as const, layers: [{ cell, units: 20 }], outputs: 3 })),
  {
    input: oneHot,
    layers: [
      { cell: "lstm", units: 45, matrix: { levels: "binary" } },
      { cell: "gru-before", units: 70 },
      { cell: "gru-after", units: 33, matrix: { levels: "full-precision" } },
    ],
    outputs: 40,
    output: { levels: "ternary", scales: "columns" },
  },
];

/** Sizes of the benches, and more rows than 16-bit sums hold at once. */
const largeForms: readonly ModelForm[] = [
  { input: oneHot, layers: [{ cell: "lstm", units: 512 }], outputs: 83 },
  { input: oneHot, layers: [{ cell: "lstm", units: 1000, matrix: { levels: "binary" } }], outputs: 50 },
  { input: oneHot, layers: [{ cell: "gru-before", units: 333 }], outputs: 50 },
  { input: { kind: "dense", size: 5001 }, layers: [{ cell: "lstm", units: 19, matrix: { levels: "mixed", planes: 2 } }], outputs: 5 },
];

function example(form: ModelForm, index: number, timesteps: number) {
  const batch = 1 + (index % 5);
  const model = randomModel(form, 100 + index);
  const input = randomInputs(model, timesteps, batch, index);
  return { batch, model: packModel(model), input, expected: referenceLogits(model, input, timesteps, batch) };
}

/** Made once for all engines. */
const examples = new Map([
  ...forms.map((form, index) => [describeForm(form), example(form, index, 7)] as const),
  ...largeForms.map((form, index) => [describeForm(form), example(form, 5 * index, 2)] as const),
]);

function describeForm({ input, layers }: ModelForm): string {
  return `${input.kind}: ${layers.map((layer) => JSON.stringify(layer)).join(" + ")}`;
}

function largestDifference(actual: Float32Array, expected: Float64Array): number {
  expect(actual.length).toBe(expected.length);
  return actual.reduce((largest, value, index) => Math.max(largest, Math.abs(value - expected[index]!)), 0);
}

describe.each(engines)("packed inference, %s", (engine) => {
  it("runs where the processor can, and names itself", () => {
    const model = packModel(randomModel(forms[0]!, 1));
    if (runs(engine)) {
      const stream = new PackedStream(model, optionsOf(engine, 1));
      expect(stream.engine).toBe(engine === "typescript" ? engine : `native ${engine}`);
    } else {
      expect(() => new PackedStream(model, optionsOf(engine, 1))).toThrow(`The instruction set "${engine}" is not one of`);
    }
  });

  it.each([...examples])("%s equals double precision", (_, { batch, model, input, expected }) => {
    if (!runs(engine)) {
      return;
    }
    const stream = new PackedStream(model, optionsOf(engine, batch));
    expect(largestDifference(stream.read(input), expected)).toBeLessThan(5e-5);
    stream.dispose();
  });

  it.each(["ternary", "binary"] as const)("%s: sums are exact where every row adds as much as it can", (levels) => {
    if (!runs(engine)) {
      return;
    }
    const rows = 2100;
    const units = 20;
    const model = randomModel({ input: { kind: "dense", size: rows }, layers: [{ cell: "lstm", units, matrix: { levels } }], outputs: 6 }, 3);
    const columns = 4 * units;
    const codes = Int8Array.from({ length: rows * columns }, (_, index) => ((index % columns) % 3 === 0 ? 1 : -1));
    const planes = [{ levels, codes, scales: Float32Array.of(1 / rows) }];
    const extreme: DeployedModel = {
      ...model,
      layers: [{ ...model.layers[0]!, inputWeights: { kind: "planes", rows, columns, planes } }],
    };
    const input = Float32Array.from({ length: 3 * rows }, (_, index) => (index < rows ? 1 : index < 2 * rows ? -1 : (-1) ** index));
    const stream = new PackedStream(packModel(extreme), optionsOf(engine, 1));
    expect(largestDifference(stream.read(input), referenceLogits(extreme, input, 3, 1))).toBeLessThan(5e-5);
    stream.dispose();
  });

  it.each(cells)("%s: pieces, single steps and a state put back equal the whole, bit for bit", (cell) => {
    if (!runs(engine)) {
      return;
    }
    const batch = 3;
    const model = packModel(randomModel({ input: oneHot, layers: [{ cell, units: 29 }, { cell, units: 17 }], outputs: 8 }, 5));
    const input = randomInputs(randomModel({ input: oneHot, layers: [], outputs: 1 }, 5), 12, batch, 6) as Int32Array;
    const stream = new PackedStream(model, optionsOf(engine, batch));
    const whole = stream.read(input);
    const end = stream.state;
    expect(end.timestep).toBe(12);
    stream.reset();
    const pieces = [input.subarray(0, 5 * batch), input.subarray(5 * batch, 6 * batch)].map((piece) => stream.read(piece));
    const between = stream.state;
    const rest = (): Float32Array[] =>
      [6, 7, 8, 9, 10, 11].map((t) => stream.step(input.subarray(t * batch, (t + 1) * batch)).slice());
    const joined = (parts: Float32Array[]): number[] => parts.flatMap((part) => [...part]);
    expect(joined([...pieces, ...rest()])).toEqual([...whole]);
    expect(stream.state).toEqual(end);
    stream.setState(between);
    expect(joined([...pieces, ...rest()])).toEqual([...whole]);
    stream.dispose();
  });

  it("is read out at the last timestep only, where the model is", () => {
    if (!runs(engine)) {
      return;
    }
    const model = randomModel({ input: { kind: "dense", size: 2 }, layers: [{ cell: "lstm", units: 10 }], outputs: 4, readout: "last-timestep" }, 8);
    const input = randomInputs(model, 6, 2, 9);
    const stream = new PackedStream(packModel(model), optionsOf(engine, 2));
    const logits = stream.read(input);
    expect(largestDifference(logits, referenceLogits(model, input, 6, 2).slice(-8))).toBeLessThan(5e-5);
  });

  it("shows NaN of the weights in the logits", () => {
    if (!runs(engine)) {
      return;
    }
    const model = randomModel({ input: oneHot, layers: [{ cell: "lstm", units: 20 }], outputs: 4 }, 8);
    model.layers[0]!.shift[3] = Number.NaN;
    const stream = new PackedStream(packModel(model), optionsOf(engine, 1));
    expect([...stream.read(Int32Array.of(1, 2))].every(Number.isNaN)).toBe(true);
  });
});

describe("a packed stream", () => {
  const form = { input: oneHot, layers: [{ cell: "lstm", units: 10 }], outputs: 4 } as const;
  const model = packModel(randomModel(form, 1));

  it("uses the best native engine by itself, and TypeScript where native code is switched off", () => {
    expect(new PackedStream(model).engine).toBe(`native ${packedInstructionSets()[0]}`);
    process.env.TRITLOOM_NATIVE = "off";
    expect(new PackedStream(model).engine).toBe("typescript");
    expect(() => new PackedStream(model, { engine: "native" })).toThrow("TRITLOOM_NATIVE");
    delete process.env.TRITLOOM_NATIVE;
  });

  it.each([0, 1.5, -1, Number.NaN])("refuses a batch of %s", (batch) => {
    expect(() => new PackedStream(model, { batch })).toThrow(`batch is ${batch}`);
  });

  it("refuses what the model cannot read", () => {
    const stream = new PackedStream(model, { batch: 2 });
    expect(() => stream.read(Int32Array.of(0, 1, 2, 9))).toThrow("Unknown symbol 9 in stream 1, timestep 1; this model's are 0 to 8");
    expect(() => stream.read(Int32Array.of(0, -1))).toThrow("Unknown symbol -1");
    expect(() => stream.read(Int32Array.of(0, 1, 2))).toThrow("Input of 3 numbers; a timestep takes 2 symbols");
    expect(() => stream.read(new Int32Array(0))).toThrow("Input of 0 numbers");
    expect(() => stream.step(Int32Array.of(0, 1, 2, 3))).toThrow("Input of 4 numbers");
    expect(() => stream.step(Float32Array.of(0, 1))).toThrow("reads symbols");
    expect(stream.state.timestep).toBe(0);
    stream.dispose();
    stream.dispose();
    expect(() => stream.step(Int32Array.of(0, 1))).toThrow("disposed of");
    const dense = new PackedStream(packModel(randomModel({ ...form, input: { kind: "dense", size: 3 } }, 1)));
    expect(() => dense.step(Int32Array.of(0, 1, 2))).toThrow("reads values");
    expect(() => dense.read(Float32Array.of(0, 1, 2, 3, Number.NaN, 5))).toThrow("NaN at place 1 of timestep 1");
  });

  it("refuses a state of another model", () => {
    const stream = new PackedStream(model);
    const { layers } = stream.state;
    expect(() => stream.setState({ timestep: 0, layers: [] })).toThrow("State of 0 layers; this model has 1");
    expect(() => stream.setState({ timestep: -1, layers })).toThrow("timestep is -1");
    expect(() => stream.setState({ timestep: 0, layers: [{ hidden: new Float32Array(10) }] })).toThrow("cell none");
    expect(() => stream.setState({ timestep: 0, layers: [{ ...layers[0]!, hidden: new Float32Array(9) }] })).toThrow("hidden has 9");
  });

  it("stops at the trained length of a model with constants for each timestep, and starts again after reset()", () => {
    const trained = randomModel({ input: oneHot, layers: [{ cell: "gru-after", units: 6, rows: 5 }], outputs: 3 }, 2);
    const stream = new PackedStream(packModel(trained));
    const whole = stream.read(Int32Array.of(0, 1, 2, 3, 4));
    const message = 'each of its 5 trained timesteps and was asked for timestep 6: reset() before it, or train with "shared" statistics';
    expect(() => stream.step(Int32Array.of(0))).toThrow(message);
    stream.reset();
    expect(() => stream.read(new Int32Array(6))).toThrow(message);
    expect(stream.read(Int32Array.of(0, 1, 2, 3, 4))).toEqual(whole);
  });
});
