import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import { displaySymbol } from "../../src/api/host.js";
import * as tl from "../../src/api/index.js";
import { predict } from "../../src/api/predict.js";
import { csvRows } from "../../src/data/csv.js";
import { shippedValues } from "../../src/rnn/deployedModel.js";
import { tensorKernel } from "../../src/rnn/kernels/tensorKernel.js";
import { packModel } from "../../src/rnn/packed/packedModel.js";
import { PackedStream } from "../../src/rnn/packed/packedStream.js";
import { readRun } from "../../src/runs/readRun.js";
import { ReferenceStream, referenceNats, shippedProduct, symbolRow } from "../rnn/referenceDeployed.js";

let folder: string;
const inFolder = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  await buildNative("dist/native");
  folder = await mkdtemp(path.join(os.tmpdir(), "tritloom-predict-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * Single precision against the references' double one. A sum of at most 40 products below 4 in magnitude is off by less than
 * 40 * 40 * 4 * 2^-24 < 4e-4, and gates, whose slopes are at most 1, do not enlarge it; a forgetting state does not gather it.
 */
const precision = 1e-3;

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

/** 90 rows of 6 numbers and a class, the label between them; wide apart, so that scaling matters. */
const header = ["a1", "b1", "kind", "a2", "b2", "a3", "b3"];
const classes = ["down", "flat", "up"];
const table = Array.from({ length: 90 }, (_, row) => {
  const slope = [-1, 0, 1][row % 3]!;
  const numbers = Array.from({ length: 6 }, (_unused, at) => (at % 2 === 0 ? 100 + 7 * slope * at + 3 * Math.sin(row * 5 + at) : 0.01 * Math.cos(row + at)));
  return { numbers: numbers.map((number) => Math.fround(Number(number.toFixed(4)))), kind: classes[row % 3]! };
});

describe("predictions of sequences", () => {
  let run: tl.Run;
  let deployed: Awaited<ReturnType<tl.Run["deployed"]>>;
  /** The rows of the test part, in its order. */
  let testRows: typeof table;
  const csvOf = (rows: typeof table, columns: readonly string[]): string =>
    [columns, ...rows.map(({ numbers, kind }) => columns.map((name) => (name === "kind" ? kind : name === "id" ? "x" : numbers[header.filter((one) => one !== "kind").indexOf(name)]!)))]
      .map((row) => row.join(","))
      .join("\n");
  const written = async (name: string, text: string): Promise<string> => {
    await writeFile(inFolder(name), text);
    return inFolder(name);
  };
  const ofSequences = async (given: tl.GivenData): Promise<tl.SequencePredictions> => {
    const predictions = await run.predict(given);
    expect(predictions).toBeInstanceOf(tl.SequencePredictions);
    return predictions as tl.SequencePredictions;
  };

  beforeAll(async () => {
    const file = await written("training.csv", csvOf(table, header));
    const options = { label: "kind", width: 2, shuffle: 3 } as const;
    const raw = (await tl.data.csv(file, options)).data.test;
    const sequences = await tl.data.csv(file, { ...options, normalise: "standardise" });
    const task = tl.classification(sequences, { batchSize: 8, permuted: 5 });
    run = await tl
      .experiment({ task, layers: [tl.lstm({ units: 7, normaliser: tl.batchNorm() })], optimiser: tl.adam({ learningRate: 0.01 }), steps: 40, validateEvery: 20 })
      .train({ runs: folder });
    deployed = await run.deployed();
    testRows = Array.from(raw.labels, (label, n) => ({ numbers: Array.from(raw.values.subarray(n * 6, (n + 1) * 6)), kind: classes[label]! }));
  });

  it("of the test part have exactly its published figure", async () => {
    const { deployable } = await run.evaluate("test");
    const predictions = await ofSequences("test");
    expect(predictions.score).toEqual(deployable);
    const report = predictions.classificationReport();
    const { result } = await readRun(run.dir);
    expect([report.accuracy, predictions.score!.accuracy]).toEqual([result!.figures!.deployableTest, result!.deployableTestAccuracy]);
  });

  it("of raw values are those of the part that training scaled and ordered, whatever they come from", async () => {
    const expected = (await ofSequences("test")).logits;
    const sequences = testRows.map(({ numbers }) => numbers);
    const labels = testRows.map(({ kind }) => kind);
    const nested = sequences.map((numbers) => [numbers.slice(0, 2), numbers.slice(2, 4), numbers.slice(4)]);
    const shuffled = ["b3", "a2", "b1", "a1", "a3", "b2"];
    const given: tl.GivenData[] = [
      sequences,
      nested,
      { sequences: nested, labels },
      sequences.map((numbers) => Float32Array.from(numbers)),
      tf.tensor(nested),
      { csv: await written("same.csv", csvOf(testRows, header)) },
      { csv: await written("shuffled.csv", csvOf(testRows, shuffled)) },
      { csv: await written("labelled.csv", csvOf(testRows, [...shuffled, "kind"])) },
      { csv: await written("semicolons.csv", csvOf(testRows, shuffled).replaceAll(",", ";")), delimiter: ";" },
      { csv: await written("plain.csv", csvOf(testRows, header).split("\n").slice(1).join("\n")), header: false },
      await written("string.csv", csvOf(testRows, shuffled)),
    ];
    for (const one of given) {
      expect((await ofSequences(one)).logits).toEqual(expected);
    }
    const opened = await tl.openRun(run.dir);
    expect((await opened.predict(sequences)).toString()).toBe((await ofSequences(sequences)).toString());
    const extra = await ofSequences({ csv: await written("extra.csv", csvOf(testRows, ["id", ...header])) });
    expect(extra.logits).toEqual(expected);
    expect(extra.notes).toEqual(['Columns that the model was not trained on are left out: "id".']);
  });

  it("are those of the model's equations on values scaled by the training part", async () => {
    const predictions = await ofSequences(testRows.map(({ numbers }) => numbers));
    const learned = (await tl.data.csv(inFolder("training.csv"), { label: "kind", width: 2, shuffle: 3 })).data.train.values;
    const moments = [0, 1].map((column) => {
      const own = [...learned].filter((_, at) => at % 2 === column);
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
      return { mean, deviation: Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length) };
    });
    // The order of timesteps that this permutation has is told by the data of the run itself.
    const scaled = testRows.map(({ numbers }) => numbers.map((value, at) => (value - moments[at % 2]!.mean) / moments[at % 2]!.deviation));
    const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    const errorOf = (order: number[]): number =>
      Math.max(
        ...scaled.map((values, n) => {
          const stream = new ReferenceStream(deployed.layers);
          const hidden = order.map((t) => stream.read(values.slice(2 * t, 2 * t + 2))).at(-1)!;
          const expected = shippedProduct(hidden, deployed.outputWeights).map((value, index) => value + deployed.outputBias[index]!);
          return Math.max(...expected.map((logit, index) => Math.abs(logit - predictions.logits[n * 3 + index]!)));
        }),
      );
    expect(Math.min(...orders.map(errorOf))).toBeLessThan(precision);
    expect(orders.filter((order) => errorOf(order) < precision)).toHaveLength(1);
    predictions.probabilities.forEach((probability, at) => {
      const row = predictions.logits.subarray(at - (at % 3), at - (at % 3) + 3);
      const sum = row.reduce((total, logit) => total + Math.exp(logit), 0);
      expect(probability).toBeCloseTo(Math.exp(row[at % 3]!) / sum, 6);
    });
    const best = Array.from({ length: predictions.count }, (_, n) => {
      const row = [...predictions.logits.subarray(n * 3, n * 3 + 3)];
      return classes[row.indexOf(Math.max(...row))];
    });
    expect(predictions.predictions).toEqual(best);
  });

  it("without labels have no figures, and say what is missing", async () => {
    const predictions = await ofSequences(testRows.map(({ numbers }) => numbers));
    expect([predictions.labels, predictions.score]).toEqual([undefined, undefined]);
    expect(() => predictions.confusionMatrix()).toThrow(/predictions\.confusionMatrix\(\) needs the true classes: give labels/);
    await expect(run.evaluate({ csv: inFolder("shuffled.csv") })).rejects.toThrow(/run\.evaluate\(\) needs the true classes/);
    const { deployable } = await run.evaluate({ csv: inFolder("labelled.csv") });
    expect(deployable).toEqual((await run.evaluate("test")).deployable);
  });

  it("have a confusion matrix whose counts are those of the predictions", async () => {
    const predictions = await ofSequences("training");
    const matrix = predictions.confusionMatrix();
    const labels = predictions.labels!;
    const expected = classes.map((row) => classes.map((column) => labels.filter((label, n) => label === row && predictions.predictions[n] === column).length));
    expect(matrix.rows()).toEqual(expected);
    const html = matrix[displaySymbol]()["text/html"]!;
    expect(html).toContain("true \\ predicted");
    expect(html).toMatch(/var\(--vscode-charts-blue/);
    expect(String(matrix).split("\n")).toHaveLength(5);
  });

  it("are written as CSV that reads back", async () => {
    const predictions = await ofSequences("test");
    await predictions.save(inFolder("predictions.csv"));
    const rows = [...csvRows(predictions.toCsv())].map(({ fields }) => fields);
    expect(rows[0]).toEqual(["sequence", "predicted", "probability", "label", ...classes.map((name) => `probability of ${name}`)]);
    rows.slice(1).forEach((fields, n) => {
      expect(fields.slice(0, 2)).toEqual([String(n), predictions.predictions[n]]);
      expect(fields.slice(4).map(Number)).toEqual([...predictions.probabilities.subarray(n * 3, n * 3 + 3)]);
    });
  });

  it("trace one sequence, of which the last row is its prediction", async () => {
    const predictions = await ofSequences("test");
    const { numbers } = testRows[4]!;
    const nested = [numbers.slice(0, 2), numbers.slice(2, 4), numbers.slice(4)];
    for (const trace of [await run.trace("test", { sequence: 4 }), await run.trace(numbers), await run.trace(nested)]) {
      expect(trace.timesteps).toBe(3);
      expect([trace.layers[0]!.hidden.length, trace.layers[0]!.cell!.length, trace.logits.length]).toEqual([21, 21, 9]);
      trace.logits.slice(-3).forEach((logit, index) => expect(Math.abs(logit - predictions.logits[12 + index]!)).toBeLessThan(precision));
      const hidden = shippedValues(deployed.outputWeights);
      expect(hidden).toHaveLength(21);
    }
    await expect(run.trace("test", { sequence: 99 })).rejects.toThrow(/run\.trace\(\) got sequence 99; there are 9, numbered from 0/);
  });

  it.each([
    ["a column less", "a1,b1,a2,b2,a3\n1,2,3,4,5", {}, /wrong\.csv, line 1 has no column "b3"; the model was trained on "a1", "b1", "a2", "b2", "a3", "b3", and this file has "a1"/],
    ["no header", "1,2,3,4,5,6", {}, /line 1 has numbers where the training file had the names of its columns \("a1", "b1", "kind".*header: false/],
    ["too few by number", "1,2,3,4,5", { header: false }, /line 1 has 5 columns of values; the model was trained on 6, which is 3 timesteps of 2\. Give as many columns/],
    ["a ragged row", "a1,b1,a2,b2,a3,b3\n1,2,3,4,5,6\n1,2,3,4,5", {}, /line 3 has 5 columns; the first row has 6/],
    ["no number", "a1,b1,a2,b2,a3,b3\n1,2,3,4,5,six", {}, /line 2, column 5 \("b3"\) has "six" where a number should be/],
    ["nothing", "a1,b1,a2,b2,a3,b3\n1,2,,4,5,6", {}, /line 2, column 2 \("a2"\) has nothing where a number should be/],
    ["an unknown class", "a1,b1,a2,b2,a3,b3,kind\n1,2,3,4,5,6,up\n1,2,3,4,5,6,upp", {}, /line 3, column 6 \("kind"\) has the class "upp", which the model was not trained on; its classes are down, flat, up/],
    ["no rows", "a1,b1,a2,b2,a3,b3\n", {}, /has a header but no row below it/],
    ["a quote that does not end", 'a1,b1,a2,b2,a3,b3\n"1,2,3,4,5,6', {}, /line 2: a field begins with a double quote/],
  ])("are refused for a CSV file with %s, by line, column and remedy", async (_, text, options, message) => {
    await expect(run.predict({ csv: await written("wrong.csv", text), ...options })).rejects.toThrow(message);
  });

  it.each([
    [[[1, 2, 3]], /Sequence 0 has 3 values; the model was trained on sequences of 3 timesteps of 2 values, 6 in all/],
    [[[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, NaN]], /Sequence 1 has no finite number at timestep 2, value 1/],
    [[[[1, 2], [3, 4]]], /Sequence 0 has 2 timesteps of 2 values/],
    [[], /There are no sequences to predict/],
    [[1, 2, 3, 4, 5, 6], /run\.predict\(\) takes a list of sequences: for one sequence give a list of that one, \[sequence\]/],
    [42, /run\.predict\(\) takes "training", "validation", "test" or sequences/],
    [{ sequences: [[1, 2, 3, 4, 5, 6]], labels: ["sideways"] }, /Sequence 0 has the class "sideways", which the model was not trained on/],
    [{ sequences: [[1, 2, 3, 4, 5, 6]], labels: [] }, /1 sequences and 0 labels/],
  ])("are refused for %j", async (given, message) => {
    await expect(run.predict(given as never)).rejects.toThrow(message);
  });
});
