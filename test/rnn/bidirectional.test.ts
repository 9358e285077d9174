import { beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import type { LabelledSequences, SequenceData } from "../../src/data/contract.js";
import { checkCombinations } from "../../src/experiment/combinations.js";
import { experimentSpecSchema } from "../../src/experiment/spec.js";
import type { ExperimentSpec, LayerSpec } from "../../src/experiment/spec.js";
import type { NamedTensors } from "../../src/files/namedTensors.js";
import { acceleratorModel, hasAccelerator } from "../../src/hardware/acceleratorModel.js";
import { bitsAt, randomStream } from "../../src/numbers/random.js";
import type { Architecture } from "../../src/rnn/architecture.js";
import { chooseBackend } from "../../src/rnn/backend.js";
import { reversedTimesteps } from "../../src/rnn/bidirectional.js";
import { DeployedNetwork } from "../../src/rnn/inference/deployedNetwork.js";
import { evaluateDeployable } from "../../src/rnn/inference/evaluate.js";
import { packModel } from "../../src/rnn/inference/packed/packedModel.js";
import { sequenceLogits } from "../../src/rnn/inference/predict.js";
import { traceStates } from "../../src/rnn/inference/traceStates.js";
import { shippedValues } from "../../src/rnn/shipping/deployedModel.js";
import type { DeployedModel, DeployedLstm } from "../../src/rnn/shipping/deployedModel.js";
import { deployedModelFromTensors, deployedModelToTensors } from "../../src/rnn/shipping/deployedModelFile.js";
import { fixedPointStorage, modelSize } from "../../src/rnn/shipping/modelSize.js";
import { Network } from "../../src/rnn/training/network.js";
import { initialParameters, parameterShapes } from "../../src/rnn/training/parameters.js";
import { Trainer } from "../../src/rnn/training/trainer.js";
import { leastTrainingBytes } from "../../src/rnn/training/trainingMemory.js";
import { expectClose } from "../native/lstmCases.js";
import { toOurGates, transposed } from "./gateOrder.js";
import golden from "./golden/bidirectional_pytorch.json" with { type: "json" };
import { randomArray } from "./lstmProblem.js";
import { ReferenceStream, shippedProduct } from "./referenceDeployed.js";
import { both, classificationSpec, nativeKernel, normalisers, sequenceData, smallGru, smallLstm, smallSpec, specOf, train } from "./trainingProblem.js";

/** Bidirectional layers through the engine; `network.test.ts` has their gradients, `trainerResume.test.ts` their checkpoints. */

beforeAll(async () => {
  await buildNative("dist/native");
  await chooseBackend();
});

const full = { kind: "full-precision" } as const;
const plain = { quantiser: both(full), ...normalisers["none"]! } as const;
const draw = { number: 0 };

function classesOf(layers: LayerSpec[], width: number, outputs: readonly string[]): Architecture {
  return { input: { kind: "dense", width }, layers, readout: "last-timestep", outputs, outputQuantiser: full };
}

describe("two bidirectional layers under classes equal PyTorch's nn.LSTM (test/rnn/golden/bidirectional_pytorch.py made the values)", () => {
  const { timesteps, batch, inputs, units, classes } = golden.sizes;
  const layer = smallLstm({ ...plain, units, initialState: "zero", bidirectional: true });
  const architecture = classesOf([layer, layer], inputs, ["a", "b", "c"].slice(0, classes));
  type Part = Pick<(typeof golden.layers)[number]["forward"], "weight_ih" | "weight_hh" | "bias">;
  const ours = (part: Part, rows: number) => ({
    inputWeights: toOurGates(transposed(part.weight_ih, 4 * units, rows), rows, units, "ifgo"),
    recurrentWeights: toOurGates(transposed(part.weight_hh, 4 * units, units), units, units, "ifgo"),
    betaRecurrent: toOurGates(part.bias, 1, units, "ifgo"),
  });
  const named = (of: (part: (typeof golden.layers)[number]["forward"]) => Part, output: { weight: number[]; bias: number[] }): Record<string, Float32Array> => ({
    ...Object.fromEntries(
      golden.layers.flatMap((directions, number) =>
        Object.entries(directions).flatMap(([direction, part]) =>
          Object.entries(ours(of(part), number === 0 ? inputs : 2 * units)).map(([name, values]) => [`layers.${number}.${direction === "reverse" ? "reverse." : ""}${name}`, values]),
        ),
      ),
    ),
    "output.weights": transposed(output.weight, classes, 2 * units),
    "output.bias": Float32Array.from(output.bias),
  });

  it("loss, and gradients of both directions of both layers", () => {
    const network = new Network(architecture, { timesteps, batch }, nativeKernel(), 1);
    const parameters = { ...initialParameters(architecture, 1), ...named((part) => part, golden.output) };
    const minibatch = { input: { kind: "dense", values: Float32Array.from(golden.inputs) }, targets: Int32Array.from(golden.targets), continues: false } as const;
    const { loss, gradients } = network.lossAndGradients(parameters, minibatch, draw);
    expect(loss).toBeCloseTo(golden.loss, 6);
    for (const [name, expected] of Object.entries(named((part) => part.gradients, golden.output.gradients))) {
      expectClose(gradients[name]!, Float64Array.from(expected), 5e-6, name);
    }
    network.dispose();
  });
});

describe("random numbers", () => {
  const architecture = classesOf([smallLstm({ bidirectional: true }), smallLstm({ bidirectional: true })], 32, ["a", "b"]);

  it("each direction of each layer has initial values of its own", () => {
    const initial = initialParameters(architecture, 3);
    const matrices = Object.entries(initial).filter(([name]) => name.endsWith("inputWeights")).map(([, values]) => values.join());
    expect(matrices).toHaveLength(4);
    expect(new Set(matrices).size).toBe(4);
    const forwards = initialParameters({ ...architecture, layers: [smallLstm()] }, 3);
    expect(initial["layers.0.inputWeights"]).toEqual(forwards["layers.0.inputWeights"]);
  });

  it("each direction draws its own quantised weights from the same latent ones", () => {
    const network = new Network(architecture, { timesteps: 1, batch: 1 }, nativeKernel(), 3);
    const initial = initialParameters(architecture, 3);
    const same = Object.fromEntries(Object.keys(initial).map((name) => [name, initial[name.replace("reverse.", "")]!]));
    network.quantise(same, draw);
    for (const matrix of ["inputWeights", "recurrentWeights"]) {
      const codes = ["layers.0.", "layers.0.reverse."].map((prefix) => network.quantisers.get(prefix + matrix)!.codes);
      expect(codes[0]).not.toEqual(codes[1]);
    }
    network.dispose();
  });
});

describe("reversed sequences with the directions' weights exchanged are the same", () => {
  const [timesteps, batch, width] = [6, 4, 3];

  /** The rows of one half of what a layer below gives, and those of the other, change places. */
  function exchangedRows(values: Float32Array, columns: number): Float32Array {
    const half = values.length / 2;
    expect(half % columns).toBe(0);
    return Float32Array.of(...values.subarray(half), ...values.subarray(0, half));
  }

  it.each<[string, LayerSpec[]]>([
    ["LSTM under GRU", [smallLstm({ units: 5, ...plain, bidirectional: true }), smallGru({ units: 3, quantiser: both(full), bidirectional: true })]],
    ["normalised", [smallGru({ units: 4, quantiser: both(full), bidirectional: true }), smallLstm({ units: 5, quantiser: both(full), ...normalisers["layer"]!, bidirectional: true })]],
  ])("%s", (_, layers) => {
    const architecture = classesOf(layers, width, ["a", "b", "c"]);
    const network = new Network(architecture, { timesteps, batch }, nativeKernel(), 1);
    const shapes = parameterShapes(architecture);
    const parameters = Object.fromEntries(Object.entries(initialParameters(architecture, 2)).map(([name, values], index) => [name, values.map((value, at) => value + 0.3 * randomArray(values.length, index)[at]!)]));
    const exchanged = Object.fromEntries(
      Object.keys(parameters).map((name) => {
        const twin = name.includes("reverse.") ? name.replace("reverse.", "") : name.replace(/^(layers\.\d+\.)/, "$1reverse.");
        const values = parameters[twin] ?? parameters[name]!;
        return [name, name === "output.weights" || /^layers\.1\..*inputWeights$/.test(name) ? exchangedRows(values, shapes[name]![1]!) : values];
      }),
    );
    const values = randomArray(timesteps * batch * width, 5);
    const targets = Int32Array.of(0, 2, 1, 1);
    const lossOf = (own: Record<string, Float32Array>, input: Float32Array): number => network.loss(own, { input: { kind: "dense", values: input }, targets, continues: false }, draw).loss;
    const expected = lossOf(parameters, values);
    expect(lossOf(exchanged, reversedTimesteps(values, timesteps))).toBeCloseTo(expected, 6);
    expect(Math.abs(lossOf(exchanged, values) - expected)).toBeGreaterThan(1e-3);
    network.dispose();
  });
});

const sequences = sequenceData();

function shipped(spec: ExperimentSpec, steps = 4): DeployedModel {
  const trainer = Trainer.create(spec, sequences, nativeKernel());
  train(trainer, steps);
  const { model } = trainer.deploy();
  trainer.dispose();
  return model;
}

/** Logits of a sequence of rows in plain loops: each direction a stream of its own. */
function referenceLogits(model: DeployedModel, rows: readonly (readonly number[])[]): number[] {
  let next = rows;
  let final: number[] = [];
  for (const layer of model.layers) {
    const streamed = (direction: typeof layer, input: readonly (readonly number[])[]): number[][] => {
      const stream = new ReferenceStream([direction]);
      return input.map((row) => [...stream.read([...row])]);
    };
    const forward = streamed(layer, next);
    const reverse = layer.reverse && streamed(layer.reverse, next.toReversed());
    next = forward.map((row, t) => [...row, ...(reverse?.at(-1 - t) ?? [])]);
    final = [...forward.at(-1)!, ...(reverse?.at(-1) ?? [])];
  }
  return Array.from(shippedProduct(final, model.outputWeights), (value, index) => value + model.outputBias[index]!);
}

const forms: [string, LayerSpec[]][] = [
  ["a stack of both cells", [smallLstm({ units: 6, bidirectional: true }), smallGru({ units: 5, bidirectional: true })]],
  ["under a layer with one direction", [smallGru({ units: 5, reset: "before", bidirectional: true }), smallLstm({ units: 6 })]],
  ["statistics of each timestep", [smallLstm({ units: 6, bidirectional: true, ...batchOf("per-timestep") })]],
  ["layer normalisation and zoneout", [smallLstm({ units: 6, ...normalisers["layer"]!, zoneout: { hidden: 0.2, cell: 0.1 }, bidirectional: true })]],
  ["weight normalisation of several planes", [smallLstm({ units: 6, ...normalisers["weight"]!, quantiser: both({ kind: "alternating", bits: 2, iterations: 2 }), bidirectional: true })]],
];

function batchOf(statistics: "shared" | "per-timestep") {
  const normaliser = { kind: "batch", epsilon: 1e-5, statistics } as const;
  return { normaliser, cellNormaliser: normaliser };
}

describe("what ships", () => {
  it.each(forms)("has the logits of plain loops, and is in its file: %s", async (_, layers) => {
    const model = shipped(classificationSpec(layers));
    const copy = deployedModelFromTensors(deployedModelToTensors(model));
    expect(copy).toEqual(model);
    const { logits, score } = await sequenceLogits(model, sequences, "test", nativeKernel());
    const { timesteps, width } = sequences;
    for (const sequence of [0, 1, 69]) {
      const rows = Array.from({ length: timesteps }, (_unused, t) => Array.from(sequences.test.values.subarray((sequence * timesteps + t) * width, (sequence * timesteps + t + 1) * width)));
      const expected = referenceLogits(model, rows);
      const classes = model.outputs.length;
      expectClose(logits.subarray(sequence * classes, (sequence + 1) * classes), Float64Array.from(expected), 2e-5, `sequence ${sequence}`);
      const traced = traceStates(model, rows.map((row) => ({ kind: "dense", values: Float32Array.from(row) })), nativeKernel());
      expectClose(traced.logits.subarray(-classes), Float64Array.from(expected), 2e-5, "last row of the trace");
    }
    expect(await evaluateDeployable(copy, sequences, "test", nativeKernel())).toEqual(score);
  });

  it.each(["shared", "per-timestep"] as const)("folds statistics of the order in which each direction reads: %s", (statistics) => {
    const spec = classificationSpec([smallLstm({ units: 6, quantiser: both(full), bidirectional: true, ...batchOf(statistics) })]);
    const layerOf = (data: SequenceData, start?: Record<string, Float32Array>) => {
      const trainer = Trainer.create(spec, data, nativeKernel(), start);
      const layer = trainer.deploy().model.layers[0]!;
      trainer.dispose();
      return layer;
    };
    const { reverse } = layerOf(sequences);
    const initial = initialParameters(classesOf(spec.layers, sequences.width, sequences.classes), spec.seed);
    const ofReverse = Object.entries(initial).filter(([name]) => name.startsWith("layers.0.reverse."));
    const backwards = Float32Array.from(sequences.train.values, (_, at) => {
      const { timesteps, width } = sequences;
      const [step, column] = [Math.floor(at / width), at % width];
      return sequences.train.values[(step - (step % timesteps) + timesteps - 1 - (step % timesteps)) * width + column]!;
    });
    const turned = { ...sequences, train: { ...sequences.train, values: backwards } };
    const forward = layerOf(turned, Object.fromEntries(ofReverse.map(([name, values]) => [name.replace("reverse.", ""), values])));
    for (const name of ["gainInput", "gainRecurrent", "shift"] as const) {
      expectClose((reverse as DeployedLstm)[name], Float64Array.from((forward as DeployedLstm)[name]), 1e-5, name);
    }
    expect(layerOf(turned).reverse!.shift).not.toEqual(reverse!.shift);
  });

  it("is the best of several draws on the validation part", () => {
    const spec = classificationSpec([smallLstm({ units: 6, bidirectional: true })], { shipping: { kind: "best", draws: 2 } });
    const trainer = Trainer.create(spec, sequences, nativeKernel());
    train(trainer, 2);
    const { candidates } = trainer.deploy();
    expect(candidates.map(({ choice }) => choice)).toEqual(["deterministic", "draw 1", "draw 2"]);
    expect(new Set(candidates.map(({ validationLoss }) => validationLoss)).size).toBe(3);
    trainer.dispose();
  });

  it("counts every bit of both directions", () => {
    const layers = (bidirectional?: true): LayerSpec[] => [smallLstm({ units: 6, ...(bidirectional && { bidirectional }) })];
    const [one, two] = [layers(), layers(true)].map((own) => modelSize(shipped(classificationSpec(own)), fixedPointStorage));
    expect(two!.recurrentLayers.bits).toBe(2 * one!.recurrentLayers.bits);
    expect(two!.parts.map(({ name }) => name)).toContain("layer 1 reverse recurrent weights");
    const outputs = [one!, two!].map(({ parts }) => parts.find(({ name }) => name === "output weights")!.count);
    expect(outputs[1]).toBe(2 * outputs[0]!);
  });

  it("reads whole sequences only", () => {
    const network = new DeployedNetwork(shipped(classificationSpec([smallLstm({ units: 6, bidirectional: true })])), nativeKernel(), 1);
    const input = { kind: "dense", values: new Float32Array(4) } as const;
    network.read(input);
    expect(() => network.read(input)).toThrow(/bidirectional layer begins at both ends of a sequence and cannot read on: reset the network/);
    network.reset();
    expect(network.read(input)).toHaveLength(2 * 2 * 6);
    network.dispose();
  });
});

describe("what training says of both directions", () => {
  const spec = classificationSpec([smallLstm({ units: 6, bidirectional: true })]);

  it("weight reports, and latent weights", () => {
    const trainer = Trainer.create(spec, sequences, nativeKernel());
    train(trainer, 2);
    const matrices = ["layer 1 input", "layer 1 recurrent", "layer 1 reverse input", "layer 1 reverse recurrent"];
    expect(trainer.weightReport().map(({ matrix }) => matrix)).toEqual(matrices);
    expect(trainer.latent("input", 0, "reverse").values).toEqual(trainer.checkpoint().tensors["layers.0.reverse.inputWeights"]!.data);
    expect(trainer.latent("input").values).toEqual(trainer.checkpoint().tensors["layers.0.inputWeights"]!.data);
    trainer.dispose();
    const forwards = Trainer.create(classificationSpec([smallLstm({ units: 6 })]), sequences, nativeKernel());
    expect(() => forwards.latent("input", 0, "reverse")).toThrow(/Layer 0 has no reverse direction/);
    forwards.dispose();
  });

  it("memory", () => {
    const layer = smallLstm({ units: 6 });
    const bytes = (own: LayerSpec): number => leastTrainingBytes(classificationSpec([own]), sequences).bytes;
    expect(bytes({ ...layer, bidirectional: true }) / bytes(layer)).toBeGreaterThan(1.9);
  });
});

/** Sequences of 40 signs; the class is whether the first and the last one are both positive. */
function endsData(): SequenceData {
  const timesteps = 40;
  const part = (count: number, number: number): LabelledSequences => {
    const stream = randomStream(5, "sampling", number);
    const values = Float32Array.from({ length: count * timesteps }, (_, index) => (bitsAt(stream.key0, stream.key1, index) > 0 ? 1 : -1));
    const labels = Int32Array.from({ length: count }, (_, sequence) => Number(values[sequence * timesteps]! > 0 && values[(sequence + 1) * timesteps - 1]! > 0));
    return { values, labels };
  };
  return { kind: "sequences", timesteps, width: 1, classes: ["no", "yes"], train: part(512, 0), validation: part(64, 1), test: part(200, 2) };
}

it.each<[string, LayerSpec]>([
  ["LSTM", smallLstm({ units: 8, ...normalisers["weight"]!, bidirectional: true })],
  ["GRU", smallGru({ units: 8, bidirectional: true })],
])("learns what only both ends of a long sequence tell: %s", async (_, layer) => {
  const data = endsData();
  const trainer = Trainer.create(classificationSpec([layer], { steps: 200 }), data, nativeKernel());
  train(trainer, 200);
  const { accuracy } = await evaluateDeployable(trainer.deploy().model, data, "test", nativeKernel());
  expect(accuracy).toBeGreaterThan(0.95);
  trainer.dispose();
});

describe("what a bidirectional layer is refused for", () => {
  const layer = smallLstm({ units: 6, bidirectional: true });

  it("texts, whose future a model must not see", () => {
    expect(() => checkCombinations(specOf([smallLstm(), layer]), "a")).toThrow(
      /^layers\[1\] of a: a character-model must not see the future, which a bidirectional layer reads: use the layer without tl\.bidirectional\(\)\.$/,
    );
    expect(() => checkCombinations(classificationSpec([layer]), "a")).not.toThrow();
  });

  it("accelerators and packed streams, which read timesteps as they come", () => {
    const model = shipped(classificationSpec([layer]));
    expect(hasAccelerator(classificationSpec([layer]))).toBe(false);
    expect(hasAccelerator(classificationSpec([smallLstm()]))).toBe(true);
    expect(() => acceleratorModel(model)).toThrow(
      "The accelerator takes layers that read timesteps as they come (without tl.bidirectional()); this model has a bidirectional layer, which also reads from the end of the sequence.",
    );
    expect(() => packModel(model)).toThrow(/Layer 0 is bidirectional, and a packed stream reads timesteps as they come/);
  });

  it("files that contradict themselves", () => {
    const file = deployedModelToTensors(shipped(classificationSpec([layer])));
    const changed = (change: (header: { readout: string; layers: { reverse?: object }[] }) => void): NamedTensors => {
      const header = JSON.parse(file.metadata["model"]!) as Parameters<typeof change>[0];
      change(header);
      return { ...file, metadata: { ...file.metadata, model: JSON.stringify(header) } };
    };
    const withoutReverse = changed(({ layers }) => delete layers[0]!.reverse);
    expect(() => deployedModelFromTensors(withoutReverse)).toThrow(/layers\.0: a bidirectional layer, and no other, has a reverse direction/);
    const everyTimestep = changed((header) => (header.readout = "every-timestep"));
    expect(() => deployedModelFromTensors(everyTimestep)).toThrow(/a model that reads on at every timestep has no bidirectional layer/);
    const { "layers.0.reverse.shift": _, ...tensors } = file.tensors;
    expect(() => deployedModelFromTensors({ ...file, tensors })).toThrow(/layers\.0\.reverse\.shift/);
  });

  it("specs that say false", () => {
    const spec = smallSpec();
    const parsed = experimentSpecSchema.safeParse({ ...spec, layers: [{ ...smallLstm(), bidirectional: false }] });
    expect(parsed.success).toBe(false);
    expect(experimentSpecSchema.parse(spec)).toEqual(spec);
  });
});

it("a matrix that ships is its own direction's", () => {
  const { reverse, inputWeights } = shipped(classificationSpec([smallLstm({ units: 6, bidirectional: true })])).layers[0]!;
  expect(shippedValues(reverse!.inputWeights)).not.toEqual(shippedValues(inputWeights));
});
