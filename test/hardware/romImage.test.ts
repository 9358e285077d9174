import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AcceleratorMatrix } from "../../src/hardware/acceleratorModel.js";
import type { FixedLayer, FixedModel } from "../../src/hardware/fixedModel.js";
import { fixModel } from "../../src/hardware/fixModel.js";
import { lookUp } from "../../src/hardware/lookUpTable.js";
import { romContents } from "../../src/hardware/rom/contents.js";
import type { RomContent } from "../../src/hardware/rom/romContent.js";
import { mem } from "../../src/romFormats/mem.js";
import { accountMemory, memoryTable } from "../../src/hardware/rom/memory.js";
import { rowGroups } from "../../src/hardware/rowGroups.js";
import { tableWordBits } from "../../src/hardware/tableWord.js";
import type { FixedVector } from "../../src/hardware/fixedPoint.js";
import { randomModel, withLstm } from "./randomModel.js";
import { memBits, signedValue, weightWords } from "./romWords.js";

const shapes = fc.record({
  cell: fc.constantFrom("lstm" as const, "gru" as const),
  reset: fc.constantFrom("before" as const, "after" as const),
  units: fc.oneof(fc.integer({ min: 1, max: 13 }), fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 3 })),
  symbols: fc.integer({ min: 1, max: 11 }),
  inputKind: fc.constantFrom("one-hot" as const, "dense" as const, "embedding" as const),
  precision: fc.constantFrom("binary" as const, "ternary" as const, "full" as const),
  macUnits: fc.oneof(fc.constantFrom(1, 2, 16, 64), fc.integer({ min: 1, max: 70 })),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
});

function contentsOf(fixed: FixedModel, macUnits: number): Map<string, RomContent> {
  return new Map(romContents(fixed, macUnits).map((content) => [content.image.name, content]));
}

const weights = [
  ["input_weights", "inputWeights"],
  ["recurrent_weights", "recurrentWeights"],
] as const;

function imageName({ layers }: FixedModel, layer: number, name: string): string {
  return layers.length === 1 ? name : `layer${layer}_${name}`;
}

/** All at once; r and z first, then n, where n waits for r of all units. */
function phasesOf(layer: FixedLayer): number[] {
  if (layer.cell === "lstm") {
    return [4 * layer.units];
  }
  return layer.reset === "before" || layer.units < 3 ? [2 * layer.units, layer.units] : [3 * layer.units];
}

/** Reads codes back by the address formula; the inverse of the packing, written from its description. */
function decodeWeights({ image, encoding, packing, shape }: RomContent, phases: readonly number[]): number[] {
  const [inputs, gateRows] = shape as [number, number];
  const words = memBits(mem.write(image), image.width);
  const codes: number[] = [];
  const [first] = phases as [number];
  const firstGroups = Math.ceil(first / packing.lanes);
  for (let input = 0; input < inputs; input++) {
    for (let gateRow = 0; gateRow < gateRows; gateRow++) {
      const [place, group] = gateRow < first ? [gateRow, 0] : [gateRow - first, firstGroups];
      const word = words[(group + Math.floor(place / packing.lanes)) * inputs + input]!;
      const end = image.width - (place % packing.lanes) * encoding.bits;
      const field = word.slice(end - encoding.bits, end);
      codes.push(encoding.name === "sign-bit" ? (field === "1" ? 1 : -1) : signedValue(field));
    }
  }
  return codes;
}

describe("weight images", () => {
  test("decode to the codes of the model, for any cell, stack, input, precision and number of MAC units", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const fixed = fixModel(randomModel(shape));
        const contents = contentsOf(fixed, shape.macUnits);
        fixed.layers.forEach((layer, index) => {
          for (const [name, key] of weights) {
            const content = contents.get(imageName(fixed, index, name))!;
            expect(decodeWeights(content, phasesOf(layer))).toEqual([...layer[key].codes]);
          }
        });
      }),
    );
  });

  test("have the words that the layout's definition asks for, padding included", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const fixed = fixModel(randomModel(shape));
        const contents = contentsOf(fixed, shape.macUnits);
        fixed.layers.forEach((layer, index) => {
          for (const [name, key] of weights) {
            const { image } = contents.get(imageName(fixed, index, name))!;
            expect(memBits(mem.write(image), image.width)).toEqual(weightWords(layer[key], shape.macUnits, phasesOf(layer)));
          }
        });
      }),
    );
  });

  test("of a GRU begin a new group of rows for a candidate that waits", () => {
    expect(rowGroups({ cell: "gru", reset: "before", units: 5 }, 4)).toEqual([
      { firstRow: 0, rows: 4 },
      { firstRow: 4, rows: 4 },
      { firstRow: 8, rows: 2 },
      { firstRow: 10, rows: 4 },
      { firstRow: 14, rows: 1 },
    ]);
    expect(rowGroups({ cell: "gru", reset: "after", units: 5 }, 4)).toEqual([
      { firstRow: 0, rows: 4 },
      { firstRow: 4, rows: 4 },
      { firstRow: 8, rows: 4 },
      { firstRow: 12, rows: 3 },
    ]);
    expect(rowGroups({ cell: "lstm", units: 5 }, 64)).toEqual([{ firstRow: 0, rows: 20 }]);
  });

  test("of a worked example: two units, one symbol, three MAC units, ternary", () => {
    const model = randomModel({ units: 2, symbols: 1, precision: "ternary" });
    const codes = Int8Array.of(1, -1, 0, 1, 1, 1, -1, 0);
    const inputWeights: AcceleratorMatrix = { kind: "quantised", levels: "ternary", rows: 1, columns: 8, codes };
    const { image } = contentsOf(fixModel(withLstm(model, { inputWeights })), 3).get("input_weights")!;
    expect([image.width, image.depth]).toEqual([6, 3]);
    // Rows 0..2 are 01, 11, 00; rows 3..5 are 01, 01, 01; rows 6..7 are 11, 00 and a padding lane.
    expect(memBits(mem.write(image), 6)).toEqual(["001101", "010101", "000011"]);
    expect(mem.write(image)).toBe("0D\n15\n03\n");
  });
});

const lstmConstants = [
  ["gate_scale_recurrent", "gainRecurrent"],
  ["gate_scale_input", "gainInput"],
  ["gate_shift", "shift"],
  ["cell_scale", "gainCell"],
  ["cell_shift", "shiftCell"],
  ["initial_hidden", "initialHidden"],
  ["initial_cell", "initialCell"],
] as const;
const gruConstants = [...lstmConstants.slice(0, 3), ["reset_shift", "shiftReset"], ["initial_hidden", "initialHidden"]] as const;

test("constant images hold the integers of the fixed model in two's complement, one a word", () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      const fixed = fixModel(randomModel(shape));
      const contents = contentsOf(fixed, shape.macUnits);
      fixed.layers.forEach((layer, index) => {
        const vectors = layer as unknown as Readonly<Record<string, FixedVector>>;
        for (const [name, key] of layer.cell === "lstm" ? lstmConstants : gruConstants) {
          const { image, fixedPoint } = contents.get(imageName(fixed, index, name))!;
          expect(fixedPoint).toEqual(vectors[key]!.format);
          expect(memBits(mem.write(image), image.width).map(signedValue)).toEqual([...vectors[key]!.integers]);
        }
      });
    }),
  );
});

describe("the images of a model", () => {
  test.each([
    [{ cell: "lstm", units: 4 }, ["input_weights", "recurrent_weights", ...lstmConstants.map(([name]) => name)]],
    [{ cell: "gru", units: 4 }, ["input_weights", "recurrent_weights", ...gruConstants.map(([name]) => name)]],
  ] as const)("of one layer, %o, are these and the two tables", (shape, names) => {
    const contents = contentsOf(fixModel(randomModel({ ...shape, symbols: 3, precision: "binary" })), 8);
    expect([...contents.keys()]).toEqual([...names, "sigmoid_table", "tanh_table"]);
  });

  test("of stacked layers bear the layer's number, the tables do not", () => {
    const names = [...contentsOf(fixModel(randomModel({ cell: "gru", units: [4, 3], symbols: 3, precision: "full" })), 8).keys()];
    expect(names).toHaveLength(2 * 7 + 2);
    expect(names.filter((name) => name.startsWith("layer1_")).map((name) => name.replace("layer1_", ""))).toEqual(
      names.filter((name) => name.startsWith("layer0_")).map((name) => name.replace("layer0_", "")),
    );
    expect(names.slice(-2)).toEqual(["sigmoid_table", "tanh_table"]);
  });
});

describe("table images", () => {
  const options = fc.record({
    activationBits: fc.integer({ min: 4, max: 16 }),
    entries: fc.constantFrom(16, 64, 256, 1024),
    interpolation: fc.constantFrom("linear" as const, "none" as const),
  });

  test("give by their own formula, in whole numbers, what the look-up gives", () => {
    fc.assert(
      fc.property(options, fc.integer({ min: 0, max: 2 ** 20 }), ({ activationBits, ...lookUpOptions }, place) => {
        const fixed = fixModel(randomModel({ units: 1, symbols: 1, precision: "binary" }), { activationBits, lookUp: lookUpOptions });
        const contents = contentsOf(fixed, 1);
        for (const table of [fixed.tables.sigmoid, fixed.tables.tanh]) {
          const { image, packing } = contents.get(`${table.name}_table`)!;
          const [valueBits, slopeBits = 0] = packing.parts!.map(({ bits }) => bits);
          expect([image.depth, image.width]).toEqual([lookUpOptions.entries, valueBits! + slopeBits]);
          expect(valueBits).toBe(activationBits + 1);
          const words = memBits(mem.write(image), image.width);
          const offset = place % 2 ** table.input.bits;
          const word = words[Math.floor(offset / 2 ** table.segmentBits)]!;
          const slope = slopeBits === 0 ? 0n : BigInt(signedValue(word.slice(0, slopeBits)));
          const segment = BigInt(offset % 2 ** table.segmentBits);
          // Right shift of a BigInt rounds down, as the hardware's does.
          const between = slopeBits === 0 ? 0n : (slope * segment * 2n + (1n << BigInt(table.segmentBits))) >> BigInt(table.segmentBits + 1);
          const result = BigInt(signedValue(word.slice(slopeBits))) + between;
          expect(Number(result)).toBe(lookUp(table, offset - 2 ** (table.input.bits - 1)));
        }
      }),
      { numRuns: 100 },
    );
  });

  test("have slopes of no more bits than needed", () => {
    const fixed = fixModel(randomModel({ units: 1, symbols: 1, precision: "binary" }));
    for (const table of Object.values(fixed.tables)) {
      const { slope } = tableWordBits(table);
      const extremes = [Math.min(...table.slopes), Math.max(...table.slopes)];
      const fit = (bits: number): boolean => extremes[0]! >= -(2 ** (bits - 1)) && extremes[1]! < 2 ** (bits - 1);
      expect([fit(slope), fit(slope - 1)]).toEqual([true, false]);
    }
  });
});

describe("the memory account", () => {
  test("counts every bit of the images, each as often as a layer reads it", () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom(1, 2, 4, 16), (shape, columnsPerCycle) => {
        const fixed = fixModel(randomModel(shape), { columnsPerCycle });
        const images = [...contentsOf(fixed, shape.macUnits).values()].map(({ image }) => image);
        // Each layer has its own tables; an LSTM a second tanh, for its cell states. A GRU reads h for two things, and so its initial value.
        const isGru = shape.cell === "gru";
        const readers = (name: string): number => {
          const layers = name.endsWith("_table") ? fixed.layers.length : 1;
          return layers * (isGru ? (name.endsWith("initial_hidden") ? 2 : 1) : name === "tanh_table" ? 2 : 1);
        };
        expect(accountMemory(fixed, shape.macUnits).shippedBits).toBe(images.reduce((sum, { name, width, depth }) => sum + readers(name) * width * depth, 0));
      }),
    );
  });

  test("of 512 ternary units over 87 symbols is that of a calculation by hand", () => {
    const account = accountMemory(fixModel(randomModel({ units: 512, symbols: 87, precision: "ternary" })));
    // 4 * 512 * (512 + 87) weights; 3 * 2048 + 2 * 512 constants of 16 bits; 512 states of 12 bits and 512 of 16.
    expect(account.weightBits).toBe(2_453_504);
    expect(account.scaleBits + account.shiftBits).toBe(114_688);
    expect(account.stateBits).toBe(14_336);
    // 256 words of sigmoid, and twice of tanh, of 13 bits and a slope of 7 and 9.
    expect(account.tableBits).toBe(256 * (20 + 2 * 22));
    expect(account.shippedBits).toBe(2_598_912);
    expect(account.float32Bits).toBe(39_321_600);
    expect(account.againstFloat32.weightsOnly).toBe(16);
    expect(account.againstFixed12.weightsOnly).toBe(6);
    expect(account.memorySaving).toBeCloseTo(39_321_600 / 2_598_912, 9);
    expect(memoryTable(account)).toContainEqual(["ROMs of the recurrent layers, as placed", "2,598,912 bits"]);
  });

  test("counts unused lanes", () => {
    const model = fixModel(randomModel({ units: 5, symbols: 3, precision: "binary" }));
    expect(accountMemory(model).paddingBits).toBe(0);
    expect(accountMemory(model, 16).paddingBits).toBe((32 - 20) * 8);
    // r and z have 10 rows, n has 5: a group of 16 each where n waits, else one for all.
    const gru = (reset: "before" | "after") => fixModel(randomModel({ cell: "gru", reset, units: 5, symbols: 3, precision: "binary" }));
    expect(accountMemory(gru("before"), 16).paddingBits).toBe((16 - 10 + 16 - 5) * 8);
    expect(accountMemory(gru("after"), 16).paddingBits).toBe((16 - 15) * 8);
  });
});
