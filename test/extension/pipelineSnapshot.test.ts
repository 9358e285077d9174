import { describe, expect, it, test } from "vitest";
import { modelPipeline, presetPipeline } from "../../src/extension/pipelineSnapshot.js";
import type { AcceleratorModel } from "../../src/hardware/acceleratorModel.js";
import { fixedModel } from "../../src/hardware/fixModel.js";
import { IntegerNetwork } from "../../src/hardware/integer/network.js";
import { randomNetwork, type RandomNetworkOptions } from "../../src/hardware/randomNetwork.js";
import { pipelineSnapshotSchema } from "../../webview/contract.js";

const network = (options: Partial<RandomNetworkOptions> = {}): AcceleratorModel =>
  randomNetwork({ seed: 5, cell: "lstm", precision: "ternary", units: 6, inputs: 4, ...options });

function withSymbols(model: AcceleratorModel, symbols: readonly string[]): AcceleratorModel {
  return { ...model, input: { kind: "one-hot", symbols } };
}

const alphabet = ["x", "t", "h", "e"];
/** Of "the white whale" that alphabet has "the", "h", "te", "h", "e": the last one is shown, the others are read. */
const opening = [1, 2, 3, 2, 1, 3, 2, 3];

describe("a trained model", () => {
  it.each([
    ["LSTM", network()],
    ["GRU that resets after", network({ cell: "gru", reset: "after", precision: "full" })],
    ["GRU that resets before", network({ cell: "gru", reset: "before", precision: "binary" })],
    ["stack", network({ units: [6, 3] })],
  ])("is shown with the accelerator's integers: %s", (_, random) => {
    const model = withSymbols(random, alphabet);
    const snapshot = pipelineSnapshotSchema.parse(JSON.parse(JSON.stringify(modelPipeline("my run", fixedModel(model)))));
    const integer = new IntegerNetwork(fixedModel(model));
    const states = opening.map((symbol) => integer.step(symbol).map(({ hidden, cell, gates, recurrentSums, inputSums }) => ({
      hidden: [...hidden],
      cell: [...cell],
      gates: [...gates],
      recurrentSums: [...recurrentSums],
      inputSums: [...inputSums],
    })));
    const [before, after] = states.slice(-2);
    expect(snapshot.layers).toHaveLength(model.layers.length);
    snapshot.layers.forEach(({ shape, values }, layer) => {
      const { cell: kind, units, inputs } = model.layers[layer]!;
      const { hidden, cell, ...sums } = after![layer]!;
      expect(shape).toMatchObject({ cell: kind, units, inputs, macUnits: 100, inputKind: layer === 0 ? "one-hot" : "dense" });
      expect(values).toMatchObject({ ...sums, hidden: before![layer]!.hidden, nextHidden: hidden });
      expect([values!.cell, values!.nextCell]).toEqual(kind === "lstm" ? [before![layer]!.cell, cell] : [null, null]);
      expect(values!.input).toMatchObject(layer === 0 ? { kind: "symbol", name: "e", id: 3 } : { integers: after![layer - 1]!.hidden });
    });
  });

  it("keeps the shipped codes", () => {
    const model = network();
    const { values } = modelPipeline("run", fixedModel(model)).layers[0]!;
    const codes = new Int8Array(Buffer.from(values!.recurrentWeights.base64, "base64"));
    expect([...codes]).toEqual([...(model.layers[0]!.recurrentWeights as { codes: Int8Array }).codes]);
    expect(modelPipeline("run", fixedModel(network({ precision: "full" }))).layers[0]!.values!.recurrentWeights.bytes).toBe(2);
  });

  it("starts from its initial state where its alphabet has none of the opening characters", () => {
    const model = withSymbols(network({ inputs: 2 }), ["7", "8"]);
    const { values } = modelPipeline("digits", fixedModel(model)).layers[0]!;
    const { initialHidden } = fixedModel(model).layers[0]!;
    expect(values).toMatchObject({ input: { kind: "symbol", name: "7", id: 0 }, hidden: [...initialHidden.integers] });
  });

  it("over features says that they are 0, and over word vectors which word", () => {
    const dense = network({ inputKind: "dense" });
    expect(modelPipeline("digits", fixedModel(dense)).layers[0]).toMatchObject({
      shape: { inputKind: "dense" },
      values: { input: { kind: "features", name: "features, all of them 0", integers: [0, 0, 0, 0] } },
    });
    const table = Float32Array.from({ length: 12 }, (_, index) => index / 12);
    const words: AcceleratorModel = { ...dense, input: { kind: "embedding", symbols: ["a", "whale", "the"], units: 4, table } };
    const { input } = modelPipeline("words", fixedModel(words)).layers[0]!.values!;
    expect(input).toMatchObject({ kind: "features", name: 'the vector of "whale"' });
    const { inputFormat } = fixedModel(words).layers[0]!;
    const real = (input as { integers: number[] }).integers.map((integer) => integer * 2 ** -inputFormat.fractionBits);
    real.forEach((value, index) => expect(value).toBeCloseTo(table[4 + index]!, 2));
  });
});

test("without a run there is a preset", () => {
  const preset = pipelineSnapshotSchema.parse(presetPipeline());
  expect(preset.layers).toMatchObject([{ shape: { cell: "lstm", precision: "ternary", macUnits: 100 }, values: null }]);
});
