import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import { displaySymbol } from "../../src/display/host.js";
import * as tl from "../../src/api/index.js";
import { predict } from "../../src/jobs/predict.js";
import { csvRows } from "../../src/data/csv/rows.js";
import { tensorKernel } from "../../src/rnn/kernels/tensorKernel.js";
import { packModel } from "../../src/rnn/inference/packed/packedModel.js";
import { PackedStream } from "../../src/rnn/inference/packed/packedStream.js";
import { readRun } from "../../src/runs/readRun.js";
import { ReferenceStream, referenceNats, shippedProduct, symbolRow } from "../rnn/referenceDeployed.js";
import { precision } from "../rnn/singlePrecision.js";

let folder: string;
const inFolder = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  await buildNative("dist/native");
  folder = await mkdtemp(path.join(os.tmpdir(), "tritloom-predict-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const sentence = "the quick brown fox jumps over the lazy dog;\n";

async function textRun(): Promise<tl.Run> {
  const task = tl.characterModel(tl.data.fromString("fox", sentence.repeat(260)), { sequenceLength: 8, batchSize: 4 });
  return tl.experiment({ task, layers: [tl.lstm({ units: 8 }), tl.gru({ units: 6 })], steps: 6, validateEvery: 3 }).train({ runs: folder });
}

describe("predictions of a text", () => {
  let run: tl.Run;
  let deployed: Awaited<ReturnType<tl.Run["deployed"]>>;
  const all = sentence.repeat(260);
  const testText = all.slice(Math.floor(all.length * 0.8) + Math.floor(all.length * 0.1));
  beforeAll(async () => {
    run = await textRun();
    deployed = await run.deployed();
  });
  const ofText = async (given: tl.GivenData): Promise<tl.TextPredictions> => {
    const predictions = await run.predict(given);
    expect(predictions).toBeInstanceOf(tl.TextPredictions);
    return predictions as tl.TextPredictions;
  };

  it("have exactly the published figure of the test part, which is the mean of the symbols' losses", async () => {
    const { deployable } = await run.evaluate("test");
    const { result } = await readRun(run.dir);
    const predictions = await ofText("test");
    expect(predictions.score).toEqual(deployable);
    expect(predictions.score!.bpc).toBe(result!.deployableTestBpc);
    expect(predictions.count).toBe(testText.length);
    // More than one piece of 1,000 symbols.
    expect(predictions.losses).toHaveLength(testText.length - 1);
    expect(testText.length).toBeGreaterThan(1001);
    const mean = predictions.losses.reduce((sum, loss) => sum + loss, 0) / predictions.losses.length;
    // Each loss is rounded to single precision; they are below 8.
    expect(Math.abs(mean - deployable.loss)).toBeLessThan(8 * 2 ** -23);
    const right = predictions.predicted.filter((id, at) => id === predictions.ids[at + 1]).length;
    expect(right / predictions.predicted.length).toBe(deployable.accuracy);
  });

  it("are those of the model's equations, symbol by symbol", async () => {
    const text = testText.slice(0, 120);
    const { losses, predicted, logits, next, symbols, ids } = await ofText({ text });
    expect(ids).toEqual(Int32Array.from(text, (character) => symbols.indexOf(character)));
    const stream = new ReferenceStream(deployed.layers);
    for (let at = 0; at < ids.length; at++) {
      const hidden = stream.read(symbolRow(deployed, ids[at]!));
      const expected = shippedProduct(hidden, deployed.outputWeights).map((value, id) => value + deployed.outputBias[id]!);
      if (at + 1 < ids.length) {
        expect(Math.abs(losses[at]! - referenceNats(deployed, hidden, ids[at + 1]!))).toBeLessThan(precision);
        const row = Array.from(logits.subarray(at * symbols.length, (at + 1) * symbols.length));
        row.forEach((logit, id) => expect(Math.abs(logit - expected[id]!)).toBeLessThan(precision));
        expect(predicted[at]).toBe(row.indexOf(Math.max(...row)));
      } else {
        const sum = expected.reduce((total, logit) => total + Math.exp(logit), 0);
        next.forEach((probability, id) => expect(Math.abs(probability - Math.exp(expected[id]!) / sum)).toBeLessThan(precision));
      }
    }
  });

  it("are the same however the text is given, with any line ends", async () => {
    const expected = (await ofText("test")).losses;
    const file = inFolder("test.txt");
    await writeFile(file, testText.replaceAll("\n", "\r\n"));
    for (const given of [testText, { text: testText }, { textFile: file }, tl.data.fromString("again", testText), { text: testText.replaceAll("\n", "\r") }]) {
      expect((await ofText(given)).losses).toEqual(expected);
    }
    const opened = await tl.openRun(run.dir);
    expect(((await opened.predict(testText)) as tl.TextPredictions).losses).toEqual(expected);
  });

  it("of one symbol say what follows it, and nothing else", async () => {
    const predictions = await ofText({ text: "q" });
    expect([predictions.count, predictions.losses.length, predictions.score]).toEqual([1, 0, undefined]);
    const probabilities = predictions.next;
    expect(probabilities.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 5);
    const [likeliest] = predictions.followers(1);
    expect(likeliest!.probability).toBe(Math.max(...probabilities));
    expect(predictions.toString()).toContain("What would follow");
  });

  it("keep losses of a text whose logits would not fit, and say so", async () => {
    // 29 symbols: 2^24 logits are 578,524 symbols; what is kept is told by the length alone.
    const { TextPredictions } = tl;
    const { losses, ids, symbols } = await ofText({ text: "the fox" });
    const long = new TextPredictions({ ...{ losses, ids, symbols }, predicted: ids, next: new Float32Array(symbols.length), logits: undefined, score: undefined, name: "long", task: "character-model", how: (await run.predict("test")).how, notes: [] });
    expect(() => long.logits).toThrow(/logits of 7 symbols of 29 kinds are not kept.*Give a shorter piece/);
    expect(long.bits[0]).toBeCloseTo(losses[0]! / Math.log(2), 6);
  });

  it.each([
    ["the fox\nthe fäx", /^The text, line 2, column 6 has "ä" \(U\+00E4\), which is not among the 29 characters that the model was trained on\. Leave it out/],
    ["𝕏", /^The text, line 1, column 1 has "𝕏" \(U\+1D54F\)/],
    ["the 🐳 of\n\nThe", /line 1, column 5 has "🐳" \(U\+1F433\)/],
    ["a\n\nThe", /line 3, column 1 has "T" \(U\+0054\).*in lower case: give yours in lower case too\.$/],
    ["", /^The text is empty/],
  ])("are refused for %j by line, column and remedy", async (text, message) => {
    await expect(run.predict({ text })).rejects.toThrow(message);
  });

  it("tell a misspelt part and a path from a text", async () => {
    await expect(run.predict("train")).rejects.toThrow('run.predict() got "train": give "training", "validation", "test" for a part of the data, or { text: "train" }');
    const file = inFolder("novel.txt");
    await writeFile(file, "the fox");
    await expect(run.predict(file)).rejects.toThrow(`give { textFile: ${JSON.stringify(file)} } for the file of that name`);
    expect((await ofText({ text: "the" })).count).toBe(3);
    await expect(run.predict([[1, 2]])).rejects.toThrow(/run\.predict\(\) takes "training", "validation", "test" or a text/);
    await expect(run.predict({ text: "a", file: "b" } as never)).rejects.toThrow(/no option "file"/);
  });

  it("show each symbol on the colour of its bits, and the most surprising ones", async () => {
    const predictions = await ofText({ text: "the <quick> fox".replace(/[<>]/g, "") });
    const bundle = predictions[displaySymbol]();
    expect(bundle["text/html"]).toMatch(/color-mix\(in srgb, var\(--vscode-charts-orange/);
    expect(bundle["text/html"]).toContain("&quot;q&quot;: ");
    expect(bundle["text/plain"]).toMatch(/bits per character \d\.\d{3}; shipped weights, frozen constants, one continuous stream/);
    const places = predictions.surprises(3);
    const losses = [...predictions.losses];
    expect(places.map((at) => losses[at - 1])).toEqual([...losses].sort((a, b) => b - a).slice(0, 3));
  });

  it("are written as CSV that reads back", async () => {
    const predictions = await ofText({ text: "the fox\njumps" });
    await predictions.save(inFolder("symbols.csv"));
    const rows = [...csvRows([...predictions.csv()].join(""))].map(({ fields }) => fields);
    expect(rows[0]).toEqual(["position", "symbol", "bits", "predicted"]);
    expect(rows).toHaveLength(13);
    rows.slice(1).forEach(([position, , bits], at) => {
      expect(Number(position)).toBe(at + 1);
      expect(Number(bits)).toBe(predictions.losses[at]! / Math.LN2);
    });
  });

  it("leave no tensor behind in TensorFlow.js operations, and give the same", async () => {
    const kernel = tensorKernel();
    const model = { dir: run.dir, spec: run.spec, deployed, kernel, data: () => Promise.reject(new Error("not read")) };
    const before = tf.memory().numTensors;
    const slow = (await predict(model, { text: testText.slice(0, 40) })) as tl.TextPredictions;
    expect(tf.memory().numTensors).toBe(before);
    const fast = await ofText({ text: testText.slice(0, 40) });
    slow.losses.forEach((loss, at) => expect(Math.abs(loss - fast.losses[at]!)).toBeLessThan(precision));
  });

  it("evaluate another text and the training part", async () => {
    const other = await run.evaluate({ text: "the lazy fox jumps over the quick dog;\n" });
    expect(other).toMatchObject({ count: 39, deployable: (await ofText({ text: "the lazy fox jumps over the quick dog;\n" })).score });
    expect(other[displaySymbol]()["text/plain"]).toMatch(/^Bits per character, The text \(39 characters\)\n {2}deployable {2}\d/);
    const training = await run.evaluate("training");
    expect(training).toMatchObject({ part: "training", count: Math.floor(all.length * 0.8) });
    expect(training.deployable).toEqual((await ofText("training")).score);
    expect(training.authorStyle.how.reading).toBe("windows");
  });

  it("trace every layer's h and c, as another engine holds them, and the logits", async () => {
    const text = "the fox jumps";
    const trace = await run.trace(text);
    expect([trace.timesteps, trace.inputs[4], trace.layers.map(({ kind, units }) => [kind, units])]).toEqual([13, '"f"', [["lstm", 8], ["gru", 6]]]);
    const engine = new PackedStream(packModel(deployed), { engine: "typescript" });
    const ids = Int32Array.from(text, (character) => deployed.outputs.indexOf(character));
    for (let t = 0; t < ids.length; t++) {
      const logits = engine.step(ids.slice(t, t + 1));
      const V = deployed.outputs.length;
      logits.forEach((logit, id) => expect(Math.abs(trace.logits[t * V + id]! - logit)).toBeLessThan(precision));
      engine.state.layers.forEach(({ hidden, cell }, index) => {
        const layer = trace.layers[index]!;
        hidden.forEach((value, unit) => expect(Math.abs(layer.hidden[t * layer.units + unit]! - value)).toBeLessThan(precision));
        expect(layer.cell === undefined).toBe(cell === undefined);
        cell?.forEach((value, unit) => expect(Math.abs(layer.cell![t * layer.units + unit]! - value)).toBeLessThan(precision));
      });
    }
    const { logits } = await ofText(text);
    logits.forEach((logit, at) => expect(Math.abs(trace.logits[at]! - logit)).toBeLessThan(precision));
    const bundle = trace[displaySymbol]();
    expect(bundle["text/html"]!.match(/<img alt="(hidden|cell) state [hc] of layer [12]/g)).toHaveLength(3);
    expect(bundle["text/plain"]).toMatch(/^Trace of The text, the first 12 of 13 timesteps/);
    await expect(run.trace(text, { sequence: 1 })).rejects.toThrow(/takes sequence for models that tell classes/);
    engine.dispose();
  });
});

describe("predictions of words", () => {
  it("read words that the model does not know as <unk>, and say how many", async () => {
    const task = tl.wordModel(tl.data.fromString("fox", `${sentence.repeat(60)}once upon a time ${sentence.repeat(60)}`), { sequenceLength: 8, batchSize: 4, embedding: 5 });
    const run = await tl.experiment({ task, layers: [tl.lstm({ units: 6 })], steps: 4, validateEvery: 2 }).train({ runs: folder });
    const predictions = (await run.predict("the quick whale jumps\nthe fox")) as tl.TextPredictions;
    const words = ["the", "quick", "<unk>", "jumps", "<eos>", "the", "fox", "<eos>"];
    expect(Array.from(predictions.ids, (id) => predictions.symbols[id])).toEqual(words);
    expect(predictions.notes).toEqual(["Words that were read as <unk>, because the model does not know them: 1."]);
    expect(String(predictions)).toMatch(/perplexity \d/);
    const { score } = (await run.predict("test")) as tl.TextPredictions;
    expect(score).toEqual((await run.evaluate("test")).deployable);
  });
});

