import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import { displaySymbol, setCellHost, type MimeBundle } from "../../src/display/host.js";
import * as tl from "../../src/api/index.js";
import type { Report } from "../../src/display/report.js";
import { readRun } from "../../src/runs/readRun.js";

/** What a person reads of runs that are no character models, or compute in their own way. */

let folder: string;
let shown: string[];
let reports: Report[];

beforeAll(async () => {
  await buildNative("dist/native");
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "tritloom-words-"));
  [shown, reports] = [[], []];
  const show = (bundle: MimeBundle): void => void shown.push(bundle["text/plain"]!);
  setCellHost({
    display: (bundle) => {
      show(bundle);
      return { update: show };
    },
    report: (report) => reports.push(report),
    interrupt: new AbortController().signal,
  });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const rows = Array.from({ length: 60 }, (_, row) => Array.from({ length: 5 }, (_unused, t) => [Math.sin(row * 7 + t) + (row % 2)]));
const sequences = tl.data.fromArrays("waves", { sequences: rows, labels: rows.map((_, row) => (row % 2 === 0 ? "low" : "high")) });
const text = tl.data.fromString("fox", "the quick brown fox jumps over the lazy dog; ".repeat(60));
const textOf = async (value: tl.Run | tl.Evaluation): Promise<string> => (await value[displaySymbol]())["text/plain"]!;

it.each([
  ["classification", () => tl.classification(sequences, { batchSize: 4 }), "accuracy", "sequences/s", /accuracy, deployable +\d+\.\d\d %/],
  ["word model", () => tl.wordModel(text, { sequenceLength: 8, batchSize: 4, embedding: 6 }), "perplexity", "words/s", /perplexity, deployable +\d+\.\d/],
] as const)("a %s is told in its own words", async (_, task, measure, speed, figure) => {
  const run = await tl
    .experiment({ task: task(), layers: [tl.lstm({ units: 6, initialNoise: 0.1 })], steps: 4, validateEvery: 2 })
    .train({ runs: folder });
  const evaluation = await run.evaluate("test");
  const words = [shown.at(-1)!, await textOf(run), await textOf(evaluation)];
  expect(words[0]).toContain(measure);
  expect(words[0]).toContain(speed);
  expect(words[1]).toMatch(figure);
  words.forEach((said) => expect(said).not.toMatch(/BPC|character/i));
  const { result } = await readRun(run.dir);
  const expected = measure === "accuracy" ? evaluation.deployable.accuracy : Math.exp(evaluation.deployable.loss);
  expect(result!.figures).toMatchObject({ measure, deployableTest: expect.closeTo(expected, 6) });
  expect([result!.validationBpc, result!.deployableTestBpc, result!.authorStyleTestBpc]).toEqual([null, null, null]);
  expect(reports.at(-1)).toMatchObject({ kind: "run", measure, test: expect.closeTo(expected, 6), testBpc: null });
});

it("a run with states in fixed point says which kernel it computes with and why", async () => {
  const state = tl.fixedState({ hiddenBits: 8 });
  const task = tl.characterModel(text, { sequenceLength: 6, batchSize: 4 });
  const run = await tl.experiment({ task, layers: [tl.lstm({ units: 5, state })], steps: 2 }).train({ runs: folder });
  expect(shown.at(-1)).toMatch(/^tensor \(.*computes with tensor \(.*\), many times slower than .*fixed point/ms);
  expect((await readRun(run.dir)).result?.computeKernel).toMatch(/^tensor \(/);
  const again = await tl.openRun(run.dir);
  expect((await again.evaluate("validation")).deployable).toEqual((await run.evaluate("validation")).deployable);
  expect(String(await again.sample("the ", { length: 5 }))).toHaveLength(9);
});
