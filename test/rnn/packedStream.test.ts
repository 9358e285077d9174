import { afterEach, describe, expect, it, vi } from "vitest";
import type { DeployedModel } from "../../src/rnn/shipping/deployedModel.js";
import { packedInstructionSets } from "../../src/rnn/inference/packed/nativeEngine.js";
import { packModel } from "../../src/rnn/inference/packed/packedModel.js";
import { PackedStream } from "../../src/rnn/inference/packed/packedStream.js";
import { engineForms } from "../native/instructionSets.js";
import { type LayerForm, type MatrixForm, type ModelForm, randomInputs, randomModel } from "./packedModels.js";
import { followStream } from "./packedTrajectory.js";

afterEach(() => {
  vi.unstubAllEnvs();
});

const cells = ["lstm", "gru-before", "gru-after", "min-gru"] as const;

const oneHot = { kind: "one-hot", size: 9 } as const;
const matrices: readonly MatrixForm[] = [
  { levels: "ternary" },
  { levels: "binary" },
  { levels: "ternary", scales: "columns" },
  { levels: "ternary", scales: "gates" },
  { levels: "binary", planes: 3, scales: "columns" },
  { levels: "mixed", planes: 4 },
  { levels: "full-precision" },
];
const layers: readonly LayerForm[] = cells.flatMap((cell) => [
  ...matrices.map((matrix) => ({ cell, units: 37, matrix })),
  { cell, units: 1, matrix: { levels: "binary" } },
  { cell, units: 150, zoneout: true },
  { cell, units: 24, normalisation: "layer", matrix: { levels: "binary", planes: 2 } },
  { cell, units: 19, normalisation: "rms" },
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
      { cell: "min-gru", units: 27 },
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
  { input: { kind: "dense", size: 300 }, layers: [{ cell: "min-gru", units: 333 }], outputs: 50 },
  { input: { kind: "dense", size: 5001 }, layers: [{ cell: "lstm", units: 19, matrix: { levels: "mixed", planes: 2 } }], outputs: 5 },
];

function example(form: ModelForm, index: number, timesteps: number) {
  const batch = 1 + (index % 5);
  const model = randomModel(form, 100 + index);
  return { batch, timesteps, model, input: randomInputs(model, timesteps, batch, index) };
}

/** Made once for all engines. */
const examples = new Map([
  ...forms.map((form, index) => [describeForm(form), example(form, index, 7)] as const),
  ...largeForms.map((form, index) => [describeForm(form), example(form, 5 * index, 2)] as const),
]);

function describeForm({ input, layers }: ModelForm): string {
  return `${input.kind}: ${layers.map((layer) => JSON.stringify(layer)).join(" + ")}`;
}

describe.each(engineForms)("packed inference, $name", ({ name, options }) => {
  it("names itself", () => {
    expect(new PackedStream(packModel(randomModel(forms[0]!, 1)), options).engine).toBe(name);
  });

  it.each([...examples])("%s is double precision to within the derived bound", (_, { batch, timesteps, model, input }) => {
    const stream = new PackedStream(packModel(model), { ...options, batch });
    model.layers.forEach(({ initialHidden, units }, layer) => {
      expect(stream.state.layers[layer]!.hidden.slice(-units)).toEqual(initialHidden);
    });
    const { worst, logits } = followStream(model, stream, input, timesteps, batch);
    expect(worst).toBeLessThan(1);
    stream.reset();
    expect([...stream.read(input)]).toEqual(logits);
    stream.dispose();
  });

  it.each(["ternary", "binary"] as const)("%s: sums are exact where every row adds as much as it can", (levels) => {
    const rows = 2100;
    const units = 20;
    const model = randomModel({ input: { kind: "dense", size: rows }, layers: [{ cell: "lstm", units, matrix: { levels } }], outputs: 6 }, 3);
    const columns = 4 * units;
    const codes = Int8Array.from({ length: rows * columns }, (_, index) => ((index % columns) % 3 === 0 ? 1 : -1));
    const planes = [{ levels, codes, scales: Float32Array.of(1 / rows) }];
    const extreme: DeployedModel = { ...model, layers: [{ ...model.layers[0]!, inputWeights: { kind: "planes", rows, columns, planes } }] };
    const input = Float32Array.from({ length: 3 * rows }, (_, index) => (index < rows ? 1 : index < 2 * rows ? -1 : (-1) ** index));
    const stream = new PackedStream(packModel(extreme), options);
    expect(followStream(extreme, stream, input, 3, 1).worst).toBeLessThan(1);
    stream.dispose();
  });

  it.each(cells)("%s: pieces, single steps and a state put back equal the whole, bit for bit", (cell) => {
    const batch = 3;
    const model = packModel(randomModel({ input: oneHot, layers: [{ cell, units: 29 }, { cell, units: 17 }], outputs: 8 }, 5));
    const input = randomInputs(randomModel({ input: oneHot, layers: [], outputs: 1 }, 5), 12, batch, 6) as Int32Array;
    const stream = new PackedStream(model, { ...options, batch });
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
    const model = randomModel({ input: { kind: "dense", size: 2 }, layers: [{ cell: "lstm", units: 10 }], outputs: 4, readout: "last-timestep" }, 8);
    const input = randomInputs(model, 6, 2, 9);
    const stream = new PackedStream(packModel(model), { ...options, batch: 2 });
    const { worst, logits } = followStream(model, stream, input, 6, 2);
    expect(worst).toBeLessThan(1);
    stream.reset();
    expect([...stream.read(input)]).toEqual(logits.slice(-8));
  });

  it.each([0, 1e-38, 1e-31, 3e-31, 1e-20, 1e30])("reads values of magnitude %s to within the bound", (magnitude) => {
    const matrix = { levels: "mixed", planes: 2 } as const;
    const model = randomModel({ input: { kind: "dense", size: 21 }, layers: [{ cell: "lstm", units: 10, matrix }], outputs: 4 }, 8);
    const input = (randomInputs(model, 3, 1, 9) as Float32Array).map((value) => value * magnitude);
    const stream = new PackedStream(packModel(model), options);
    expect(followStream(model, stream, input, 3, 1).worst).toBeLessThan(1);
    stream.dispose();
  });

  it("shows NaN of the weights in the logits", () => {
    const model = randomModel({ input: oneHot, layers: [{ cell: "lstm", units: 20 }], outputs: 4 }, 8);
    model.layers[0]!.shift[3] = Number.NaN;
    const stream = new PackedStream(packModel(model), options);
    expect([...stream.read(Int32Array.of(1, 2))].every(Number.isNaN)).toBe(true);
  });
});

describe("a packed stream", () => {
  const form = { input: oneHot, layers: [{ cell: "lstm", units: 10 }], outputs: 4 } as const;
  const model = packModel(randomModel(form, 1));

  it("runs natively by itself, else in WebAssembly, else in TypeScript, and says which", () => {
    expect(new PackedStream(model).engine).toBe(`native ${packedInstructionSets()[0]}`);
    vi.stubEnv("TRITLOOM_NATIVE", "off");
    expect(new PackedStream(model).engine).toBe("wasm simd128");
    expect(() => new PackedStream(model, { engine: "native" })).toThrow("TRITLOOM_NATIVE");
    vi.stubEnv("TRITLOOM_WASM", "off");
    expect(new PackedStream(model).engine).toBe("typescript");
    expect(() => new PackedStream(model, { engine: "wasm" })).toThrow("TRITLOOM_WASM");
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
