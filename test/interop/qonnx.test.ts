import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onnxModel } from "../../src/interop/exportOnnx.js";
import { encodeOnnx } from "../../src/interop/onnxFile.js";
import type { DeployedModel, ShippedMatrix } from "../../src/rnn/shipping/deployedModel.js";
import { modelForms } from "./modelForms.js";
import { largestDifference, streamCase } from "./streamCases.js";
import { type Tensor, testimonies, type Testimony } from "./witness.js";

/** Exported files, whose datatypes the qonnx package infers, run by its executor against the equations in double precision. */

/** qonnx makes a session of ONNX Runtime for each node at each of them. */
const timesteps = 3;

let folder: string;
const found = new Map<string, Testimony>();
const models = [...modelForms];
const streamOf = (model: DeployedModel, index: number) => streamCase(model, 1, index);

/** [1] or [1, I] of the one stream at timestep t. */
function inputAt({ piece }: ReturnType<typeof streamOf>, t: number): Record<string, Tensor> {
  const inputs = Object.entries(piece(t, t + 1));
  return Object.fromEntries(inputs.map(([name, tensor]) => [name, { ...tensor, shape: tensor.shape.slice(1) }]));
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tritloom-qonnx-"));
  const cases = models.map(async ([, model], index) => {
    const file = path.join(folder, `${index}.onnx`);
    await writeFile(file, encodeOnnx(onnxModel(model, "qonnx", "qonnx")));
    const runs = Array.from({ length: timesteps }, (_, t) => inputAt(streamOf(model, index), t));
    return { file, program: "qonnx", runs } as const;
  });
  const results = await testimonies(await Promise.all(cases));
  results.forEach((testimony, index) => found.set(models[index]![0], testimony));
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const names = models.map(([name], index) => [name, index] as const);

describe("qonnx", () => {
  it.each(names)("runs %s", (name, index) => {
    const { runs } = found.get(name)!;
    const logits = runs.flatMap((run) => run.logits!.values);
    const model = modelForms.get(name)!;
    const expected = streamOf(model, index).expected.subarray(0, timesteps * model.outputs.length);
    expect(largestDifference(logits, expected)).toBeLessThan(1e-4);
  });

  it.each(names)("knows the datatypes of the weights of %s", (name) => {
    const { datatypes } = found.get(name)!;
    const model = modelForms.get(name)!;
    const inferred = (tensor: RegExp): string[] => Object.keys(datatypes).filter((key) => tensor.test(key)).map((key) => datatypes[key]!);
    const wanted = (matrix: ShippedMatrix): string[] =>
      matrix.kind === "full-precision" ? ["FLOAT32"] : matrix.planes.map(({ levels }) => (levels === "binary" ? "BIPOLAR" : "TERNARY"));
    model.layers.forEach(({ inputWeights, spec, ...own }, layer) => {
      if (!("recurrentWeights" in own)) {
        return;
      }
      const { recurrentWeights } = own;
      expect(inferred(new RegExp(`^layer${layer}/inputWeights(_\\d+)?$`))).toEqual(wanted(inputWeights));
      const parts = spec.cell === "gru" && spec.reset === "before" ? ["Gates", "Candidate"] : [""];
      for (const part of parts) {
        expect(inferred(new RegExp(`^layer${layer}/recurrentWeights${part}(_\\d+)?$`))).toEqual(wanted(recurrentWeights));
      }
    });
    expect(inferred(/^outputWeights(_\d+)?$/)).toEqual(wanted(model.outputWeights));
  });

  it.each([
    ["in the gains for a matrix of one plane", /^one-hot: {"cell":"lstm","units":21,"matrix":{"levels":"ternary","scales":"columns"/, 0],
    ["of gates in the gains too", /^one-hot: {"cell":"gru-before","units":21,"matrix":{"levels":"ternary","scales":"gates"/, 0],
    ["by themselves for several planes", /^one-hot: {"cell":"lstm","units":21,"matrix":{"levels":"mixed","planes":4/, 4],
    ["by themselves under layer normalisation", /^one-hot: {"cell":"lstm","units":13,"normalisation":"layer"/, 1],
  ])("finds scales %s", (_, kind, count) => {
    const [name] = names.find(([candidate]) => kind.test(candidate))!;
    const scales = Object.keys(found.get(name)!.datatypes).filter((tensor) => /recurrentWeightsScales/.test(tensor));
    expect(scales.length).toBe(count);
  });
});
