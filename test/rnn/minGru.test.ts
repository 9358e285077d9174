import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { minGru as minGruWord } from "../../src/cells/minGru.js";
import { fixedState } from "../../src/cells/fixedState.js";
import { gru } from "../../src/cells/gru.js";
import type { MinGruSpec } from "../../src/experiment/spec.js";
import { decodeSafetensors, encodeSafetensors } from "../../src/files/safetensors.js";
import { chooseBackend } from "../../src/rnn/backend.js";
import { evaluateDeployable } from "../../src/rnn/inference/evaluate.js";
import { traceStates } from "../../src/rnn/inference/traceStates.js";
import { tensorKernel } from "../../src/rnn/kernels/tensorKernel.js";
import { useLayerKernel } from "../../src/rnn/layers/layerKernel.js";
import type { MinGruLayerConfig } from "../../src/rnn/layers/layerConfig.js";
import { minGru, TritloomMinGru } from "../../src/rnn/layers/minGru.js";
import type { RecurrentLayer } from "../../src/rnn/layers/recurrentLayer.js";
import { deployedModelFromTensors, deployedModelToTensors } from "../../src/rnn/shipping/deployedModelFile.js";
import { foldedLayer } from "../../src/rnn/shipping/foldedLayer.js";
import { fixedPointStorage, modelSize } from "../../src/rnn/shipping/modelSize.js";
import { Trainer } from "../../src/rnn/training/trainer.js";
import { parametersInWords } from "../../src/runs/specInWords.js";
import { randomTensor } from "./layerProblem.js";
import { relativeDifference } from "./lstmProblem.js";
import { ReferenceStream, referenceStreamLoss, symbolRow } from "./referenceDeployed.js";
import { referenceMinGruHidden } from "./referenceMinGru.js";
import { classificationSpec, normalisers, sequenceData, smallMinGru, smallSpec, specOf, train, verseData } from "./trainingProblem.js";

/** The minGRU from its word to what ships. */

beforeAll(async () => {
  await chooseBackend();
  useLayerKernel(tensorKernel());
});
afterAll(() => useLayerKernel(undefined));

const data = verseData(8);

describe("tl.minGru()", () => {
  it("takes one quantiser, or that of its one matrix", () => {
    const quantiser = { kind: "binary", sampling: "deterministic" } as const;
    expect(minGruWord({ units: 4, quantiser })).toEqual(minGruWord({ units: 4, quantiser: { input: quantiser } }));
    expect(minGruWord({ units: 4, state: fixedState({ hiddenBits: 10 }) }).state).toEqual({ hiddenBits: 10, hiddenRange: 8 });
    expect(minGruWord({ units: 4, state: fixedState({ hiddenBits: 10, hiddenRange: 2 }) }).state).toEqual({ hiddenBits: 10, hiddenRange: 2 });
  });

  it.each([
    ["recurrent dropout", () => minGruWord({ units: 4, recurrentDropout: 0.1 } as never), /tl.minGru\(\) has no option "recurrentDropout".*did you mean dropout\?/],
    ["a second quantiser", () => minGruWord({ units: 4, quantiser: { input: { kind: "sign" }, recurrent: { kind: "sign" } } as never }), /quantiser of tl.minGru\(\) has no option "recurrent"/],
    ["no units", () => minGruWord({} as never), /units of tl.minGru\(\) is missing/],
    ["a range of h that is none", () => minGruWord({ units: 4, state: { hiddenBits: 8, hiddenRange: 3 } as never }), /state.hiddenRange of tl.minGru\(\) is 3.*power of two/],
    ["a range of a GRU's h", () => gru({ units: 4, state: fixedState({ hiddenRange: 4 }) }), /state of tl.gru\(\) has no option "hiddenRange"/],
    ["a misspelt option of the layer", () => minGru({ units: 4, cellNormaliser: { kind: "none" } } as never), /tl.layers.minGru\(\) has no option "cellNormaliser"/],
  ])("refuses %s", (_, make, message) => expect(make).toThrow(message));

  it("reads in words", () => {
    const words = parametersInWords(specOf([smallMinGru({ state: { hiddenBits: 9, hiddenRange: 4 }, zoneout: { hidden: 0.1 } })]));
    expect(words).toMatchObject({ cell: "minGRU", quantiser: "ternary, stochastic", state: "fixed point, h 9 bits in ±4", regularisers: "zoneout h 0.1" });
    expect(words).not.toHaveProperty("cell normaliser");
  });
});

describe("training", () => {
  it("learns which of two sums is larger", () => {
    const optimiser = { ...smallSpec().optimiser, learningRate: { kind: "constant", rate: 0.05 } } as const;
    const layer = smallMinGru({ units: 12, normaliser: { kind: "none" }, quantiser: { input: { kind: "full-precision" } } });
    const trainer = Trainer.create(classificationSpec([layer], { optimiser }), sequenceData(), tensorKernel());
    const [first, ...rest] = train(trainer, 70).map(({ loss }) => loss);
    expect(first).toBeGreaterThan(0.5);
    expect(rest.slice(-10).reduce((sum, loss) => sum + loss, 0) / 10).toBeLessThan(0.3);
    trainer.dispose();
  });

  const masks: Partial<MinGruSpec> = { dropout: 0.3, zoneout: { hidden: 0.1 }, initialNoise: 0.1 };
  it.each<[string, MinGruSpec[]]>([
    ["every regulariser, in a stack", [smallMinGru(masks), smallMinGru({ ...masks, units: 5, normaliser: { kind: "weight" } })]],
    ["carried states, loss-aware weights", [smallMinGru({ initialState: "carried", quantiser: { input: { kind: "laq", iterations: 4 } } })]],
    ["learned scales, states in fixed point", [smallMinGru({ quantiser: { input: { kind: "ttq", threshold: 0.05 } }, state: { hiddenBits: 9, hiddenRange: 4 } })]],
  ])("resumes bit for bit: %s", (_, layers) => {
    const spec = specOf(layers, { shipping: { kind: "draw" } });
    const straight = Trainer.create(spec, data, tensorKernel());
    train(straight, 2);
    const checkpoint = decodeSafetensors(encodeSafetensors(straight.checkpoint()), "checkpoint");
    const resumed = Trainer.restore(spec, data, tensorKernel(), checkpoint);
    expect([train(resumed, 2), resumed.weightReport()]).toEqual([train(straight, 2), straight.weightReport()]);
    expect(resumed.checkpoint()).toEqual(straight.checkpoint());
    expect(() => straight.latent("recurrent")).toThrow("Layer 0 is a minGRU, which has no recurrent matrix; ask for input.");
    [straight, resumed].forEach((trainer) => trainer.dispose());
  });
});

describe("what ships", () => {
  it.each(["none", "batch", "layer", "weight"])("is the documented equations, %s", async (name) => {
    const layers = [smallMinGru({ units: 7, normaliser: normalisers[name]!.normaliser, zoneout: { hidden: 0.2 } })];
    const trainer = Trainer.create(specOf(layers, { shipping: { kind: "draw" } }), data, tensorKernel());
    train(trainer, 4);
    const { model } = trainer.deploy();
    trainer.dispose();
    const short = { ...data, test: data.test.slice(0, 60) };
    const { loss } = await evaluateDeployable(model, short, "test", tensorKernel());
    expect(loss).toBeCloseTo(referenceStreamLoss(model, short.test), 5);
    expect(deployedModelFromTensors(decodeSafetensors(encodeSafetensors(deployedModelToTensors(model)), "model"))).toEqual(model);

    const read = [...short.test.slice(0, 5)];
    const stream = new ReferenceStream(model.layers);
    const states = read.flatMap((symbol) => stream.read(symbolRow(model, symbol)));
    const inputs = read.map((symbol) => ({ kind: "symbols", symbols: Int32Array.of(symbol) }) as const);
    const { layers: [trace] } = traceStates(model, inputs, tensorKernel());
    expect(trace).toMatchObject({ kind: "min-gru", cell: undefined });
    expect(relativeDifference(trace!.hidden, states)).toBeLessThan(1e-5);

    const size = (part: string): number => modelSize(model, fixedPointStorage).parts.find((one) => one.name === `layer 1 ${part}`)?.count ?? 0;
    const inputsOf = data.symbols.length;
    expect([size("input weights"), size("recurrent weights"), size("biases"), size("initial state")]).toEqual([14 * inputsOf, 0, 14, 7]);
    expect(size("gains and shifts")).toBe(name === "none" ? 0 : 14);
  });

  it("has batch normalisation in its gains and shifts", () => {
    const spec = smallMinGru({ units: 1, normaliser: { kind: "batch", epsilon: 0.5, statistics: "shared" } });
    const matrix = { kind: "full-precision", rows: 1, columns: 2, values: Float32Array.of(1, 1) } as const;
    const parameters = { gammaInput: Float32Array.of(2, 3), betaInput: Float32Array.of(0.25, 0.5), initialHidden: Float32Array.of(4) };
    const statistics = { meanInput: Float32Array.of(1, 2), varianceInput: Float32Array.of(3.5, 0.5) };
    expect(foldedLayer(spec, 1, { inputWeights: matrix }, parameters, statistics)).toEqual({
      spec,
      inputs: 1,
      units: 1,
      inputWeights: matrix,
      normalisation: "affine",
      epsilon: 0,
      gainInput: Float32Array.of(1, 3),
      shift: Float32Array.of(-0.75, -5.5),
      initialHidden: Float32Array.of(4),
    });
  });

  it("names the header that a damaged model file lacks", () => {
    const trainer = Trainer.create(specOf([smallMinGru()]), data, tensorKernel());
    const file = deployedModelToTensors(trainer.deploy().model);
    trainer.dispose();
    const model = file.metadata["model"]!.replace('"inputWeights"', '"others"');
    expect(() => deployedModelFromTensors({ ...file, metadata: { ...file.metadata, model } })).toThrow(/layers.0.inputWeights/);
  });
});

describe("tl.layers.minGru()", () => {
  const [batch, timesteps, inputs, units] = [2, 4, 3, 5];

  it("computes the documented equations, is saved by its configuration, and holds its state at padding", () => {
    const layer = minGru({ units, quantiser: { kind: "full-precision" }, normaliser: { kind: "none" }, returnSequences: true });
    tf.tidy(() => {
      const sequence = randomTensor([batch, timesteps, inputs], 1) as tf.Tensor3D;
      const run = (one: RecurrentLayer, mask?: tf.Tensor): Float32Array =>
        (one.apply(sequence, { mask } as never) as tf.Tensor).transpose([1, 0, 2]).dataSync<"float32">().slice();
      const whole = run(layer);
      const { parameters } = layer.latent!;
      const values = sequence.transpose([1, 0, 2]).dataSync();
      const shape = { cell: "min-gru", timesteps, batch, inputs, units, normalisation: "none", epsilon: 0 } as const;
      expect(relativeDifference(whole, referenceMinGruHidden(shape, parameters as never, { kind: "dense", values }))).toBeLessThan(1e-5);
      const padded = run(layer, tf.tensor2d([[1, 1, 1, 1], [1, 1, 0, 0]], [batch, timesteps], "bool"));
      const at = (hidden: Float32Array, t: number): Float32Array => hidden.slice((t * batch + 1) * units, (t * batch + 2) * units);
      expect(at(padded, 3)).toEqual(at(padded, 1));
      expect(relativeDifference(at(padded, 1), at(whole, 1))).toBeLessThan(1e-6);
      expect(relativeDifference(at(padded, 3), at(whole, 3))).toBeGreaterThan(1e-3);
    });
    const again = new TritloomMinGru(layer.getConfig() as unknown as MinGruLayerConfig);
    expect(again.spec).toEqual(layer.spec);
    layer.dispose();
  });
});
