import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DeployedLstm, shippedValues } from "../../src/rnn/shipping/deployedModel.js";
import { packMatrix, unpackMatrix } from "../../src/rnn/inference/packed/bitPlanes.js";
import { packedBytes, packModel } from "../../src/rnn/inference/packed/packedModel.js";
import { randomMatrix, randomModel, uniformNumbers } from "./packedModels.js";

const size = fc.integer({ min: 1, max: 40 });
const form = fc.record({
  levels: fc.constantFrom("binary", "ternary", "mixed", "full-precision"),
  planes: fc.integer({ min: 1, max: 4 }),
  scales: fc.constantFrom("matrix", "columns"),
});

describe("bit planes", () => {
  it("give the weights back", () => {
    fc.assert(
      fc.property(size, size, form, fc.integer(), (rows, columns, matrixForm, seed) => {
        const matrix = randomMatrix(uniformNumbers(seed), rows, columns, matrixForm);
        expect(unpackMatrix(packMatrix(matrix, "matrix"))).toEqual(matrix);
      }),
    );
  });

  it("have the bit of row 8g + r in bit r of byte (g, column)", () => {
    const codes = Int8Array.from({ length: 9 * 2 }, () => 0);
    codes[3 * 2 + 1] = 1;
    codes[8 * 2] = -1;
    const packed = packMatrix({ kind: "planes", rows: 9, columns: 2, planes: [{ levels: "ternary", codes, scales: Float32Array.of(2) }] }, "");
    expect(packed).toEqual({
      kind: "planes",
      rows: 9,
      columns: 2,
      planes: [{ positive: Uint8Array.of(0, 8, 0, 0), negative: Uint8Array.of(0, 0, 1, 0), scales: Float32Array.of(2) }],
    });
  });

  it("take 1 bit a binary weight and 2 a ternary one: 32 and 16 times less than float32", () => {
    const layer = (levels: "binary" | "ternary"): number => {
      const matrix = { levels } as const;
      const model = randomModel({ input: { kind: "one-hot", size: 64 }, layers: [{ cell: "lstm", units: 64, matrix }], outputs: 5 }, 1);
      const floats = shippedValues(model.layers[0]!.inputWeights).length + shippedValues((model.layers[0] as DeployedLstm).recurrentWeights).length;
      const scales = 2 * 4;
      return (4 * floats) / (packedBytes(packModel(model)).recurrentLayers - scales);
    };
    expect(layer("binary")).toBe(32);
    expect(layer("ternary")).toBe(16);
  });

  it("refuse codes that their levels do not have, and arrays of the wrong size", () => {
    const plane = { levels: "binary", codes: Int8Array.of(1, -1, 1, 0, 1, 1), scales: Float32Array.of(1) } as const;
    const matrix = { kind: "planes", rows: 2, columns: 3, planes: [plane] } as const;
    expect(() => packMatrix(matrix, "The matrix")).toThrow("The matrix, plane 0: the code of row 1, column 0 is 0; a binary weight is -1 or +1");
    const ternary = { ...plane, levels: "ternary" } as const;
    expect(() => packMatrix({ ...matrix, planes: [ternary] }, "m")).not.toThrow();
    expect(() => packMatrix({ ...matrix, planes: [{ ...ternary, codes: Int8Array.of(1, 2, 1, 0, 1, 1) }] }, "m")).toThrow("column 1 is 2");
    expect(() => packMatrix({ ...matrix, planes: [{ ...ternary, scales: new Float32Array(2) }] }, "m")).toThrow("scales");
    expect(() => packMatrix({ ...matrix, planes: [] }, "m")).toThrow("m has no planes");
    expect(() => packMatrix({ ...matrix, rows: 3, planes: [ternary] }, "m")).toThrow("m, plane 0: codes: 6 numbers");
  });
});

describe("packing a model", () => {
  const model = randomModel({ input: { kind: "embedding", size: 6 }, layers: [{ cell: "lstm", units: 8, rows: 3 }, { cell: "gru-after", units: 5 }], outputs: 4 }, 1);
  const [first, second] = model.layers;

  it.each([
    ["The output bias: 3 numbers", { outputBias: new Float32Array(3) }],
    ["The output matrix is 5 x 4; the model's shape needs 5 x 6", { outputs: ["a", "b", "c", "d", "e", "f"] }],
    ["Layer 1, input matrix is 8 x 15; the model's shape needs 5 x 15", { layers: [second!, second!].map((layer, index) => (index === 0 ? { ...layer, inputWeights: randomMatrix(uniformNumbers(1), 11, 15) } : layer)) }],
    ["Layer 0, gainInput: 64 numbers", { layers: [{ ...first!, gainInput: new Float32Array(64) }, second!] }],
    ["Layer 0, initial hidden state: 7 numbers", { layers: [{ ...first!, initialHidden: new Float32Array(7) }, second!] }],
    ["no layers", { layers: [] }],
    ["The embedding table: 3 numbers", { input: { kind: "embedding", symbols: ["a", "b"], units: 11, table: new Float32Array(3) } as const }],
  ])("refuses a model that contradicts itself: %s", (message, change) => {
    expect(() => packModel({ ...model, ...change })).toThrow(message);
  });

  it("counts the bytes of every part", () => {
    const bytes = packedBytes(packModel(model));
    const groups = (rows: number, columns: number): number => 2 * Math.ceil(rows / 8) * columns + 4;
    expect(bytes.recurrentLayers).toBe(groups(11, 32) + groups(8, 32) + groups(8, 15) + groups(5, 15));
    expect(bytes.output).toBe(4 * (5 * 4 + 4));
    expect(bytes.embedding).toBe(4 * 6 * 11);
    expect(bytes.constants).toBe(4 * (3 * 32 * 2 + 32 + 3 * 8 * 2 + 2 * 8 + 15 * 3 + 5 * 2));
    expect(bytes.total).toBe(bytes.recurrentLayers + bytes.output + bytes.embedding + bytes.constants);
  });
});
