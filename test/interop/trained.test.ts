import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import * as tl from "../../src/api/index.js";
import { displaySymbol, setCellHost } from "../../src/display/host.js";
import type { Run } from "../../src/api/run.js";
import { kernelFor } from "../../src/rnn/kernels/choose.js";
import { type DeployedModel, shippedValues } from "../../src/rnn/shipping/deployedModel.js";
import { DeployedNetwork } from "../../src/rnn/inference/deployedNetwork.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { largestDifference } from "./streamCases.js";
import { testimonies } from "./witness.js";

/** The road of a cell: trained, exported, and run by ONNX Runtime and qonnx as the deployable evaluation reads it. */

const folder = temporaryFolder();
const text = tl.data.fromString("fox", "the quick brown fox jumps over the lazy dog; ".repeat(60));

beforeAll(async () => {
  await buildNative("dist/native");
  setCellHost({ display: () => ({ update: () => {} }), report: () => {}, interrupt: new AbortController().signal });
});

function train(layers: Parameters<typeof tl.experiment>[0]["layers"]): Promise<Run> {
  const task = tl.characterModel(text, { sequenceLength: 8, batchSize: 4 });
  return tl.experiment({ task, layers, steps: 6, validateEvery: 6, seed: 3 }).train({ runs: folder.path });
}

/** Logits [T, V] of what ships, by the engine. */
async function engineLogits(model: DeployedModel, symbols: Int32Array): Promise<number[]> {
  const { kernel } = kernelFor(model.layers.map(({ spec }) => spec), (await tl.environment()).kernel);
  const network = new DeployedNetwork(model, kernel, 1);
  const hidden = network.read({ kind: "symbols", symbols });
  const { rows, columns } = model.outputWeights;
  const logits = kernel.multiply({ rows: symbols.length, columns: rows, values: hidden }, { rows, columns, values: shippedValues(model.outputWeights) });
  const sums = Array.from(logits, (value, index) => value + model.outputBias[index % columns]!);
  network.dispose();
  return sums;
}

describe("a trained run", () => {
  it.each([
    ["the paper's ternary LSTM", [tl.lstm({ units: 12, quantiser: tl.ternary(), normaliser: tl.batchNorm() })]],
    ["GRU on LSTM", [tl.lstm({ units: 10, quantiser: tl.alternating({ bits: 2 }) }), tl.gru({ units: 9, quantiser: tl.binary(), normaliser: tl.weightNorm() })]],
    [
      "scales of gates, and a magnitude of its own for a matrix",
      [
        tl.lstm({ units: 10, quantiser: { input: tl.ternary({ magnitude: 0.3, threshold: 0.5, clip: true }), recurrent: tl.lab() } }),
        tl.gru({ units: 9, quantiser: tl.laq(), normaliser: tl.weightNorm() }),
      ],
    ],
    [
      "activations in 8 bits, and in 4",
      [
        tl.lstm({ units: 12, quantiser: tl.absmean({ activations: 8 }) }),
        tl.gru({ units: 10, quantiser: { input: tl.absmean({ activations: 4 }), recurrent: tl.absmean({ activations: 8 }) }, reset: "before" }),
      ],
    ],
    ["RMS normalisation of products and cell", [tl.lstm({ units: 11, normaliser: tl.rmsNorm(), cellNormaliser: tl.rmsNorm({ epsilon: 1e-5 }) })]],
    ["layer normalisation and zoneout", [tl.lstm({ units: 11, quantiser: tl.twn(), normaliser: tl.layerNorm(), zoneout: { hidden: 0.1, cell: 0.3 } })]],
  ])("gives a file of each dialect with the engine's logits: %s", async (_, layers) => {
    const run = await train(layers);
    const onnx = await run.exportOnnx(path.join(folder.path, "model.onnx"));
    const qonnx = await run.exportOnnx(path.join(folder.path, "model.qonnx.onnx"), { dialect: "qonnx" });
    const model = await run.deployed();
    const symbols = Int32Array.from({ length: 20 }, (_, t) => (7 * t) % model.outputs.length);
    const expected = await engineLogits(model, symbols);
    const tensor = (values: readonly number[], ...shape: number[]) => ({ symbols: { type: "int64", shape, values } }) as const;
    const [whole, steps] = await testimonies([
      { file: onnx.file, program: "onnxruntime", runs: [tensor([...symbols], symbols.length, 1)] },
      { file: qonnx.file, program: "qonnx", runs: [...symbols.subarray(0, 5)].map((symbol) => tensor([symbol], 1)) },
    ]);
    expect(largestDifference(whole!.runs[0]!.logits!.values, expected)).toBeLessThan(1e-4);
    const first = expected.slice(0, 5 * model.outputs.length);
    expect(largestDifference(steps!.runs.flatMap(({ logits }) => logits!.values), first)).toBeLessThan(1e-4);
  });

  it("is not overwritten unasked, and wrong words are told", async () => {
    const run = await train([tl.lstm({ units: 8 })]);
    const file = path.join(folder.path, "model.onnx");
    const written = await run.exportOnnx(file);
    expect(written[displaySymbol]()["text/plain"]).toContain(file);
    await expect(run.exportOnnx(file)).rejects.toThrow(/it is there already/);
    await expect(run.exportOnnx(file, { overwrite: true })).resolves.toBeDefined();
    const wrong = (value: unknown): never => value as never;
    await expect(run.exportOnnx(file, wrong({ dialect: "onxx" }))).rejects.toThrow(/run\.exportOnnx\(\) takes "onnx" or "qonnx", not 'onxx'/);
    await expect(run.exportOnnx(file, wrong({ quantised: true }))).rejects.toThrow(/run\.exportOnnx\(\) has no option "quantised"; its options are dialect, overwrite/);
    await expect(run.exportOnnx(wrong(undefined))).rejects.toThrow(/takes the name of a file to write/);
  });
});
