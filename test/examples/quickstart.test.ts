import { readFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { type QuickstartRun, runQuickstart, startedQuickstart } from "../../scripts/quickstart.mjs";
import { loadCorpus, splitCorpus } from "../../src/data/corpus.js";
import { ngramBitsPerCharacter } from "../../src/data/ngram.js";
import { temporaryFolder } from "../temporaryFolder.js";

/**
 * The newcomer's notebook as `npm start` runs it, in full: what it learns must be worth more than counting. Where `npm start` has run it
 * with the program as it is now, that run is judged.
 */
const folder = temporaryFolder("file");
let report: QuickstartRun["report"];
let executedNotebook: string;

beforeAll(async () => {
  const started = await startedQuickstart();
  const { executed, ...run } = started ?? (await runQuickstart(path.join(folder.path, "executed.ipynb"), { TRITLOOM_RUNS: path.join(folder.path, "runs") }));
  report = run.report;
  executedNotebook = await readFile(executed, "utf8");
}, 900_000);

test("every cell ran, and the run is finished", () => {
  expect(report).toMatchObject({ ok: true, cells: 7, runs: [{ state: "finished" }] });
});

test("the deployable test BPC beats modified Kneser-Ney 5-grams of the same split", async () => {
  const corpus = await loadCorpus("moby-dick");
  const data = splitCorpus(corpus, { kind: "character-model", split: [0.8, 0.1, 0.1], sequenceLength: 64, batchSize: 32 });
  const fiveGram = ngramBitsPerCharacter(data.train, data.test, 5, data.symbols.length);
  expect(report.runs[0]!.testBpc).toBeLessThan(fiveGram);
});

test("the notebook shows what n-grams reach beside its model, as its prose says it", async () => {
  const executed = JSON.parse(executedNotebook);
  const shown = JSON.stringify(executed.cells.flatMap((cell: { outputs?: object[] }) => cell.outputs ?? []));
  const prose = executed.cells.map(({ source }: { source: string | string[] }) => [source].flat().join("")).join("\n").replaceAll(/<!--.*?-->/g, "");
  const [, order, bpc, ngrams] = /(\d+)-gram, chosen +\S+ +(\S+) +(\S+)/.exec(shown)!;
  expect(prose.replaceAll(/\s+/g, " ")).toContain(`reach ${bpc} bits per character on the test part (${order}-grams: the order is chosen`);
  expect(prose).toContain(`${ngrams}\nn-grams`);
  expect(shown).toContain(`deployable  `);
});

test("a quarter of the recurrent weights or more is 0", async () => {
  const events = await readFile(path.join(report.runs[0]!.dir, "events.jsonl"), "utf8");
  const weights = events.trimEnd().split("\n").map((line) => JSON.parse(line)).filter(({ type }) => type === "weights").at(-1);
  const { zero } = weights.matrices.find(({ matrix }: { matrix: string }) => matrix === "layer 1 recurrent");
  expect(zero).toBeGreaterThan(0.25);
});

test("the ROM files are there, and the saving counts every constant", async () => {
  const rom = report.roms[0]!;
  const manifest = JSON.parse(await readFile(rom.manifest, "utf8"));
  expect(manifest.images.map((image: { name: string }) => image.name)).toContain("recurrent_weights");
  expect(rom.files.some((file) => file.endsWith(".mif"))).toBe(true);
  expect(report.memorySaving).toBeGreaterThan(10);
  expect(report.memorySaving).toBeLessThan(16);
  expect(report.wholeModelSaving).toBeGreaterThan(5);
  expect(report.wholeModelSaving).toBeLessThan(report.memorySaving);
  expect(report.memorySavingInWords).toMatch(/^\d+\.\dx the recurrent layers, \d+\.\dx the whole model, against float32, /);
});

test("the executed notebook keeps its outputs with fallbacks that any viewer shows", async () => {
  const executed = JSON.parse(executedNotebook);
  expect(executed.nbformat).toBe(4);
  const outputs = executed.cells.flatMap((cell: { outputs?: { data?: Record<string, unknown> }[] }) => cell.outputs ?? []);
  const rich = outputs.filter((output: { data?: object }) => output.data !== undefined);
  expect(rich.length).toBeGreaterThan(6);
  for (const { data } of rich) {
    expect(Object.keys(data ?? {})).toContain("text/plain");
  }
});
