import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GruSpec, LstmSpec } from "../../src/experiment/spec.js";
import { defaultActivationBits, defaultConstantBits } from "../../src/hardware/fixModel.js";
import type { DeployedGru, DeployedLstm, DeployedModel, ShippedMatrix } from "../../src/rnn/shipping/deployedModel.js";
import { matrixSize } from "../../src/rnn/shipping/matrixSize.js";
import { fixedPointStorage, modelSize, sizeTable } from "../../src/rnn/shipping/modelSize.js";
import type { SizeKind } from "../../src/rnn/shipping/modelSize.js";
import { normalMatrix, quantised, quantisedSpecs, specName } from "../quantisers/quantiserProblem.js";

const none = { kind: "none" } as const;
const batch = { kind: "batch", epsilon: 1e-5, statistics: "shared" } as const;

interface Shape {
  readonly inputs: number;
  readonly units: number;
  /** One set of constants, or one for each timestep. */
  readonly sets?: number;
}

function plane(levels: "binary" | "ternary", rows: number, columns: number): ShippedMatrix {
  const codes = new Int8Array(rows * columns).fill(1);
  return { kind: "planes", rows, columns, planes: [{ levels, codes, scales: Float32Array.of(0.02) }] };
}

function lstm(levels: "binary" | "ternary", { inputs, units, sets = 1 }: Shape, spec: Partial<LstmSpec> = {}): DeployedLstm {
  const [gates, cells] = [sets * 4 * units, sets * units];
  return {
    spec: {
      cell: "lstm",
      units,
      quantiser: { input: { kind: levels, sampling: "stochastic" }, recurrent: { kind: levels, sampling: "stochastic" } },
      normaliser: batch,
      cellNormaliser: batch,
      initialState: "learned",
      dropout: 0,
      recurrentDropout: 0,
      zoneout: { hidden: 0, cell: 0 },
      ...spec,
    },
    inputs,
    units,
    inputWeights: plane(levels, inputs, 4 * units),
    recurrentWeights: plane(levels, units, 4 * units),
    normalisation: "affine",
    gainInput: new Float32Array(gates),
    gainRecurrent: new Float32Array(gates),
    shift: new Float32Array(gates),
    epsilon: 0,
    cellNormalisation: "affine",
    gainCell: new Float32Array(cells),
    shiftCell: new Float32Array(cells),
    initialHidden: new Float32Array(units),
    initialCell: new Float32Array(units),
  };
}

function gru(reset: "before" | "after", { inputs, units, sets = 1 }: Shape, normaliser: GruSpec["normaliser"]): DeployedGru {
  const { spec, ...shared } = lstm("ternary", { inputs, units, sets });
  const { units: _, cellNormaliser: __, ...fields } = spec;
  return {
    inputs,
    units,
    spec: { ...fields, cell: "gru", units, reset, normaliser, zoneout: { hidden: 0 } },
    inputWeights: plane("ternary", inputs, 3 * units),
    recurrentWeights: plane("ternary", units, 3 * units),
    normalisation: "affine",
    gainInput: new Float32Array(sets * 3 * units),
    gainRecurrent: new Float32Array(sets * 3 * units),
    shift: new Float32Array(sets * 3 * units),
    shiftReset: new Float32Array(sets * units),
    epsilon: 0,
    initialHidden: shared.initialHidden,
  };
}

function fullPrecision(rows: number, columns: number): ShippedMatrix {
  return { kind: "full-precision", rows, columns, values: new Float32Array(rows * columns) };
}

function model(layers: DeployedModel["layers"], outputs: number, input?: DeployedModel["input"]): DeployedModel {
  const names = Array.from({ length: outputs }, (_, index) => `${index}`);
  return {
    version: 1,
    input: input ?? { kind: "one-hot", symbols: names },
    layers,
    readout: "every-timestep",
    outputs: names,
    outputWeights: fullPrecision(layers.at(-1)!.units, outputs),
    outputBias: new Float32Array(outputs),
    choice: "draw 1",
  };
}

const kib = (bits: number): number => bits / 8 / 1024;

function bitsOf(size: ReturnType<typeof modelSize>, ...kinds: SizeKind[]): number {
  return size.parts.filter(({ recurrent, kind }) => recurrent && kinds.includes(kind)).reduce((sum, { bits }) => sum + bits, 0);
}

/** Sizes of the paper's tasks, worked out by hand from the shapes. */
const tasks = [
  { name: "War & Peace", inputs: 83, units: 512, steps: 100, binaryKib: 149, rawPerStepKib: 3600, rawSharedKib: 36 },
  { name: "Penn Treebank characters", inputs: 50, units: 1000, steps: 100, binaryKib: 513, rawPerStepKib: 7031, rawSharedKib: 70 },
  { name: "sequential MNIST", inputs: 1, units: 100, steps: 784, binaryKib: 5, rawPerStepKib: 5513, rawSharedKib: 7 },
  { name: "Penn Treebank words", inputs: 300, units: 300, steps: 35, binaryKib: 88, rawPerStepKib: 738, rawSharedKib: 21 },
];

describe.each(tasks)("$name", ({ inputs, units, steps, binaryKib, rawPerStepKib, rawSharedKib }) => {
  it("has the paper's weights, one bit or two each", () => {
    const size = (levels: "binary" | "ternary"): number => modelSize(model([lstm(levels, { inputs, units })], 10)).recurrentLayers.weightBits;
    expect(Math.round(kib(size("binary")))).toBe(binaryKib);
    expect(size("ternary")).toBe(2 * size("binary"));
  });

  it("has constants of statistics that dwarf them, less folded than raw", () => {
    // Raw: a mean and a variance for each column of the three normalisers, beside their trained gains and shifts.
    const rawNumbers = 2 * (4 * units + 4 * units + units);
    expect(Math.round(kib(32 * rawNumbers * steps))).toBe(rawPerStepKib);
    expect(Math.round(kib(32 * rawNumbers))).toBe(rawSharedKib);
    // Folded: two gains and one shift for each gate column, a gain and a shift for each cell, and nothing else. The
    // shifts of one timestep are the layer's biases.
    const foldedNumbers = 3 * 4 * units + 2 * units;
    for (const sets of [1, steps]) {
      const size = modelSize(model([lstm("binary", { inputs, units, sets })], 10));
      expect(bitsOf(size, "normaliser", "biases")).toBe(32 * foldedNumbers * sets);
      expect(bitsOf(size, "biases")).toBe(32 * 4 * units);
    }
    expect(foldedNumbers / rawNumbers).toBeCloseTo(14 / 18, 12);
  });
});

describe("War & Peace, 512 binary units, shared statistics", () => {
  const size = modelSize(model([lstm("binary", { inputs: 83, units: 512 })], 83));

  it("names every part and counts it", () => {
    expect(size.parts.map(({ name, count, bits }) => [name, count, bits])).toEqual([
      ["layer 1 input weights", 83 * 2048, 83 * 2048],
      ["layer 1 input scales", 1, 32],
      ["layer 1 recurrent weights", 512 * 2048, 512 * 2048],
      ["layer 1 recurrent scales", 1, 32],
      ["layer 1 gains and shifts", 4096, 4096 * 32],
      ["layer 1 cell gains and shifts", 1024, 1024 * 32],
      ["layer 1 biases", 2048, 2048 * 32],
      ["layer 1 initial state", 1024, 1024 * 32],
      ["output weights", 512 * 83, 512 * 83 * 32],
      ["output biases", 83, 83 * 32],
    ]);
  });

  it("compares weights with weights, and everything with what full precision needs itself", () => {
    const weights = 595 * 2048;
    const { recurrentLayers } = size;
    expect(recurrentLayers.againstFloat32.weightsOnly).toBe(32);
    expect(recurrentLayers.againstFixed12.weightsOnly).toBe(12);
    // The reference has its 2048 biases and 1024 initial states, but neither scales nor normaliser.
    const shipped = weights + 32 * (2 + 4096 + 1024 + 2048 + 1024);
    expect(recurrentLayers.bits).toBe(shipped);
    expect(recurrentLayers.constantBits).toBe(shipped - weights);
    expect(recurrentLayers.againstFloat32.allCounted).toBeCloseTo((32 * (weights + 3072)) / shipped, 12);
    expect(recurrentLayers.againstFixed12.allCounted).toBeCloseTo((12 * (weights + 3072)) / shipped, 12);
    const outputs = 512 * 83 + 83;
    expect(size.model.againstFloat32.allCounted).toBeCloseTo((32 * (weights + 3072 + outputs)) / (shipped + 32 * outputs), 12);
    expect(size.model.againstFloat32.weightsOnly).toBeCloseTo((32 * (weights + 512 * 83)) / (weights + 32 * 512 * 83), 12);
  });

  it("reads as a table", () => {
    const { head, rows } = sizeTable(size);
    expect(rows.every((row) => row.length === head.length)).toBe(true);
    expect(rows).toContainEqual(["layer 1 recurrent weights", "1,048,576", "128 KiB", "128 KiB"]);
    expect(rows).toContainEqual(["layer 1 recurrent scales", "1", "4 bytes", "4 bytes"]);
    expect(rows).toContainEqual(["recurrent layers against float32", "", "26.4x", "weights alone 32.0x"]);
  });
});

describe("what a layer does not have is not counted", () => {
  const names = (layer: DeployedLstm | DeployedGru): string[] => modelSize(model([layer], 10)).parts.map(({ name }) => name);

  it("no gains without a normaliser, no states that start at zero", () => {
    const layer = lstm("ternary", { inputs: 3, units: 4 }, { normaliser: none, cellNormaliser: none, initialState: "zero" });
    expect(names(layer)).not.toContain("layer 1 gains and shifts");
    expect(names(layer)).not.toContain("layer 1 initial state");
    // The cell's shift is trained all the same.
    const parts = modelSize(model([layer], 10)).parts;
    expect(parts.find(({ name }) => name === "layer 1 cell gains and shifts")?.count).toBe(4);
  });

  it("a GRU has three gates, and a second candidate bias only when the reset comes after the product", () => {
    const constants = (reset: "before" | "after", normaliser: GruSpec["normaliser"], sets: number): number[] => {
      const size = modelSize(model([gru(reset, { inputs: 5, units: 8, sets }, normaliser)], 10), { ...fixedPointStorage, constantBits: 1 });
      return [bitsOf(size, "biases"), bitsOf(size, "normaliser")];
    };
    expect(constants("before", none, 1)).toEqual([24, 0]);
    expect(constants("after", none, 1)).toEqual([32, 0]);
    expect(constants("before", batch, 1)).toEqual([24, 48]);
    expect(constants("after", batch, 1)).toEqual([32, 48]);
    // Two gains, a shift and a second shift for each of 10 timesteps: 10 * (24 + 24 + 24 + 8) less the biases.
    expect(constants("after", batch, 10)).toEqual([32, 768]);
    expect(modelSize(model([gru("before", { inputs: 5, units: 8 }, none)], 10)).recurrentLayers.weightBits).toBe(2 * 13 * 24);
  });
});

it("counts the embedding and every layer of a word model", () => {
  const symbols = Array.from({ length: 50 }, (_, index) => `w${index}`);
  const input = { kind: "embedding", symbols, units: 20, table: new Float32Array(1000) } as const;
  const layers = [lstm("ternary", { inputs: 20, units: 6 }), lstm("binary", { inputs: 6, units: 6 })];
  const { parts, recurrentLayers, model: whole } = modelSize(model(layers, 50, input));
  expect(parts[0]).toMatchObject({ name: "embedding", count: 1000, bits: 32_000, recurrent: false, referenceCount: 1000 });
  expect(recurrentLayers.weightBits).toBe(26 * 24 * 2 + 12 * 24);
  expect(whole.weightBits).toBe(recurrentLayers.weightBits + 32 * (1000 + 6 * 50));
});

describe("on the accelerator", () => {
  it("has the formats and the tables of src/hardware", () => {
    expect(fixedPointStorage).toEqual({
      realBits: defaultActivationBits,
      constantBits: defaultConstantBits,
      stateBits: defaultActivationBits,
      table: { entries: 2 ** defaultActivationBits, bits: defaultActivationBits },
    });
  });

  it("counts the tables in both, so they never help", () => {
    const layers = [lstm("binary", { inputs: 3, units: 4 })];
    const { parts, model: whole } = modelSize(model(layers, 10), fixedPointStorage);
    expect(parts.filter(({ kind }) => kind === "table").map(({ name, bits }) => [name, bits])).toEqual([
      ["sigmoid table", 49_152],
      ["tanh table", 49_152],
    ]);
    expect(whole.againstFixed12.allCounted).toBeGreaterThan(0.9);
    expect(whole.againstFixed12.allCounted).toBeLessThan(1.1);
  });
});

describe("one matrix", () => {
  it.each(quantisedSpecs.map((spec) => ({ spec, name: specName(spec) })))("$name: bits hold all levels that occur", ({ spec }) => {
    const latent = normalMatrix(40 * 30, 0.5);
    const matrix = quantised(spec, latent, 40, 30).quantiser.ship();
    const { weights, bits, scales } = matrixSize(matrix, 32);
    expect(weights).toBe(1200);
    const levels = new Set([...quantised(spec, latent, 40, 30).values].filter((_, index) => index % 30 === 0)).size;
    expect(levels).toBeLessThanOrEqual(2 ** (bits / weights));
    const planes = matrix.kind === "planes" ? matrix.planes : [];
    const bitsOfPlane = planes[0]!.levels === "ternary" ? 2 : 1;
    const expected = "bits" in spec ? spec.bits : spec.kind === "custom" ? bitsOfPlane * planes.length : bitsOfPlane;
    expect(bits / weights).toBe(expected);
    expect(scales).toBe(spec.kind === "alternating" ? 30 * spec.bits : spec.kind === "dorefa" ? spec.bits : spec.kind === "ttq" ? 2 : spec.kind === "custom" ? planes.length : 1);
  });

  it("packs five trits into a byte, and bits as they are", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (rows, columns) => {
        const dense = matrixSize(plane("ternary", rows, columns), 32).denseBits;
        expect(dense).toBe(8 * Math.ceil((rows * columns) / 5));
        // Five trits are one of 243 values.
        expect(3 ** 5).toBeLessThanOrEqual(2 ** 8);
        expect(matrixSize(plane("binary", rows, columns), 32).denseBits).toBe(rows * columns);
      }),
    );
  });

  it("counts two ternary planes that are not one trit twice", () => {
    const codes = Int8Array.of(1, -1, 0);
    const planes = [1, 2].map((scale) => ({ levels: "ternary", codes, scales: Float32Array.of(scale) }) as const);
    expect(matrixSize({ kind: "planes", rows: 1, columns: 3, planes }, 32).bits).toBe(12);
  });

  it("full precision takes what a real number takes", () => {
    expect(matrixSize(fullPrecision(3, 4), 12)).toEqual({ weights: 12, bits: 144, denseBits: 144, scales: 0 });
  });
});
