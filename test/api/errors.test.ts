import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import * as tl from "../../src/api/index.js";
import { leastTrainingBytes, requireMemory } from "../../src/rnn/training/trainingMemory.js";
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
  const layer = (options: () => object) => () => small({ layers: [tl.lstm(wrong({ units: 8, ...options() }))] });
  test.each<[string, () => unknown, RegExp]>([
    ["noise of negative deviation", layer(() => ({ initialNoise: -0.1 })), /initialNoise of tl\.lstm\(\) is -0\.1: give a number from 0 to 10/],
    ["noise on states that are carried", layer(() => ({ initialNoise: 0.1, initialState: "carried" })), /layers\[0\]\.initialNoise of tl\.experiment\(\): .*use initialState "learned" or "zero"/],
    ["one bit for h", () => tl.fixedState({ hiddenBits: 1 }), /hiddenBits of tl\.fixedState\(\) is 1: give a whole number from 2 to 24/],
    ["too few bits for the range of c", () => tl.fixedState({ cellBits: 3, cellRange: 8 }), /tl\.fixedState\(\) is .*: cellBits must reach/],
    ["iterations of an exact solver", () => tl.laq({ solver: "exact", iterations: 3 }), /iterations for solver "alternating" only/],
    ["a solver that there is not", () => tl.laq(wrong({ solver: "best" })), /solver of tl\.laq\(\) is "best": give "alternating" or "exact"/],
    ["a clip that is a number", () => tl.ternary({ clip: wrong(1) }), /clip of tl\.ternary\(\) is 1: give true or false/],
    ["scales of columns", () => tl.laq({ scales: wrong("column") }), /scales of tl\.laq\(\) is "column": give "gate" or "matrix"/],
    ["n-grams of a number", () => tl.ngram(wrong(5)), /tl\.ngram\(\) takes a text, .*not 5/],
    ["negative steps", () => small({ steps: -1 }), /steps of tl\.experiment\(\) is -1: give .*above 0/],
    ["several fields at once", () => small({ steps: -1, seed: 0.5 }), /^steps of tl\.experiment\(\) is -1: .*\nseed of tl\.experiment\(\) is 0\.5: /],
    ["statistics of each timestep of a text", layer(() => ({ normaliser: tl.batchNorm({ statistics: "per-timestep" }) })), /layers\[0\]\.normaliser of tl\.experiment\(\): .*use statistics "shared"/],
    ["a model that is none", () => tl.experiment(wrong({ task, model: { fit() {} }, steps: 1 })), /takes a tf\.sequential of .* as model, not the object \{ fit \}/],
  ])("%s", (_, mistake, message) => {
    expect(mistake).toThrow(message);
  });
});

describe("what can be checked is checked before there is a run", () => {
  const runs = () => path.join(folder.path, "runs");
  const classify = (values: number[][], options: object = {}) => {
    const sequences = tl.data.fromArrays("rows", { sequences: values, labels: values.map((_, n) => n % 2) });
    return tl.experiment({ task: tl.classification(sequences, options), layers: [tl.lstm({ units: 4 })], steps: 4, ...options });
  };
  const rows = Array.from({ length: 200 }, (_, n) => [n % 7, n % 2, -n % 5, 1]);

  test("a table of 200 rows trains with the defaults, in minibatches of its smallest part", async () => {
    const experiment = classify(rows);
    expect(experiment.spec.task.batchSize).toBe(20);
    expect(experiment.task.notes).toEqual(['batchSize is 20, the sequences that the validation part of "rows" has, and not 100 as usual.']);
    const run = await experiment.train({ runs: runs() });
    expect((await run.evaluate("validation")).deployable.accuracy).toBeGreaterThanOrEqual(0);
  });

  test("a text too short for the usual minibatch has a smaller one", () => {
    const windows = (characters: number) => tl.characterModel(tl.data.fromString("short", "ab".repeat(characters / 2)), { sequenceLength: 10 });
    // A tenth of 1000 characters has 9 windows of 10 with a character that follows.
    expect(windows(1000).spec.batchSize).toBe(9);
    expect(windows(1000).data()).toMatchObject({ symbols: ["a", "b"] });
    expect(windows(100_000).spec.batchSize).toBe(32);
    expect(tl.wordModel(tl.data.fromString("words", "a b ".repeat(500)), { sequenceLength: 10 }).spec.batchSize).toBe(9);
  });

  test("values that no network can add up leave no run behind", async () => {
    await expect(classify(rows.map((row) => row.map((value) => value * 1e37))).train({ runs: runs() })).rejects.toThrow(/^Training diverged at step 1: .*tl\.clipNorm\(1\)/);
    await expect(readdir(runs())).rejects.toThrow("ENOENT");
  });

  test("nor does a network that needs more memory than there is", async () => {
    const large = tl.experiment({ task, layers: [tl.lstm({ units: 65_536 })], steps: 1 });
    const { parameters, bytes } = leastTrainingBytes(large.spec, large.data);
    // Four gates of a recurrent matrix, the rest of the parameters below a hundredth of it; latent, gradient, two moments of 4 bytes each.
    expect(parameters / (4 * 65_536 ** 2)).toBeCloseTo(1, 2);
    expect(bytes).toBeGreaterThan(16 * parameters);
    expect(() => requireMemory(large.spec, large.data, undefined, bytes - 1)).toThrow(/takes at least \d+\.\d GB of memory, and this machine has .*choose fewer units/);
    expect(() => requireMemory(large.spec, large.data, undefined, bytes)).not.toThrow();
  });
});

test("a damaged checkpoint is named, with what to do, and nothing else is touched", async () => {
  const { dir } = await small({}).train({ runs: folder.path });
  const file = path.join(dir, "checkpoint.safetensors");
  await writeFile(file, (await readFile(file)).subarray(0, 500));
  await expect(tl.openRun(dir)).rejects.toThrow(/checkpoint\.safetensors is not a valid safetensors file.* Put back a copy of the file, or start a new run\./);
  expect(await readdir(dir)).toEqual(expect.arrayContaining(["events.jsonl", "model.safetensors", "result.json"]));
});

async function withTable(text: string, use: (file: string) => Promise<unknown>): Promise<unknown> {
  const file = path.join(folder.path, "table.csv");
  await writeFile(file, text);
  return use(file);
}

test.each<[string, () => Promise<unknown>, RegExp]>([
  ["a number for a text file", () => tl.data.textFile(wrong(3)), /tl\.data\.textFile\(\) takes a path, .*not 3/],
  ["a number for a CSV file", () => tl.data.csv(wrong(3), { label: 0 }), /tl\.data\.csv\(\) takes a path, .*not 3/],
  ["a misspelt option of a CSV file", () => tl.data.csv("a.csv", wrong({ label: "c", delimeter: ";" })), /has no option "delimeter"; its options are .*delimiter/],
  ["no label column", () => tl.data.csv("a.csv", wrong({})), /needs the column of the labels/],
  ["no label column of a table", () => withTable("a;b;kind\n1;2;x\n3;4;y\n", (file) => tl.data.csv(file, wrong({}))), /needs the column of the labels, .*; its columns are "a", "b", "kind"$/],
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
    await expect(run.sample("the", wrong({ seed: "x" }))).rejects.toThrow(/seed of run\.sample\(\) is "x": give a whole number of at least 0/);
    await expect(run.evaluate(wrong("tset"))).rejects.toThrow(/takes "training" or "validation" or "test", not 'tset'/);
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
