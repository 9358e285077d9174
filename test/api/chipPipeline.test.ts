import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chipPipeline } from "../../src/jobs/chipPipeline.js";
import { chipSource, RunDataError } from "../../src/jobs/chipSource.js";
import { momentIn } from "../../src/jobs/runPipeline.js";
import { partSequences } from "../../src/jobs/runSequences.js";
import type { SequenceData, SymbolData, TaskData } from "../../src/data/contract.js";
import { integerInput, timestepsOf } from "../../src/hardware/calibrate.js";
import { type Chip, chipOf } from "../../src/hardware/chip.js";
import type { ChipOptions } from "../../src/hardware/chipOptions.js";
import { IntegerNetwork } from "../../src/hardware/integer/network.js";
import { exportRom } from "../../src/hardware/rom/exportRom.js";
import { parseRomManifest, type RomManifest } from "../../src/hardware/rom/manifest.js";
import { rowGroups } from "../../src/hardware/rowGroups.js";
import type { DeployedModel } from "../../src/rnn/shipping/deployedModel.js";
import { pipelineSnapshotSchema, type PackedWeights, type PipelineSnapshot, type PipelineValues } from "../../webview/contract.js";
import { randomDeployedModel, type RandomModelOptions } from "../hardware/randomModel.js";
import { memBits, signedValue } from "../hardware/romWords.js";
import { sequenceData } from "../rnn/trainingProblem.js";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), "chip-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const symbolCount = 7;

/** Sixty symbols in an order without a period that could hide a wrong place. */
function symbolData(model: DeployedModel): SymbolData {
  const ids = Int32Array.from({ length: 60 }, (_, place) => (place * place + 3 * place) % symbolCount);
  const none = new Int32Array(0);
  return { kind: "symbols", symbols: model.outputs, train: none, validation: ids, test: none };
}

interface Made {
  readonly chip: Chip;
  readonly data: TaskData;
  readonly snapshot: PipelineSnapshot;
}

function make(model: RandomModelOptions, options: ChipOptions): Made {
  const deployed = randomDeployedModel(model);
  const data = model.inputKind === "dense" ? sequenceData() : symbolData(deployed);
  const chip = chipOf(chipSource("my run", deployed, data), options);
  const snapshot = pipelineSnapshotSchema.parse(JSON.parse(JSON.stringify(chipPipeline(chip, momentIn(data, chip)))));
  return { chip, data, snapshot };
}

/** The words of an image as its `.mem` file has them, in strings of bits. */
type ReadImage = (name: string) => Promise<string[]>;

async function exported({ model, fixed, macUnits }: Chip): Promise<{ manifest: RomManifest; read: ReadImage }> {
  const { dir, manifest } = await exportRom(model, { folder: path.join(home, "rom"), formats: ["mem"], fixed, macUnits, overwrite: true });
  const parsed = parseRomManifest(await readFile(manifest, "utf8"))!;
  const read: ReadImage = async (name) => {
    const { width } = parsed.images.find((image) => image.name === name)!;
    return memBits(await readFile(path.join(dir, `${name}.mem`), "utf8"), width);
  };
  return { manifest: parsed, read };
}

/** Fields of a word from lane 0 on; lane 0 is its low end. */
function fields(word: string, bits: number): string[] {
  return Array.from({ length: word.length / bits }, (_, lane) => word.slice(word.length - (lane + 1) * bits, word.length - lane * bits));
}

const fieldBits = { binary: 1, ternary: 2 } as const;

/** A weight matrix [inputs][gate row], from its image. */
async function matrixIn(read: ReadImage, chip: Chip, layer: number, kind: "input" | "recurrent"): Promise<number[][]> {
  const fixed = chip.fixed.layers[layer]!;
  const { precision, rows: inputs, columns: gateRows } = kind === "input" ? fixed.inputWeights : fixed.recurrentWeights;
  const bits = precision === "full" ? chip.fixed.formats.hidden.bits : fieldBits[precision];
  const perWord = kind === "input" && fixed.inputKind === "one-hot" ? 1 : chip.fixed.columnsPerCycle;
  const prefix = chip.fixed.layers.length > 1 ? `layer${layer}_` : "";
  const words = await read(`${prefix}${kind}_weights`);
  const matrix = Array.from({ length: inputs }, () => new Array<number>(gateRows).fill(Number.NaN));
  const wordsOfGroup = Math.ceil(inputs / perWord);
  rowGroups(fixed, chip.macUnits).forEach(({ firstRow, rows }, group) => {
    for (let word = 0; word < wordsOfGroup; word++) {
      const lanes = fields(words[group * wordsOfGroup + word]!, bits);
      for (let lane = 0; lane < rows * perWord; lane++) {
        const input = word * perWord + (lane % perWord);
        if (input < inputs) {
          const value = precision === "binary" ? (lanes[lane] === "1" ? 1 : -1) : signedValue(lanes[lane]!);
          matrix[input]![firstRow + Math.floor(lane / perWord)] = value;
        }
      }
    }
  });
  return matrix;
}

const arrays = { 1: Int8Array, 2: Int16Array, 4: Int32Array } as const;

function unpacked({ bytes, base64 }: PackedWeights, gateRows: number): number[][] {
  const content = new Uint8Array(Buffer.from(base64, "base64"));
  const codes = [...new arrays[bytes](content.buffer)];
  return Array.from({ length: codes.length / gateRows }, (_, input) => codes.slice(input * gateRows, (input + 1) * gateRows));
}

const sumOver = (weights: number[][], values: readonly number[], row: number): number =>
  values.reduce((sum, value, input) => sum + value * weights[input]![row]!, 0);

/** What the integer model says before, in and after the shown timestep of each layer. */
function expected({ chip, data }: Made) {
  const network = new IntegerNetwork(chip.fixed);
  const { sequence } = momentIn(data, chip);
  const states: { hidden: number[]; cell: number[]; preactivations: number[]; gates: number[]; recurrentSums: number[]; inputSums: number[] }[][] = [];
  for (let timestep = 0; timestep < timestepsOf(sequence); timestep++) {
    const traces = network.step(integerInput(network, sequence, timestep));
    states.push(traces.map(({ hidden, cell, preactivations, gates, recurrentSums, inputSums }) => ({
      hidden: [...hidden],
      cell: [...cell],
      preactivations: [...preactivations],
      gates: [...gates],
      recurrentSums: [...recurrentSums],
      inputSums: [...inputSums],
    })));
  }
  return { before: states.at(-2)!, shown: states.at(-1)! };
}

async function constant(read: ReadImage, name: string, lanes = 1): Promise<number[]> {
  const words = await read(name);
  return words.flatMap((word) => fields(word, word.length / lanes).map(signedValue));
}

/** Sums from the ROM's weights and what the panel says is broadcast. */
function expectSums(values: PipelineValues, input: number[][], recurrent: number[][], units: number): void {
  values.recurrentSums.forEach((sum, row) => {
    const readsReset = values.candidateHidden !== null && row >= 2 * units;
    expect(sum).toBe(sumOver(recurrent, readsReset ? values.candidateHidden! : values.hidden, row));
  });
  values.inputSums.forEach((sum, row) => {
    expect(sum).toBe(values.input.kind === "symbol" ? input[values.input.id]![row] : sumOver(input, values.input.integers, row));
  });
}

const base = { units: 6, symbols: symbolCount, precision: "ternary" } as const;
const cases: [name: string, model: RandomModelOptions, options: ChipOptions][] = [
  ["LSTM", base, { macUnits: 5 }],
  ["LSTM of bits, four columns a cycle", { ...base, precision: "binary", units: 10 }, { macUnits: 7, columnsPerCycle: 4 }],
  ["full-precision LSTM of 9 bits", { ...base, precision: "full" }, { macUnits: 8, activationBits: 9, cellBits: 13, constantBits: 11 }],
  ["GRU that resets after", { ...base, cell: "gru", reset: "after" }, { macUnits: 4, lookUp: { entries: 64, interpolation: "none" } }],
  ["GRU that resets before, two columns", { ...base, cell: "gru", reset: "before", precision: "binary" }, { macUnits: 5, columnsPerCycle: 2 }],
  ["stack", { ...base, units: [6, 3, 4] }, { macUnits: 4, columnsPerCycle: 2 }],
  ["stack of GRUs", { ...base, units: [5, 4], cell: "gru", reset: "before" }, {}],
  ["features", { ...base, symbols: 2, inputKind: "dense" }, { macUnits: 3, columnsPerCycle: 2 }],
  ["full-precision GRU over features", { ...base, symbols: 2, inputKind: "dense", cell: "gru", precision: "full" }, { activationBits: 7 }],
  ["word vectors", { ...base, inputKind: "embedding" }, { macUnits: 6, columnsPerCycle: 2 }],
  ["delta updates", { ...base, units: 12 }, { deltaThreshold: 500, macUnits: 6 }],
  ["exact delta updates of a GRU", { ...base, cell: "gru", reset: "after" }, { deltaThreshold: 0 }],
  ["wider MAC units", base, { precision: "full", activationBits: 8 }],
  ["assumed ranges", base, { calibrate: false }],
];

describe("every integer of the panel is the exported chip's", () => {
  test.each(cases)("%s", async (_, model, options) => {
    const made = make(model, options);
    const { chip, snapshot } = made;
    const { manifest, read } = await exported(chip);
    const { before, shown } = expected(made);
    expect(snapshot.layers).toHaveLength(chip.fixed.layers.length);
    for (const [layer, { shape, values }] of snapshot.layers.entries()) {
      const { units, cell } = chip.fixed.layers[layer]!;
      const prefix = chip.fixed.layers.length > 1 ? `layer${layer}_` : "";
      const input = await matrixIn(read, chip, layer, "input");
      const recurrent = await matrixIn(read, chip, layer, "recurrent");
      const gateRows = recurrent[0]!.length;
      expect(unpacked(values!.inputWeights, gateRows)).toEqual(input);
      expect(unpacked(values!.recurrentWeights, gateRows)).toEqual(recurrent);
      expect(values!.scales).toEqual(await constant(read, `${prefix}gate_scale_recurrent`));
      expectSums(values!, input, recurrent, units);
      const { hidden, cell: nextCell, ...signals } = shown[layer]!;
      expect(values).toMatchObject({ ...signals, nextHidden: hidden });
      expect([values!.cell, values!.nextCell]).toEqual(cell === "lstm" ? [before[layer]!.cell, nextCell] : [null, null]);
      if (options.deltaThreshold === undefined || options.deltaThreshold === 0) {
        expect(values!.hidden).toEqual(before[layer]!.hidden);
      }
      if (layer > 0) {
        expect(values!.input).toEqual({ kind: "features", name: `h of layer ${layer - 1}`, integers: shown[layer - 1]!.hidden });
      }
      expect(shape).toMatchObject({ macUnits: manifest.macUnits, columnsPerCycle: options.columnsPerCycle ?? 1, units, cell });
      expect((manifest.model.layers[layer] as { cellRange?: string }).cellRange ?? null).toBe(values!.cellRange);
      expect(values!.formats.hidden.bits).toBe(chip.fixed.formats.hidden.bits);
    }
  });

  test("from the initial states on", async () => {
    const { chip, data } = make({ ...base, units: 8 }, { columnsPerCycle: 2, macUnits: 4 });
    const [first] = partSequences(data, chip.model.input, "validation", 1);
    const { read } = await exported(chip);
    const { values } = chipPipeline(chip, { sequence: first!, name: "x", place: "timestep 1" }).layers[0]!;
    expect(values!.hidden).toEqual(await constant(read, "initial_hidden", 2));
    expect(values!.cell).toEqual(await constant(read, "initial_cell"));
  });
});

describe("the shown timestep", () => {
  test("of a text is the sixteenth of the validation part, by its symbol or by whose vector it reads", () => {
    const { chip, data, snapshot } = make(base, {});
    const id = (data as SymbolData).validation[15]!;
    expect(snapshot.layers[0]!.values!.input).toEqual({ kind: "symbol", id, name: (data as SymbolData).symbols[id] });
    expect(snapshot.chip).toMatchObject({ timestep: "timestep 16 of the validation part", ranges: expect.stringMatching(/seen in 60 timesteps/) });
    expect(snapshot.title).toBe(chip.name);
    const words = make({ ...base, inputKind: "embedding" }, {});
    expect(words.snapshot.layers[0]!.values!.input).toMatchObject({ name: `the vector of ${JSON.stringify((data as SymbolData).symbols[id])}` });
  });

  test("of a picture is one that reads something, never silent zeros", () => {
    const { chip } = make({ ...base, symbols: 2, inputKind: "dense" }, {});
    const drawn = (place: number | undefined): SequenceData => {
      const { train, test: tested, ...rest } = sequenceData();
      const values = new Float32Array(9 * 2);
      if (place !== undefined) {
        values[2 * place + 1] = 1;
      }
      return { ...rest, train, test: tested, validation: { values, labels: Int32Array.of(0) } };
    };
    expect(momentIn(drawn(7), chip)).toMatchObject({ name: "features of timestep 8", place: "timestep 8 of the first sequence of the validation part" });
    expect(momentIn(drawn(7), chip).sequence).toMatchObject({ values: expect.objectContaining({ length: 16 }) });
    expect(momentIn(drawn(undefined), chip).name).toBe("features of timestep 5");
    const empty: SequenceData = { ...drawn(7), validation: { values: new Float32Array(0), labels: new Int32Array(0) } };
    expect(() => momentIn(empty, chip)).toThrow(RunDataError);
  });
});
