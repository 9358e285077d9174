import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import * as tl from "../../src/api/index.js";
import { temporaryFolder } from "../temporaryFolder.js";

/**
 * What a newcomer gets wrong in a cell, which nothing type checks: each mistake is one error that names value, place and
 * remedy.
 */

/** A value as a cell may give it, of any type. */
const wrong = (value: unknown): never => value as never;

const folder = temporaryFolder();
const fox = tl.data.fromString("fox", "the quick brown fox jumps over the lazy dog; ".repeat(60));
const task = tl.characterModel(fox, { sequenceLength: 8, batchSize: 4 });
const small = (options: object = {}) => tl.experiment(wrong({ task, layers: [tl.lstm({ units: 8 })], steps: 5, ...options }));

beforeAll(async () => {
  await buildNative("dist/native");
});

describe("a misspelt or misplaced option is told with the ones that there are", () => {
  test.each<[string, () => unknown, RegExp]>([
    ["of a layer", () => tl.lstm(wrong({ unit: 8, quantizer: tl.binary() })), /tl\.lstm\(\) has no option "unit", "quantizer"; its options are units, quantiser/],
    ["of a GRU", () => tl.gru(wrong({ units: 8, cellNormaliser: tl.noNorm() })), /tl\.gru\(\) has no option "cellNormaliser"/],
    ["of an experiment", () => small({ learningRate: 0.1 }), /tl\.experiment\(\) has no option "learningRate"; .*optimiser/],
    ["of a task", () => tl.characterModel(fox, wrong({ seqLength: 8 })), /tl\.characterModel\(\) has no option "seqLength"; .*sequenceLength/],
    ["of an optimiser", () => tl.adam(wrong({ lr: 0.1 })), /tl\.adam\(\) has no option "lr"; its options are learningRate, clipping/],
    ["of a quantiser", () => tl.ternary(wrong({ sample: "deterministic" })), /tl\.ternary\(\) has no option "sample"/],
    ["a threshold of the sign", () => tl.binary(wrong({ threshold: 0.5 })), /tl\.binary\(\) has no threshold, .*tl\.ternary\(\{ threshold \}\)/],
    ["of LAB", () => tl.lab(wrong({ scale: "gate" })), /tl\.lab\(\) has no option "scale"; its options are scales/],
    ["of n-grams", () => tl.ngram(fox, wrong({ order: 5 })), /tl\.ngram\(\) has no option "order"; its options are maxOrder, split/],
    ["of a normaliser", () => tl.batchNorm(wrong({ eps: 1 })), /tl\.batchNorm\(\) has no option "eps"/],
    ["a number for options", () => tl.adam(wrong(0.01)), /tl\.adam\(\) takes an object of options, .*not 0\.01/],
    ["no options at all", () => tl.lstm(wrong(undefined)), /tl\.lstm\(\) takes an object of options, tl\.lstm\(\{ units: \.\.\. \}\), not undefined/],
    ["of zoneout", () => tl.lstm({ units: 8, zoneout: wrong({ hiden: 0.1 }) }), /zoneout of tl\.lstm\(\) has no option "hiden"; its options are hidden, cell/],
    ["of a GRU's zoneout", () => tl.gru({ units: 8, zoneout: wrong({ cell: 0.1 }) }), /zoneout of tl\.gru\(\) has no option "cell"/],
    ["a number for zoneout", () => tl.lstm({ units: 8, zoneout: wrong(0.1) }), /zoneout of tl\.lstm\(\) takes an object of options, .*not 0\.1/],
    ["of arrays", () => tl.data.fromArrays("a", wrong({ values: [[1]], labels: [1] })), /tl\.data\.fromArrays\(\) has no option "values"; its options are sequences, labels, width/],
    ["of how arrays are dealt", () => tl.data.fromArrays("a", { sequences: [[1]], labels: [1] }, wrong({ splitt: 1 })), /fromArrays\(\) has no option "splitt"/],
    ["no arrays", () => tl.data.fromArrays("a", wrong(undefined)), /tl\.data\.fromArrays\(\) takes an object of options/],
    ["no labels", () => tl.data.fromArrays("a", wrong({ sequences: [[1]] })), /needs a list of labels, .*not undefined/],
    ["of a layer for TensorFlow.js", () => tl.layers.lstm(wrong({ units: 8, nonsense: 1 })), /tl\.layers\.lstm\(\) has no option "nonsense"; its options are units, /],
    ["of a GRU layer", () => tl.layers.gru(wrong({ units: 8, cellNormaliser: { kind: "none" } })), /tl\.layers\.gru\(\) has no option "cellNormaliser"; .*reset.*cellNormaliser: did you mean normaliser\?/],
    ["of a layer's zoneout", () => tl.layers.lstm(wrong({ units: 8, zoneout: { hiden: 0.1 } })), /zoneout of tl\.layers\.lstm\(\) has no option "hiden"; .*did you mean hidden\?/],
    ["of a layer's state", () => tl.layers.lstm(wrong({ units: 8, state: { hiddenBit: 8 } })), /state of tl\.layers\.lstm\(\) has no option "hiddenBit"/],
    ["of a state", () => tl.lstm({ units: 8, state: wrong({ hiddenBits: 8, cellBit: 3 }) }), /state of tl\.lstm\(\) has no option "cellBit"; .*did you mean cellBits\?/],
    ["of a quantiser for each matrix", () => tl.lstm({ units: 8, quantiser: wrong({ input: tl.binary(), recurent: tl.binary() }) }), /quantiser of tl\.lstm\(\) has no option "recurent"; .*did you mean recurrent\?/],
    ["of an output", () => small({ output: { quantizer: tl.ternary() } }), /output of tl\.experiment\(\) has no option "quantizer"; .*did you mean quantiser\?/],
    ["of a vocabulary", () => tl.wordModel(fox, { vocabulary: wrong({ minCount: 2 }) }), /vocabulary of tl\.wordModel\(\) has no option "minCount"; .*did you mean minimumCount\?/],
    ["of the quickest road", () => tl.ternaryCharacterModel(fox, wrong({ steps: 1, sequnceLength: 8 })), /tl\.ternaryCharacterModel\(\) has no option "sequnceLength"; .*did you mean sequenceLength\?/],
    ["two letters that changed places", () => tl.adam(wrong({ cilpping: tl.clipNorm(1) })), /cilpping: did you mean clipping\?$/],
    ["no experiment", () => tl.experiment(wrong(undefined)), /tl\.experiment\(\) takes an object of options/],
  ])("%s", (_, mistake, message) => {
    expect(mistake).toThrow(message);
  });
});

describe("a misspelt option of what takes time is told at once", () => {
  test("of training: no folder is made", async () => {
    const runs = path.join(folder.path, "none");
    await expect(small().train(wrong({ rusn: runs }))).rejects.toThrow(/experiment\.train\(\) has no option "rusn"; its options are runs; rusn: did you mean runs\?/);
    await expect(readdir(runs)).rejects.toThrow("ENOENT");
  });

  test("of what a run and an accelerator write", async () => {
    const run = await small().train({ runs: folder.path });
    const chip = await run.accelerator({ macUnits: 8, calibrate: false });
    const file = path.join(folder.path, "none");
    const mistakes: [Promise<unknown>, RegExp][] = [
      [chip.exportRom(file, wrong({ format: ["mem"] })), /accelerator\.exportRom\(\) has no option "format"; .*did you mean formats\?/],
      [chip.exportRom(file, wrong({ layout: { bitorder: "msb-first" } })), /layout of accelerator\.exportRom\(\) has no option "bitorder"; .*did you mean bitOrder\?/],
      [chip.exportVerilog(file, wrong({ timestep: 3 })), /exportVerilog\(\) has no option "timestep"/],
      [chip.schedule().save(`${file}.vcd`, wrong({ until: 3 })), /schedule\.save\(\) has no option "until"/],
      [run.accelerator(wrong({ macs: 8 })), /run\.accelerator\(\) has no option "macs"; .*did you mean macUnits\?/],
      [run.accelerator({ calibrate: wrong({ steps: 8 }) }), /calibrate of run\.accelerator\(\) has no option "steps"; .*did you mean timesteps\?/],
      [run.accelerator({ lookUp: wrong({ words: 8 }) }), /lookUp of run\.accelerator\(\) has no option "words"/],
      [run.exportOnnx(`${file}.onnx`, wrong({ format: "qonnx" })), /run\.exportOnnx\(\) has no option "format"/],
      [run.sample("the", wrong({ temprature: 1 })), /run\.sample\(\) has no option "temprature"; .*did you mean temperature\?/],
      [run.weights("input", wrong({ layers: 1 })), /run\.weights\(\) has no option "layers"; .*did you mean layer\?/],
    ];
    for (const [mistake, message] of mistakes) {
      await expect(mistake).rejects.toThrow(message);
    }
    await expect(readdir(file)).rejects.toThrow("ENOENT");
  });
});

describe("a wrong value is told with its field", () => {
  const layer = (options: object) => () => small({ layers: [tl.lstm(wrong({ units: 8, ...options }))] });
  test.each<[string, () => unknown, RegExp]>([
    ["units", layer({ units: "8" }), /layers\.0\.units is "8": .*expected number/],
    ["a dropout of 1", layer({ dropout: 1 }), /layers\.0\.dropout is 1: .*<1/],
    ["noise of negative deviation", layer({ initialNoise: -0.1 }), /layers\.0\.initialNoise is -0\.1: .*>=0/],
    ["noise on states that are carried", layer({ initialNoise: 0.1, initialState: "carried" }), /layers\.0\.initialNoise: .*use initialState "learned" or "zero"/],
    ["a range of c that is no power of two", layer({ state: tl.fixedState({ cellRange: 6 }) }), /layers\.0\.state\.cellRange is 6: must be a power of two/],
    ["one bit for h", layer({ state: tl.fixedState({ hiddenBits: 1 }) }), /layers\.0\.state\.hiddenBits is 1: .*>=2/],
    ["too few bits for the range of c", layer({ state: tl.fixedState({ cellBits: 3, cellRange: 8 }) }), /layers\.0\.state: cellBits must reach/],
    ["iterations of an exact solver", () => tl.laq({ solver: "exact", iterations: 3 }), /iterations for solver "alternating" only/],
    ["a solver that there is not", layer({ quantiser: tl.laq(wrong({ solver: "best" })) }), /solver is "best": .*"alternating"\|"exact"/],
    ["a quantiser by name", layer({ quantiser: "ternary" }), /layers\.0\.quantiser\.input is "ternary": .*expected object/],
    ["a quantiser that was not called", layer({ quantiser: tl.ternary }), /layers\.0\.quantiser\.input: .*received function/],
    ["a sampling that there is not", layer({ quantiser: tl.ternary(wrong({ sampling: "random" })) }), /sampling is "random": .*"stochastic"\|"deterministic"/],
    ["no quantiser at all", layer({ quantiser: null }), /layers\.0\.quantiser\.input: .*expected object/],
    ["two fractions", () => tl.experiment({ task: tl.characterModel(fox, { split: wrong([1, 1]) }), layers: [tl.lstm({ units: 8 })], steps: 1 }), /split of tl\.characterModel\(\) is a list of 2: give three fractions above 0 that sum to 1/],
    ["a threshold of the whole magnitude", layer({ quantiser: tl.ternary({ threshold: 1 }) }), /input\.threshold is 1: .*<1/],
    ["a magnitude of 0", layer({ quantiser: tl.binary({ magnitude: 0 }) }), /input\.magnitude is 0: .*>0/],
    ["a clip that is a number", layer({ quantiser: tl.ternary({ clip: wrong(1) }) }), /input\.clip is 1: .*boolean/],
    ["scales of columns", layer({ quantiser: tl.laq({ scales: wrong("column") }) }), /scales is "column": .*"gate"\|"matrix"/],
    ["half an n-gram", () => tl.ngram(fox, { maxOrder: 2.5 }), /tl\.ngram\(\) takes a maxOrder from 1 to 255, .*not 2\.5/],
    ["n-grams of a number", () => tl.ngram(wrong(5)), /tl\.ngram\(\) takes a text, .*not 5/],
    ["nine bits", layer({ quantiser: tl.doReFa({ bits: 9 }) }), /input\.bits is 9: .*<=8/],
    ["no draws", () => small({ shipping: tl.bestOf(0) }), /shipping\.draws is 0: .*>0/],
    ["negative steps", () => small({ steps: -1 }), /steps is -1: .*>0/],
    ["a layer that is no list", () => small({ layers: tl.lstm({ units: 8 }) }), /layers in a list/],
    ["no task", () => small({ task: undefined }), /needs a task, .*not undefined/],
    ["a text for a task", () => small({ task: fox }), /needs a task/],
    ["a text for sequences", () => tl.classification(wrong(fox)), /tl\.classification\(\) takes sequences/],
    ["sequences that are no text", () => tl.characterModel(wrong("fox")), /tl\.characterModel\(\) takes a text, .*not 'fox'/],
    ["a number for a text", () => tl.data.fromString("n", wrong(5)), /takes a name and a text, not 5/],
    ["statistics of each timestep of a text", layer({ normaliser: tl.batchNorm({ statistics: "per-timestep" }) }), /use statistics "shared"/],
    ["a loss-aware quantiser without Adam", () => small({ layers: [tl.lstm({ units: 8, quantiser: tl.lab() })], optimiser: tl.sgd() }), /use the adam optimiser/],
  ])("%s", (_, mistake, message) => {
    expect(mistake).toThrow(message);
  });
});

test("a damaged checkpoint is named, with what to do, and nothing else is touched", async () => {
  const { dir } = await small({}).train({ runs: folder.path });
  const file = path.join(dir, "checkpoint.safetensors");
  await writeFile(file, (await readFile(file)).subarray(0, 500));
  await expect(tl.openRun(dir)).rejects.toThrow(/checkpoint\.safetensors is not a valid safetensors file.* Put back a copy of the file, or start a new run\./);
  expect(await readdir(dir)).toEqual(expect.arrayContaining(["events.jsonl", "model.safetensors", "result.json"]));
});

test.each<[string, () => Promise<unknown>, RegExp]>([
  ["a number for a text file", () => tl.data.textFile(wrong(3)), /tl\.data\.textFile\(\) takes a path, .*not 3/],
  ["a number for a CSV file", () => tl.data.csv(wrong(3), { label: 0 }), /tl\.data\.csv\(\) takes a path, .*not 3/],
  ["a misspelt option of a CSV file", () => tl.data.csv("a.csv", wrong({ label: "c", delimeter: ";" })), /has no option "delimeter"; its options are .*delimiter/],
  ["no label column", () => tl.data.csv("a.csv", wrong({})), /needs the column of the labels/],
  ["two characters between fields", () => tl.data.csv("a.csv", { label: "c", delimiter: "::" }), /delimiter of tl\.data\.csv\(\) is "::": give one character/],
  ["a number for a run", () => tl.openRun(wrong(7)), /tl\.openRun\(\) takes the directory of a run, not 7/],
])("%s is told before any work", async (_, mistake, message) => {
  await expect(mistake()).rejects.toThrow(message);
});

test("timesteps that do not go side by side are counted", () => {
  const sequences = Array.from({ length: 60 }, (_, index) => [1, 2, index]);
  const odd = tl.data.fromArrays("odd", { sequences, labels: sequences.map((_, index) => index % 2) });
  const experiment = (grouped: number) =>
    tl.experiment({ task: tl.classification(odd, { batchSize: 2, grouped }), layers: [tl.lstm({ units: 4, normaliser: tl.weightNorm() })], steps: 1 });
  expect(() => experiment(2)).toThrow("3 timesteps cannot be put side by side 2 at a time");
  expect(experiment(3).data).toMatchObject({ timesteps: 1, width: 3 });
});

describe("a run", () => {
  test("names what it cannot sample, evaluate or show, and shows the candidates that it chose from", async () => {
    const run = await small({ shipping: tl.bestOf(2) }).train({ runs: folder.path });
    await expect(run.sample("Ü")).rejects.toThrow(/"Ü"/);
    await expect(run.sample("the", wrong({ heat: 1 }))).rejects.toThrow(/run\.sample\(\) has no option "heat"/);
    await expect(run.sample(wrong(5))).rejects.toThrow(/run\.sample\(\) takes a prompt, .*not 5/);
    await expect(run.sample("the", wrong({ seed: "x" }))).rejects.toThrow(/a seed that is a whole number of 0 or more, not x/);
    await expect(run.evaluate(wrong("tset"))).rejects.toThrow(/takes "validation" or "test", not 'tset'/);
    await expect(run.weights(wrong("hidden"))).rejects.toThrow(/takes "input" or "recurrent", not 'hidden'/);
    const { losses, chosen } = await run.candidates();
    expect(losses.map(({ choice }) => choice)).toEqual(["deterministic", "draw 1", "draw 2"]);
    const best = Math.min(...losses.map(({ validationLoss }) => validationLoss!));
    expect(losses.find(({ validationLoss }) => validationLoss === best)?.choice).toBe(chosen);
  });

  test("opens neither with another text nor from a damaged checkpoint, and keeps both", async () => {
    const run = await small().train({ runs: folder.path });
    const copy = async (name: string) => {
      const dir = path.join(folder.path, name);
      await cp(run.dir, dir, { recursive: true });
      return dir;
    };
    const other = await copy("other-text");
    await writeFile(path.join(other, "corpus.txt"), "another text ".repeat(200));
    await expect(tl.openRun(other)).rejects.toThrow(/has changed since the run began.*put the old text back/);

    const damaged = await copy("damaged");
    const file = path.join(damaged, "checkpoint.safetensors");
    const bytes = await readFile(file);
    bytes[bytes.length - 100]! ^= 0x40;
    await writeFile(file, bytes);
    await expect(tl.openRun(damaged)).rejects.toThrow(/checkpoint is damaged/);
    await writeFile(file, bytes.subarray(0, 1000));
    await expect(tl.openRun(damaged)).rejects.toThrow(/may be cut short/);
    expect((await readFile(file)).length).toBe(1000);
  });
});
