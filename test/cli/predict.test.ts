import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import * as tl from "../../src/api/index.js";
import { csvRows } from "../../src/data/csv/rows.js";
import { type Ended, reported, tritloomIn } from "./program.js";

let root: string;
const tritloom = (...args: string[]): Promise<Ended> => tritloomIn(root, args);
const json = async (...args: string[]) => {
  const ended = await tritloom(...args, "--json");
  expect([ended.code, ended.stderr]).toEqual([0, ""]);
  return reported(ended);
};

const file = (name: string): string => path.join(root, name);
const rows = Array.from({ length: 60 }, (_, row) => [row % 2 === 0 ? "low" : "high", ...Array.from({ length: 4 }, (_unused, t) => (Math.sin(row * 7 + t) + 2 * (row % 2)).toFixed(3))]);
const header = "kind,t0,t1,t2,t3";

let classifier: tl.Run;
let writer: tl.Run;
beforeAll(async () => {
  await buildNative("dist/native");
  root = await mkdtemp(path.join(tmpdir(), "tritloom-predict-"));
  await writeFile(file("waves.csv"), [header, ...rows.map((row) => row.join(","))].join("\n"));
  const waves = await tl.data.csv(file("waves.csv"), { label: "kind", normalise: "standardise" });
  const fox = tl.data.fromString("fox", "the quick brown fox jumps over the lazy dog; ".repeat(60));
  const train = (task: tl.Task) => tl.experiment({ task, layers: [tl.lstm({ units: 6 })], steps: 4, validateEvery: 2 }).train({ runs: root });
  classifier = await train(tl.classification(waves, { batchSize: 4 }));
  writer = await train(tl.characterModel(fox, { sequenceLength: 8, batchSize: 4 }));
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe("predict", () => {
  it("tells the classes of a CSV file, with figures where it has labels", async () => {
    const labelled = rows.slice(0, 10);
    await writeFile(file("new.csv"), [header, ...labelled.map((row) => row.join(","))].join("\n"));
    await writeFile(file("plain.csv"), ["t0,t1,t2,t3", ...labelled.map((row) => row.slice(1).join(","))].join("\n"));
    const cell = (await classifier.predict({ sequences: labelled.map((row) => row.slice(1).map(Number)), labels: labelled.map(([kind]) => kind!) })) as tl.SequencePredictions;
    const whole = await json("predict", classifier.dir, "--csv", "new.csv", "--out", "predictions.csv");
    expect(whole.predictions.map(({ predicted }: { predicted: string }) => predicted)).toEqual(cell.predictions);
    expect(whole.predictions.flatMap(({ probabilities }: { probabilities: number[] }) => probabilities)).toEqual([...cell.probabilities]);
    expect(whole).toMatchObject({ ok: true, count: 10, classes: ["high", "low"], accuracy: cell.score!.accuracy, confusionMatrix: cell.confusionMatrix().rows() });
    expect(await readFile(file("predictions.csv"), "utf8")).toBe(cell.toCsv());
    const plain = await json("predict", classifier.dir, "--csv", "plain.csv");
    expect(plain.predictions.map(({ predicted }: { predicted: string }) => predicted)).toEqual(cell.predictions);
    expect(plain).not.toHaveProperty("accuracy");
    const { stdout } = await tritloom("predict", classifier.dir, "--csv", "new.csv");
    expect(stdout).toMatch(/^Classes, new\.csv: accuracy \d+\.\d\d % \(95 % interval .*\) of 10 sequences; shipped weights, .*, each sequence by itself\n/);
    expect(stdout).toMatch(/\n {2}true \\ predicted +high +low\n/);
  });

  it("of the test part has the figures of run.evaluate", async () => {
    const { deployable } = await classifier.evaluate("test");
    const { loss, bpc, accuracy, how } = deployable;
    expect(await json("predict", classifier.dir)).toMatchObject({ data: "test part", loss, bitsPerPrediction: bpc, accuracy, how });
    const training = await json("predict", classifier.dir, "--part", "training");
    expect(training.count).toBe(48);
  });

  it("reads a text, whose symbols are written with their bits", async () => {
    await writeFile(file("fox.txt"), "the lazy fox");
    const cell = (await writer.predict({ text: "the lazy fox" })) as tl.TextPredictions;
    const whole = await json("predict", writer.dir, "--text", "fox.txt", "--out", "symbols.csv");
    expect(whole).toMatchObject({ data: "fox.txt", count: 12, loss: cell.score!.loss, next: cell.followers() });
    const [, ...lines] = [...csvRows(await readFile(file("symbols.csv"), "utf8"))].map(({ fields }) => fields);
    expect(lines.map(([, , bits]) => Number(bits))).toEqual(Array.from(cell.losses, (loss) => loss / Math.LN2));
    expect(lines.map(([, symbol]) => symbol).join("")).toBe("he lazy fox");
    expect((await tritloom("predict", writer.dir, "--text", "fox.txt")).stdout).toBe(`${String(cell).replace("The text", "fox.txt")}\n`);
  });

  it("reads a text even where the run's own is gone", async () => {
    await writeFile(file("fox.txt"), "the lazy fox");
    const before = await json("predict", writer.dir, "--text", "fox.txt");
    const corpus = path.join(writer.dir, "corpus.txt");
    const text = await readFile(corpus);
    await writeFile(corpus, "another");
    try {
      expect(await json("predict", writer.dir, "--text", "fox.txt")).toEqual(before);
      const ended = await tritloom("predict", writer.dir);
      expect([ended.code, ended.stderr]).toEqual([1, expect.stringMatching(/has changed since the run began/)]);
    } finally {
      await writeFile(corpus, text);
    }
  });

  it.each([
    [["--csv", "new.csv", "--part", "test"], /--csv and --part: give one of them/],
    [["--label", "kind"], /--label says how a CSV file is read: give --csv FILE too/],
    [["--part", "train"], /--part train: choose from training, validation, test/],
    [["--csv", "new.csv", "--delimiter", "ab"], /--delimiter ab: give one character/],
    [["--out", "waves.csv"], /--out .*waves\.csv exists: give another name, or --overwrite/],
  ])("%j is wrong usage", async (args, message) => {
    const { code, stderr } = await tritloom("predict", classifier.dir, ...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  it.each([
    [["--csv", "wrong.csv"], "kind,t0,t1,t2,t3\nlow,1,2,3,x", /wrong\.csv, line 2, column 4 \("t3"\) has "x" where a number should be/],
    [["--csv", "wrong.csv"], "kind,t0,t1,t2\nlow,1,2,3", /line 1 has no column "t3"/],
    [["--text", "wrong.csv"], "the fox", /takes "training", "validation", "test" or sequences/],
    [["--csv", "missing.csv"], "", /There is no text file .*missing\.csv/],
  ])("a file that does not fit is told by place and remedy: %j %j", async (args, content, message) => {
    await writeFile(file("wrong.csv"), content);
    const { code, stderr } = await tritloom("predict", classifier.dir, ...args);
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
  });
});
