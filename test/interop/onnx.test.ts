import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onnxModel } from "../../src/interop/exportOnnx.js";
import { encodeOnnx } from "../../src/interop/onnxFile.js";
import type { DeployedModel } from "../../src/rnn/shipping/deployedModel.js";
import { randomModel } from "../rnn/packedModels.js";
import { modelForms, withoutCellNormaliser } from "./modelForms.js";
import { largestDifference, streamCase, timesteps } from "./streamCases.js";
import { testimonies, type Testimony, witnesses } from "./witness.js";

/** Exported files, checked by ONNX's checker and run by ONNX Runtime, against the equations in double precision. */

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tritloom-onnx-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function written(model: DeployedModel, name: string): Promise<string> {
  const file = path.join(folder, `${name}.onnx`);
  await writeFile(file, encodeOnnx(onnxModel(model, "onnx", "Wal, groß & klein")));
  return file;
}

/** The operators that stand for recurrence. */
const recurrent = ({ operators }: Testimony): string[] => operators.filter((name) => ["LSTM", "GRU", "Scan"].includes(name));

const batchOf = (index: number): number => 1 + (index % 3);
const middle = 3;

describe("ONNX Runtime computes the logits of", () => {
  const found = new Map<string, Testimony>();
  beforeAll(async () => {
    const models = [...modelForms];
    const cases = models.map(async ([, model], index) => {
      const { piece } = streamCase(model, batchOf(index), index);
      const runs = [piece(0, middle), piece(middle, timesteps)];
      return { file: await written(model, String(index)), program: "onnxruntime", runs } as const;
    });
    const results = await testimonies(await Promise.all(cases));
    results.forEach((testimony, index) => found.set(models[index]![0], testimony));
  }, 600_000);

  it.each([
    ["ONNX's LSTM where the cell state is read as it is", /^no cell.*one-hot: {"cell":"lstm","units":21[^+]*$/, ["LSTM"]],
    ["ONNX's GRU, reset before and after", /^one-hot: {"cell":"gru-(before|after)","units":21/, ["GRU"]],
    ["a Scan for a cell normaliser", /^(only.*, )?[a-z-]+: {"cell":"lstm"(?!.*\+)/, ["Scan"]],
    ["a Scan for zoneout", /zoneout/, ["Scan"]],
    ["a Scan for layer normalisation", /"normalisation":"layer"|statistics of the cell/, ["Scan"]],
    ["a Scan for states in fixed point", /^(no cell.*|[a-z-]+): {[^}]*"fixedState":true/, ["Scan"]],
    ["a Scan for constants of each timestep", /"rows":7/, ["Scan"]],
    ["both in a stack", /^one-hot: .*lstm.*gru-before.*gru-after/, ["GRU", "Scan"]],
  ])("with %s", (_, kind, wanted) => {
    const kinds = [...found].filter(([name]) => kind.test(name));
    expect(kinds.length).toBeGreaterThan(0);
    kinds.forEach(([, testimony]) => expect(recurrent(testimony)).toEqual(wanted));
  });

  it.each([...modelForms.keys()].map((name, index) => [name, index] as const))("%s, in two pieces", (name, index) => {
    const model = modelForms.get(name)!;
    const { expected } = streamCase(model, batchOf(index), index);
    const { runs } = found.get(name)!;
    const classes = model.outputs.length;
    if (model.readout === "last-timestep") {
      const rows = batchOf(index) * classes;
      const ends = [middle, timesteps].map((end) => expected.subarray((end - 1) * rows, end * rows));
      expect(runs.map(({ logits }) => logits!.shape)).toEqual([[batchOf(index), classes], [batchOf(index), classes]]);
      runs.forEach(({ logits }, run) => expect(largestDifference(logits!.values, ends[run]!)).toBeLessThan(1e-4));
    } else {
      expect(runs[1]!.logits!.shape).toEqual([timesteps - middle, batchOf(index), classes]);
      expect(largestDifference(runs.flatMap(({ logits }) => logits!.values), expected)).toBeLessThan(1e-4);
    }
  });
});

describe("states", () => {
  const form = { input: { kind: "one-hot", size: 9 }, layers: [{ cell: "lstm", units: 8 }], outputs: 5 } as const;

  it.each([
    ["a Scan", randomModel(form, 1)],
    ["ONNX's LSTM", withoutCellNormaliser(randomModel(form, 1))],
  ])("of one row are those of all streams, for %s", async (name, model) => {
    const [layer] = model.layers;
    const [hidden, cell] = [0.3, -0.7].map((value) => new Float32Array(8).fill(value));
    const elsewhere = { ...model, layers: [{ ...layer!, initialHidden: hidden!, initialCell: cell! }] } as DeployedModel;
    const { piece, expected } = streamCase(elsewhere, 3, 1);
    const row = (values: Float32Array) => ({ type: "float32", shape: [1, 8], values: [...values] }) as const;
    const given = { ...piece(0, timesteps), initial_hidden_0: row(hidden!), initial_cell_0: row(cell!) };
    const file = await written(model, name);
    const [result] = await testimonies([{ file, program: "onnxruntime", runs: [given] }]);
    expect(largestDifference(result!.runs[0]!.logits!.values, expected)).toBeLessThan(1e-4);
    expect(largestDifference(result!.runs[0]!.logits!.values, streamCase(model, 3, 1).expected)).toBeGreaterThan(1e-2);
  });
});

describe("a model with constants of each timestep", () => {
  it.each(["lstm", "gru-before", "gru-after"] as const)("refuses to run past its trained length, %s", async (cell) => {
    const form = { input: { kind: "dense", size: 2 }, layers: [{ cell, units: 4, rows: timesteps }], outputs: 3 } as const;
    const model = randomModel(form, 4);
    const { piece } = streamCase(model, 2, 1);
    const file = await written(model, cell);
    const program = "onnxruntime";
    const [whole, past, tooLong] = await witnesses([
      { file, program, runs: [piece(0, timesteps)] },
      { file, program, runs: [piece(0, timesteps), piece(0, 1)] },
      { file, program, runs: [{ ...piece(0, timesteps), position: { type: "int64", shape: [1], values: [1] } }] },
    ]);
    expect(whole).toMatchObject({ runs: [{ final_position: { values: [timesteps] } }] });
    expect([past, tooLong]).toEqual([{ error: expect.stringMatching(/out of data bounds/) }, { error: expect.stringMatching(/out of data bounds/) }]);
  });
});

describe("a number that is no symbol", () => {
  it.each([
    ["of a Scan", { input: { kind: "one-hot", size: 9 }, layers: [{ cell: "lstm", units: 4 }], outputs: 3 }],
    ["of word vectors", { input: { kind: "embedding", size: 9 }, layers: [{ cell: "gru-after", units: 4 }], outputs: 3 }],
  ] as const)("is an error, %s", async (name, form) => {
    const file = await written(randomModel(form, 1), name);
    const runs = [{ symbols: { type: "int64", shape: [1, 1], values: [9] } }] as const;
    expect(await witnesses([{ file, program: "onnxruntime", runs }])).toEqual([{ error: expect.stringMatching(/out of data bounds/) }]);
  });
});

describe("the file", () => {
  it("names symbols, outputs, precision and choice", async () => {
    const matrix = { levels: "binary", planes: 2 } as const;
    const model = randomModel({ input: { kind: "embedding", size: 3 }, layers: [{ cell: "gru-after", units: 4, matrix }], outputs: 2 }, 1);
    const symbols = ["a", "ß", "\n"];
    const file = await written({ ...model, input: { ...model.input, symbols } as DeployedModel["input"] }, "named");
    const [{ metadata, opset, ...rest }] = (await testimonies([{ file, program: "onnxruntime", runs: [] }])) as [Testimony];
    expect(Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, JSON.parse(value)]))).toEqual({
      "tritloom.dialect": "onnx",
      "tritloom.symbols": symbols,
      "tritloom.outputs": ["s0", "s1"],
      "tritloom.layers": [{ cell: "gru", units: 4, input: "binary + binary", recurrent: "binary + binary" }],
      "tritloom.outputWeights": "full-precision",
      "tritloom.readout": "every-timestep",
      "tritloom.choice": "deterministic",
    });
    expect(opset).toBe(17);
    const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
    expect([rest.producer, rest.name]).toEqual([`tritloom ${version}`, "Wal, groß & klein"]);
  });
});
