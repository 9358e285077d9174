import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onnxModel } from "../../src/interop/exportOnnx.js";
import { encodeOnnx } from "../../src/interop/onnxFile.js";
import type { DeployedMinGru, DeployedModel, ShippedMatrix } from "../../src/rnn/shipping/deployedModel.js";
import { randomArray } from "../rnn/lstmProblem.js";
import { ReferenceStream, shippedProduct } from "../rnn/referenceDeployed.js";
import { smallMinGru } from "../rnn/trainingProblem.js";
import { largestDifference } from "./streamCases.js";
import { testimonies } from "./witness.js";

/** Exported minGRUs, run by ONNX Runtime and qonnx, against the equations in double precision. */

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tritloom-onnx-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const [timesteps, width, classes] = [5, 3, 4];

function matrix(rows: number, columns: number, seed: number): ShippedMatrix {
  const codes = Int8Array.from(randomArray(rows * columns, seed), (value) => Math.round(Math.max(-1, Math.min(1, value))));
  return { kind: "planes", rows, columns, planes: [{ levels: "ternary", codes, scales: Float32Array.of(0.5) }] };
}

function layer(inputs: number, units: number, seed: number, changes: Partial<DeployedMinGru> = {}, zoneout = 0): DeployedMinGru {
  return {
    spec: smallMinGru({ units, zoneout: { hidden: zoneout } }),
    inputs,
    units,
    inputWeights: matrix(inputs, 2 * units, seed),
    normalisation: "affine",
    epsilon: 1e-5,
    gainInput: randomArray(2 * units, seed + 1),
    shift: randomArray(2 * units, seed + 2),
    initialHidden: randomArray(units, seed + 3),
    ...changes,
  };
}

const stacks: readonly (readonly [string, readonly DeployedMinGru[]])[] = [
  ["a stack", [layer(width, 6, 1), layer(6, 5, 11)]],
  ["zoneout", [layer(width, 6, 21, {}, 0.3)]],
  ["layer normalisation", [layer(width, 6, 31, { normalisation: "layer" })]],
  ["constants of each timestep", [layer(width, 6, 41, { gainInput: randomArray(timesteps * 12, 42), shift: randomArray(timesteps * 12, 43) })]],
];

function modelOf(layers: readonly DeployedMinGru[]): DeployedModel {
  return {
    version: 1,
    input: { kind: "dense", width },
    layers,
    readout: "every-timestep",
    outputs: ["a", "b", "c", "d"],
    outputWeights: matrix(layers.at(-1)!.units, classes, 99),
    outputBias: randomArray(classes, 98),
    choice: "deterministic",
  };
}

const values = [...randomArray(timesteps * width, 7)];

/** [T, V] */
function expectedLogits(model: DeployedModel): number[] {
  const stream = new ReferenceStream(model.layers);
  return Array.from({ length: timesteps }, (_, t) => stream.read(values.slice(t * width, (t + 1) * width))).flatMap((hidden) =>
    shippedProduct([...hidden], model.outputWeights).map((value, at) => value + model.outputBias[at]!),
  );
}

describe("a minGRU", () => {
  it.each(stacks)("as a Scan in ONNX Runtime, in two pieces: %s", async (name, layers) => {
    const model = modelOf(layers);
    const file = path.join(folder, `${name}.onnx`);
    await writeFile(file, encodeOnnx(onnxModel(model, "onnx", name)));
    const piece = (from: number, to: number) =>
      ({ input: { type: "float32", shape: [to - from, 1, width], values: values.slice(from * width, to * width) } }) as const;
    const [testimony] = await testimonies([{ file, program: "onnxruntime", runs: [piece(0, 2), piece(2, timesteps)] }]);
    expect(testimony!.operators).toContain("Scan");
    expect(JSON.parse(testimony!.metadata["tritloom.layers"]!)).toMatchObject([{ cell: "min-gru", units: 6, input: "ternary" }, ...(layers[1] ? [{}] : [])]);
    expect(largestDifference(testimony!.runs.flatMap(({ logits }) => [...logits!.values]), expectedLogits(model))).toBeLessThan(1e-4);
  });

  it("as one timestep in qonnx, which knows its trits", async () => {
    const model = modelOf(stacks[0]![1]);
    const file = path.join(folder, "step.onnx");
    await writeFile(file, encodeOnnx(onnxModel(model, "qonnx", "step")));
    const state = (index: number) => ({ type: "float32", shape: [1, model.layers[index]!.units], values: [...model.layers[index]!.initialHidden] }) as const;
    const input = { type: "float32", shape: [1, width], values: values.slice(0, width) } as const;
    const run = { input, initial_hidden_0: state(0), initial_hidden_1: state(1) };
    const [testimony] = await testimonies([{ file, program: "qonnx", runs: [run] }]);
    expect(Object.entries(testimony!.datatypes).filter(([name]) => /inputWeights/.test(name)).map(([, type]) => type)).toEqual(["TERNARY", "TERNARY"]);
    expect(largestDifference(testimony!.runs[0]!["logits"]!.values, expectedLogits(model).slice(0, classes))).toBeLessThan(1e-4);
  });
});
