import fc from "fast-check";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCommandLine, type Report } from "../../../src/cli/command.js";
import { romCommand } from "../../../src/cli/rom.js";
import type { FixedLayer } from "../../../src/hardware/fixedModel.js";
import { fixModel } from "../../../src/hardware/fixModel.js";
import { romContents } from "../../../src/hardware/rom/contents.js";
import type { RomContent } from "../../../src/hardware/rom/romContent.js";
import { encodingNames } from "../../../src/hardware/rom/encoding.js";
import { exportRom } from "../../../src/hardware/rom/exportRom.js";
import { mem } from "../../../src/romFormats/mem.js";
import { banksOf, checkedLayout, generatedLayout, RomLayoutError, type WordLayout } from "../../../src/hardware/rom/layout.js";
import { parseRomManifest, type RomManifest } from "../../../src/hardware/rom/manifest.js";
import { readRomFile } from "../../../src/hardware/rom/romFile.js";
import { romWeights } from "../../../src/hardware/rom/weights.js";
import { randomModel } from "../randomModel.js";
import { memBits, signedValue } from "../romWords.js";

const layouts: fc.Arbitrary<WordLayout> = fc.record({
  trits: fc.constantFrom("twos-complement" as const, "sign-nonzero" as const, "one-hot" as const, "base3" as const),
  bits: fc.constantFrom("sign-bit" as const, "sign-bit-inverted" as const),
  bitOrder: fc.constantFrom("lsb-first" as const, "msb-first" as const),
  lstmOrder: fc.constantFrom("gfio" as const, "ifgo" as const, "ifco" as const, "iofc" as const),
  gruOrder: fc.constantFrom("rzn" as const, "zrh" as const),
  maxWidth: fc.option(fc.integer({ min: 12, max: 60 }), { nil: undefined }),
});

const shapes = fc.record({
  cell: fc.constantFrom("lstm" as const, "gru" as const),
  units: fc.integer({ min: 1, max: 9 }),
  symbols: fc.integer({ min: 1, max: 6 }),
  precision: fc.constantFrom("binary" as const, "ternary" as const, "full" as const),
  macUnits: fc.integer({ min: 1, max: 40 }),
  columnsPerCycle: fc.constantFrom(1, 1, 2, 4, 8),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
});

/** What each code means, as the documents say it. */
const meanings: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "sign-bit": { 0: -1, 1: 1 },
  "sign-bit-inverted": { 0: 1, 1: -1 },
  "sign-nonzero": { "00": 0, "10": 1, "11": -1 },
  "one-hot": { "00": 0, "01": 1, "10": -1 },
};

/** The integers of a field of bits, most significant first. */
function integersOf(field: string, encoding: string): number[] {
  if (encoding !== "base3") {
    return [encoding === "twos-complement" ? signedValue(field) : meanings[encoding]![field]!];
  }
  const digits = Number.parseInt(field, 2).toString(3).padStart(5, "0");
  return [...digits].reverse().map((digit) => Number(digit) - 1);
}

/** The lanes of one word, written as a string of bits. */
function lanesOf(word: string, { encoding, packing }: RomContent): number[] {
  const fields = word.match(new RegExp(`.{${encoding.bits}}`, "g"))!;
  const inOrder = packing.bitOrder === "msb-first" ? fields : fields.reverse();
  return inOrder.flatMap((field) => integersOf(field, encoding.name)).slice(0, packing.lanes);
}

/** The words of all banks side by side: a row of lanes for each address. */
function wholeWords(banks: readonly RomContent[]): number[][] {
  const perBank = banks.map((bank) => memBits(mem.write(bank.image), bank.image.width).map((word) => lanesOf(word, bank)));
  return perBank[0]!.map((_, address) => perBank.flatMap((words) => words[address]!));
}

/** The letter of a block in the layout, and which block of the model's own order it is. */
const blockOf = { g: 0, c: 0, f: 1, i: 2, o: 3, r: 0, z: 1, n: 2, h: 2 } as const;

function expectedLanes(layer: FixedLayer, key: "inputWeights" | "recurrentWeights", macUnits: number, columnsPerCycle: number, letters: string): (number | undefined)[][] {
  const { rows: inputs, columns, codes } = layer[key];
  const { units } = layer;
  const row = (place: number): number => blockOf[letters[Math.floor(place / units)] as keyof typeof blockOf] * units + (place % units);
  const waits = layer.cell === "gru" && (layer.reset === "before" || units < 3);
  const phases = waits ? [[0, 2 * units], [2 * units, columns]] : [[0, columns]];
  const words: (number | undefined)[][] = [];
  for (const [begin, end] of phases as [number, number][]) {
    for (let group = begin; group < end; group += macUnits) {
      for (let first = 0; first < inputs; first += columnsPerCycle) {
        const places = Array.from({ length: macUnits }, (_, unit) => group + unit);
        const ofUnit = (place: number) =>
          Array.from({ length: columnsPerCycle }, (_, k) => (place < end && first + k < inputs ? codes[(first + k) * columns + row(place)] : undefined));
        words.push(places.flatMap(ofUnit));
      }
    }
  }
  return words;
}

describe("every layout", () => {
  test("holds each weight where its description says, in all banks together", () => {
    fc.assert(
      fc.property(shapes, layouts, (shape, layout) => {
        const { columnsPerCycle } = shape;
        const model = fixModel(randomModel(shape), { columnsPerCycle });
        const [layer] = model.layers as [FixedLayer];
        const contents = romContents(model, shape.macUnits, undefined, layout);
        const letters = shape.cell === "lstm" ? layout.lstmOrder : layout.gruOrder;
        for (const [name, key] of [["input_weights", "inputWeights"], ["recurrent_weights", "recurrentWeights"]] as const) {
          const banks = contents.filter(({ image }) => image.name.startsWith(name));
          expect(banks.every(({ image }) => image.width <= (layout.maxWidth ?? Infinity))).toBe(true);
          const words = wholeWords(banks);
          // A symbol's word has its own weights only.
          const perWord = key === "inputWeights" ? 1 : columnsPerCycle;
          const lanesOfWords = expectedLanes(layer, key, shape.macUnits, perWord, letters);
          expect(words).toHaveLength(lanesOfWords.length);
          lanesOfWords.forEach((lanes, address) => {
            lanes.forEach((weight, lane) => {
              if (weight !== undefined) {
                expect(words[address]![lane]).toBe(weight);
              }
            });
          });
        }
      }),
      { numRuns: 60 },
    );
  });

  test("moves scales, shifts and their real values with the gates, and nothing else", () => {
    const trained = randomModel({ units: 2, symbols: 3, precision: "ternary" });
    const model = fixModel(trained);
    const own = romContents(model, 4, trained);
    const onnx = romContents(model, 4, trained, { ...generatedLayout, lstmOrder: "iofc" });
    const values = (contents: readonly RomContent[], name: string) => [...contents.find(({ image }) => image.name === name)!.values!];
    for (const name of ["gate_scale_recurrent", "gate_scale_input", "gate_shift"]) {
      const [g, f, i, o] = [0, 1, 2, 3].map((block) => values(own, name).slice(2 * block, 2 * block + 2));
      expect(values(onnx, name)).toEqual([i, o, f, g].flat());
    }
    const isOfGates = ({ image }: RomContent): boolean => /weights|gate_/.test(image.name);
    expect(onnx.filter((content) => !isOfGates(content))).toEqual(own.filter((content) => !isOfGates(content)));
  });

  test("of five trits in eight bits is the number in base 3", () => {
    const trits = banksOf(7, { name: "base3", bits: 8, valuesPerField: 5 });
    expect(trits).toEqual([{ firstLane: 0, lanes: 7 }]);
    expect(banksOf(12, { name: "base3", bits: 8, valuesPerField: 5 }, 17)).toEqual([{ firstLane: 0, lanes: 10 }, { firstLane: 10, lanes: 2 }]);
  });
});

describe("a layout that cannot be", () => {
  const { layers } = fixModel(randomModel({ units: 1, symbols: 1, precision: "binary" }));
  test.each([
    [{ trits: "one-hot" as const }, "The layout names one-hot, but the model has no ternary weights: leave it out."],
    [{ gruOrder: "zrh" as const }, "The layout names zrh, but the model has no GRU layer: leave it out."],
    [{ maxWidth: 0 }, "The maximum width is 0; choose a whole number of bits above 0."],
  ])("%o is refused", (layout, message) => {
    expect(() => checkedLayout(layout, { layers })).toThrow(new RomLayoutError(message));
  });

  test("a bank narrower than a field is refused", () => {
    const message = "The maximum width is 1, but one field of one-hot has 2 bits: choose at least that.";
    expect(() => banksOf(4, { name: "one-hot", bits: 2 }, 1)).toThrow(new RomLayoutError(message));
  });
});

describe("an export with a layout", () => {
  let home: string;
  let manifest: RomManifest;
  const model = randomModel({ units: 5, symbols: 7, precision: "ternary" });
  const folder = (name: string): string => path.join(home, name);
  const rom = (...args: readonly string[]): Promise<Report> => romCommand.work(readCommandLine("rom", romCommand, args));

  beforeAll(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), "rom-layout-"));
    const layout = { trits: "one-hot", bitOrder: "msb-first", lstmOrder: "ifco", maxWidth: 8 } as const;
    await exportRom(model, { folder: folder("other"), formats: ["mem", "coe"], macUnits: 6, layout });
    await exportRom(model, { folder: folder("own"), formats: ["mem", "coe"], macUnits: 6 });
    await exportRom(model, { folder: folder("one-hot"), formats: ["mif"], macUnits: 6, layout: { trits: "one-hot", bitOrder: "msb-first" } });
    manifest = parseRomManifest(await readFile(path.join(folder("other"), "manifest.json"), "utf8"))!;
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  test("states all of it in the manifest", () => {
    expect(manifest).toMatchObject({ maxWidth: 8, model: { layers: [{ gateOrder: ["i", "f", "c", "o"] }] } });
    expect(manifest.images.find(({ name }) => name === "recurrent_weights_bank1")).toMatchObject({
      encoding: { name: "one-hot", bits: 2 },
      packing: { lanes: 2, bitOrder: "msb-first", bank: { index: 1, of: 2, firstLane: 4 } },
      width: 4,
    });
  });

  test("draws a word of it in the README, and one of the default layout in another", async () => {
    const readme = await readFile(path.join(folder("other"), "README.md"), "utf8");
    expect(readme).toContain("    bits | 7..6 | 5..4 | 3..2 | 1..0 |\n    lane |    0 |    1 |    2 |    3 |\n");
    expect(readme).toContain("00 = 0, 01 = +1, 10 = -1");
    expect(readme).toContain("The generated Verilog reads another layout than this one");
    const own = await readFile(path.join(folder("own"), "README.md"), "utf8");
    expect(own).toContain("    bits | 11..10 | 9..8 | 7..6 | 5..4 | 3..2 | 1..0 |\n    lane |      5 |    4 |    3 |    2 |    1 |    0 |\n");
    expect(own).not.toContain("another layout");
  });

  test("lints clean, by its manifest", async () => {
    const files = manifest.images.flatMap((image) => image.files.map((file) => path.join(folder("other"), file.path)));
    expect((await rom("lint", ...files)).json).toEqual({ findings: [] });
  });

  test("differs in words but not in weights from another encoding", async () => {
    const [own, oneHot] = [path.join(folder("own"), "input_weights.mem"), path.join(folder("one-hot"), "input_weights.mif")];
    expect(await rom("diff", own, oneHot)).toMatchObject({ json: { compared: 28, differences: [] }, isFailure: false });
    const raw = await rom("diff", own, oneHot, "--encoding", "twos-complement");
    expect(raw.isFailure).toBe(true);
  });

  test("of several columns a cycle is read back to the same weights, and its layout is told", async () => {
    const fixed = fixModel(model, { columnsPerCycle: 4 });
    await exportRom(model, { folder: folder("columns"), formats: ["mem", "coe"], macUnits: 6, fixed });
    const own = path.join(folder("columns"), "recurrent_weights.mem");
    const read = romWeights(await readRomFile(own))!;
    expect(read.values).toEqual([...fixed.layers[0]!.recurrentWeights.codes]);
    expect((await rom("lint", own, path.join(folder("columns"), "initial_hidden.mem"))).json).toEqual({ findings: [] });
    const written = parseRomManifest(await readFile(path.join(folder("columns"), "manifest.json"), "utf8"))!;
    expect(written.columnsPerCycle).toBe(4);
    expect(written.images.find(({ name }) => name === "recurrent_weights")).toMatchObject({ packing: { lanes: 24, inputsPerWord: 4 }, width: 48, depth: 8 });
    expect(written.images.find(({ name }) => name === "input_weights")).toMatchObject({ packing: { lanes: 6 }, width: 12 });
    expect(await readFile(path.join(folder("columns"), "README.md"), "utf8")).toContain("each for 4 columns: lane 4 k + j that of unit k for column j");
  });

  test("is shown with the weights of each gate, the same in every encoding", async () => {
    const shown = await rom("show", path.join(folder("own"), "recurrent_weights.coe"));
    const { gates } = shown.json as { gates: { gate: string; counts: { value: string; count: number }[] }[] };
    expect(gates.map(({ gate }) => gate)).toEqual(["g", "f", "i", "o"]);
    const codes = fixModel(model).layers[0]!.recurrentWeights.codes;
    const inGate = (block: number, weight: number): number =>
      [...codes].filter((code, index) => code === weight && Math.floor((index % 20) / 5) === block).length;
    gates.forEach(({ counts }, block) => {
      for (const { value, count } of counts) {
        expect(count).toBe(inGate(block, Number(value)));
      }
      expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(25);
    });
    const oneHot = await rom("show", path.join(folder("one-hot"), "recurrent_weights.mif"));
    expect(oneHot.json.gates).toEqual(gates);
  });
});

test("every encoding has a name that the command line knows", () => {
  expect(encodingNames).toEqual(["twos-complement", "sign-nonzero", "one-hot", "base3", "sign-bit", "sign-bit-inverted"]);
});
