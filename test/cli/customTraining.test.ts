import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../temporaryFolder.js";
import { reported, tritloomIn } from "./program.js";

/** Cells with functions of their own, run by the notebook's kernel. */

const folder = temporaryFolder();

const setup = `import * as tl from "tritloom";
const text = tl.data.fromString("fox", "the quick brown fox jumps over the lazy dog; ".repeat(60));
const make = (onStep: tl.OnStep) => tl.experiment({
  task: tl.characterModel(text, { sequenceLength: 8, batchSize: 4 }),
  layers: [tl.lstm({ units: 6 })],
  optimiser: tl.adam({ learningRate: tl.schedule("ramp", ({ step, steps }) => (0.01 * (step + 1)) / steps) }),
  classWeights: "balanced",
  steps: 8,
  validateEvery: 4,
  onStep,
});`;
const stopping = `const run = await make(async ({ step, rate, gradients, stop }) => {
  const [norm] = await gradients["output.bias"].norm().data();
  console.log(step, rate.toFixed(5), norm > 0);
  if (step === 5) stop("seen enough");
}).train();
run`;
const failing = `await make(({ step }) => {
  if (step === 3) {
    throw new Error("my own mistake");
  }
}).train();`;

test("a schedule, a callback and class weights of cells train, stop and fail at the cell's line", async () => {
  const cells = [setup, stopping, failing].map((source, index) => ({ id: `c${index}`, cell_type: "code", metadata: {}, execution_count: null, outputs: [], source }));
  await writeFile(path.join(folder.path, "own.ipynb"), JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
  const ended = await tritloomIn(folder.path, ["run", "own.ipynb", "--out", "executed.ipynb", "--json"]);
  expect(reported(ended)).toMatchObject({ ok: false, error: { cell: 3, line: 3, message: "my own mistake" }, runs: [{ state: "finished" }, { state: "crashed" }] });
  const executed = await readFile(path.join(folder.path, "executed.ipynb"), "utf8");
  for (const shown of ["1 0.00125 true", "5 0.00625 true", "seen enough", 'schedule \\"ramp\\", SHA-256', "at cell 3, line 3"]) {
    expect(executed).toContain(shown);
  }
  const crashed = (await readdir(path.join(folder.path, "runs"))).sort().at(-1)!;
  const resumed = await tritloomIn(folder.path, ["resume", path.join("runs", crashed)]);
  expect(resumed.code).not.toBe(0);
  expect(resumed.stderr).toMatch(/cannot be resumed without its learningRate, the function "ramp", SHA-256 \w+ of a cell, which no file holds: resume it in a notebook/);
}, 120_000);
