import { describe, expect, test } from "vitest";
import type { ExperimentSpec, LstmSpec } from "../../src/experiment/spec.js";
import { acceleratorModel, hasAccelerator, precisionOf, UnsupportedModelError } from "../../src/hardware/acceleratorModel.js";
import type { AcceleratorMatrix } from "../../src/hardware/acceleratorModel.js";
import type { DeployedGru, DeployedLstm, DeployedModel, ShippedMatrix, WeightPlane } from "../../src/rnn/shipping/deployedModel.js";
import { allSpecs } from "../quantisers/quantiserProblem.js";
import { both, normalisers, smallGru, smallLstm, smallSpec, specOf } from "../rnn/trainingProblem.js";
import { randomDeployedModel } from "./randomModel.js";

const shape = { units: 3, symbols: 4 };

function lstmOf({ layers }: DeployedModel): DeployedLstm {
  return layers[0] as DeployedLstm;
}

function withLayer(model: DeployedModel, changes: Partial<DeployedLstm>): DeployedModel {
  return { ...model, layers: [{ ...lstmOf(model), ...changes }] };
}

function planesOf(matrix: ShippedMatrix): readonly WeightPlane[] {
  return matrix.kind === "planes" ? matrix.planes : [];
}

/** One code or value of an accelerator's matrix times its gate row's scale. */
function worth(matrix: AcceleratorMatrix, scale: Float32Array): number[] {
  const values = matrix.kind === "quantised" ? matrix.codes : matrix.values;
  return Array.from(values, (value, index) => value * scale[index % matrix.columns]!);
}

/** The same of the deployed model, from its own definition. */
function shippedWorth(matrix: ShippedMatrix, gain: Float32Array): number[] {
  return Array.from({ length: matrix.rows * matrix.columns }, (_, index) => {
    const column = index % matrix.columns;
    const weight =
      matrix.kind === "full-precision"
        ? matrix.values[index]!
        : matrix.planes.reduce((sum, { codes, scales }) => sum + codes[index]! * scales[Math.floor((column * scales.length) / matrix.columns)]!, 0);
    return weight * gain[column]!;
  });
}

function expectEqualNumbers(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 6));
}

describe("the accelerator's part of a deployed model", () => {
  test.each(["binary", "ternary", "full"] as const)("has %s products that are worth the deployed ones", (precision) => {
    const deployed = randomDeployedModel({ ...shape, precision });
    const layer = lstmOf(deployed);
    const model = acceleratorModel(deployed);
    const own = model.layers[0]!;
    expectEqualNumbers(worth(own.inputWeights, own.gainInput), shippedWorth(layer.inputWeights, layer.gainInput));
    expectEqualNumbers(worth(own.recurrentWeights, own.gainRecurrent), shippedWorth(layer.recurrentWeights, layer.gainRecurrent));
    expect(model).toMatchObject({ input: { kind: "one-hot", symbols: ["!", '"', "#", "$"] }, choice: deployed.choice });
    expect(own).toMatchObject({ cell: "lstm", inputs: 4, units: 3, shift: layer.shift });
    expect(own).toMatchObject({ gainCell: layer.gainCell, shiftCell: layer.shiftCell, initialCell: layer.initialCell });
  });

  test.each([12, 4])("takes a scale of its own for each column, or gate: %i", (count) => {
    const deployed = randomDeployedModel({ ...shape, precision: "ternary" });
    const { recurrentWeights, gainRecurrent } = lstmOf(deployed);
    const scales = Float32Array.from({ length: count }, (_, place) => 0.1 * (place + 1));
    const plane: WeightPlane = { ...planesOf(recurrentWeights)[0]!, scales };
    const matrix: ShippedMatrix = { kind: "planes", rows: 3, columns: 12, planes: [plane] };
    const own = acceleratorModel(withLayer(deployed, { recurrentWeights: matrix })).layers[0]!;
    expectEqualNumbers(worth(own.recurrentWeights, own.gainRecurrent), shippedWorth(matrix, gainRecurrent));
  });

  test.each(["before", "after"] as const)("has stacked GRU layers, reset %s the product", (reset) => {
    const deployed = randomDeployedModel({ units: [3, 2], symbols: 4, precision: "ternary", cell: "gru", reset });
    const { layers } = acceleratorModel(deployed);
    expect(layers.map(({ inputs, units }) => [inputs, units])).toEqual([[4, 3], [3, 2]]);
    layers.forEach((layer, index) => {
      const shipped = deployed.layers[index] as DeployedGru;
      expectEqualNumbers(worth(layer.recurrentWeights, layer.gainRecurrent), shippedWorth(shipped.recurrentWeights, shipped.gainRecurrent));
      expect(layer).toMatchObject({ cell: "gru", reset, shiftReset: shipped.shiftReset, shift: shipped.shift });
    });
  });

  test.each(["embedding", "dense"] as const)("reads %s input", (inputKind) => {
    const deployed = randomDeployedModel({ ...shape, precision: "binary", inputKind });
    expect(acceleratorModel(deployed)).toMatchObject({ input: deployed.input, layers: [{ inputs: inputKind === "dense" ? 4 : 6 }] });
  });
});

describe("a model that has no accelerator is refused by what it is", () => {
  const model = randomDeployedModel({ ...shape, precision: "ternary" });
  const layer = lstmOf(model);
  const [plane] = planesOf(layer.inputWeights);
  const twoPlanes: ShippedMatrix = { kind: "planes", rows: 4, columns: 12, planes: [plane!, plane!] };
  const cases: [string, DeployedModel, string][] = [
    ["a layer above that does not fold", { ...model, layers: [layer, { ...layer, normalisation: "layer" }] }, "has layer normalisation"],
    ["layer normalisation", withLayer(model, { normalisation: "layer" }), "has layer normalisation, whose statistics are taken at run time"],
    ["RMS normalisation", withLayer(model, { normalisation: "rms" }), "has RMS normalisation, whose statistics are taken at run time"],
    ["RMS normalisation of the cell", withLayer(model, { cellNormalisation: "rms" }), "has RMS normalisation"],
    ["layer normalisation of the cell", withLayer(model, { cellNormalisation: "layer" }), "has layer normalisation"],
    ["statistics of each timestep", withLayer(model, { shift: new Float32Array(24) }), 'shared ones (batchNorm({ statistics: "shared" })); this model has statistics for each timestep'],
    ["zoneout", withLayer(model, { spec: smallLstm({ units: 3, zoneout: { hidden: 0, cell: 0.1 } }) }), "has zoneout"],
    ["several bits", withLayer(model, { inputWeights: twoPlanes }), "binary, ternary and full-precision ones; this model has weights of 2 bits"],
  ];

  test.each(cases)("%s", (_, unsupported, message) => {
    expect(() => acceleratorModel(unsupported)).toThrow(UnsupportedModelError);
    expect(() => acceleratorModel(unsupported)).toThrow(message);
  });
});

describe("whether an experiment's model will have an accelerator", () => {
  const perTimestep = { kind: "batch", epsilon: 1e-5, statistics: "per-timestep" } as const;
  const { task } = smallSpec();
  const words = { ...task, kind: "word-model", vocabulary: { minimumCount: 1, size: null }, embedding: 8, embeddingDropout: 0 } as ExperimentSpec["task"];
  const cases: [string, ExperimentSpec, boolean][] = [
    ["a ternary LSTM under batch normalisation", smallSpec(), true],
    ["the same without normaliser", smallSpec(normalisers["none"]), true],
    ["the same under weight normalisation", smallSpec(normalisers["weight"]), true],
    ["layer normalisation", smallSpec(normalisers["layer"]), false],
    ["RMS normalisation", smallSpec(normalisers["rms"]), false],
    ["layer normalisation of the cell alone", smallSpec({ ...normalisers["none"], cellNormaliser: normalisers["layer"]!.cellNormaliser }), false],
    ["statistics of each timestep", smallSpec({ normaliser: perTimestep }), false],
    ["two layers", specOf([smallLstm(), smallLstm()]), true],
    ["a GRU", specOf([smallGru()]), true],
    ["a GRU under layer normalisation", specOf([smallLstm(), smallGru({ normaliser: normalisers["layer"]!.normaliser })]), false],
    ["zoneout", smallSpec({ zoneout: { hidden: 0.1, cell: 0 } }), false],
    ["recurrent dropout, which only training has", smallSpec({ recurrentDropout: 0.2 }), true],
    ["a word model", smallSpec({}, { task: words }), true],
  ];

  test.each(cases)("%s", (_, spec, expected) => {
    expect(hasAccelerator(spec)).toBe(expected);
  });

  test.each(allSpecs)("a quantiser of one plane has one, without activations of its own: %o", (quantiser) => {
    const several = quantiser.kind === "ttq" || quantiser.kind === "alternating" || (quantiser.kind === "dorefa" && quantiser.bits > 1) || "activations" in quantiser || (quantiser.kind === "custom" && quantiser.levels.length > 3);
    expect(hasAccelerator(smallSpec({ quantiser: both(quantiser) }))).toBe(!several);
    expect(hasAccelerator(smallSpec({ quantiser: { ...both(quantiser), input: { kind: "sign" } } satisfies LstmSpec["quantiser"] }))).toBe(!several);
  });

  test("names the width of a MAC unit", () => {
    const width = (kind: string) => precisionOf(allSpecs.find((spec) => spec.kind === kind)!);
    expect(["full-precision", "binary", "binary-connect", "sign", "lab"].map(width)).toEqual(["full", "binary", "binary", "binary", "binary"]);
    expect(["ternary", "ternary-connect", "threshold", "twn", "laq"].map(width)).toEqual(Array(5).fill("ternary"));
    expect([1, 2].map((bits) => precisionOf({ kind: "dorefa", bits }))).toEqual(["binary", undefined]);
    // Two scales, and several bits.
    expect(["ttq", "alternating"].map(width)).toEqual([undefined, undefined]);
  });
});
