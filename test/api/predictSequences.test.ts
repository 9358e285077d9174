import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import { displaySymbol } from "../../src/display/host.js";
import * as tl from "../../src/api/index.js";
import { csvRows } from "../../src/data/csv/rows.js";
import { shippedValues } from "../../src/rnn/shipping/deployedModel.js";
import { readRun } from "../../src/runs/readRun.js";
import { ReferenceStream, shippedProduct } from "../rnn/referenceDeployed.js";
import { precision } from "../rnn/singlePrecision.js";

let folder: string;
const inFolder = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  await buildNative("dist/native");
  folder = await mkdtemp(path.join(os.tmpdir(), "tritloom-predict-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

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

  it("of a table with a timestep in each row are read as its training table: by ids, in order of time, padded, with its decimal commas", async () => {
    const rows = table.flatMap(({ numbers, kind }, n) =>
      Array.from({ length: n % 2 === 0 ? 3 : 2 }, (_, t) => ({ id: `s${n}`, t: String(t), a: numbers[2 * t]!, b: numbers[2 * t + 1]!, kind })),
    );
    const long = (columns: readonly string[], chosen: typeof rows): string =>
      [columns, ...chosen.map((row) => columns.map((name) => String(row[name as keyof typeof row]).replace(".", ",")))].map((row) => row.join(";")).join("\n");
    const file = await written("long.csv", long(["id", "t", "a", "b", "kind"], rows));
    const options = { label: "kind", id: "id", time: "t", timesteps: 3, stratified: false } as const;
    const sequences = await tl.data.csv(file, { ...options, normalise: "standardise" });
    const longRun = await tl
      .experiment({ task: tl.classification(sequences, { batchSize: 8 }), layers: [tl.gru({ units: 5 })], optimiser: tl.adam({ learningRate: 0.01 }), steps: 4, validateEvery: 2 })
      .train({ runs: folder });
    const expected = (await longRun.predict("test")) as tl.SequencePredictions;
    const ids = Array.from({ length: expected.count }, (_, n) => `s${table.length - expected.count + n}`);
    const chosen = rows.filter(({ id }) => ids.includes(id));
    for (const given of [long(["id", "t", "a", "b", "kind"], chosen), long(["b", "id", "a", "t"], chosen.toReversed().toSorted((x, y) => ids.indexOf(x.id) - ids.indexOf(y.id)))]) {
      const predictions = (await longRun.predict({ csv: await written("later.csv", given) })) as tl.SequencePredictions;
      expect(predictions.logits).toEqual(expected.logits);
    }
    await expect(longRun.predict({ csv: await written("later.csv", long(["t", "a", "b"], chosen)) })).rejects.toThrow(/line 1 has no column "id"; the model was trained on "id", "t", "a", "b"/);
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
