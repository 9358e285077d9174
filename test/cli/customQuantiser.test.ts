import type { DeployedLstm } from "../../src/rnn/shipping/deployedModel.js";
import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { data } from "../../src/api/data.js";
import { experiment } from "../../src/api/experiment.js";
import { setCellHost } from "../../src/display/host.js";
import { lstm } from "../../src/cells/lstm.js";
import { openRun } from "../../src/api/run.js";
import { characterModel } from "../../src/api/tasks.js";
import { quantiser } from "../../src/quantisers/quantisers.js";
import { readRun } from "../../src/runs/readRun.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { reported, tritloomIn } from "./program.js";

const root = temporaryFolder();

const cell = `
import * as tl from "tritloom";
const nearest = tl.quantiser({
  name: "nearest of three",
  levels: "ternary",
  quantise(latent, out) {
    const scale = latent.reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 0) / 2;
    latent.forEach((weight, index) => (out[index] = Math.max(-1, Math.min(1, Math.round(weight / scale)))));
    return scale;
  },
});
const task = tl.characterModel(tl.data.fromString("fox", "the quick brown fox; ".repeat(60)), { sequenceLength: 8, batchSize: 4 });
const run = await tl.experiment({ task, layers: [tl.lstm({ units: 12, quantiser: nearest })], steps: 20 }).train({ runs: "runs" });
const chip = await run.accelerator({ macUnits: 4 });
await chip.exportRom("roms", { formats: ["mem"] });
`;

it("a cell trains its own rule, and the run ships and is exported without it", async () => {
  const notebook = path.join(root.path, "custom.ipynb");
  const cells = [{ cell_type: "code", metadata: {}, source: cell, execution_count: null, outputs: [] }];
  await writeFile(notebook, JSON.stringify({ nbformat: 4, nbformat_minor: 2, metadata: { language_info: { name: "typescript" } }, cells }));
  const { code, stderr } = await tritloomIn(root.path, ["run", notebook]);
  expect([code, stderr]).toEqual([0, expect.anything()]);
  const runs = path.join(root.path, "runs");
  const [name] = await readdir(runs);
  const dir = path.join(runs, name!);
  expect(await readdir(path.join(root.path, "roms"))).toContain("manifest.json");
  const { spec } = await readRun(dir);
  expect(spec.layers[0]!.quantiser.input).toEqual({ kind: "custom", name: "nearest of three", levels: [-1, 0, 1], sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  // This process has not the function: what shipped is enough.
  const opened = await openRun(dir);
  expect(((await opened.deployed()).layers[0] as DeployedLstm).recurrentWeights).toMatchObject({ planes: [{ levels: "ternary" }] });
});

it("resuming needs the function, and says so where it is not", async () => {
  setCellHost({ display: () => ({ update: () => {} }), report: () => {}, interrupt: AbortSignal.abort() });
  const signs = quantiser({
    name: "signs",
    levels: "binary",
    quantise: (latent, out) => (latent.forEach((weight, index) => (out[index] = weight < 0 ? -1 : 1)), 0.2),
  });
  const task = characterModel(data.fromString("fox", "the quick brown fox; ".repeat(60)), { sequenceLength: 8, batchSize: 4 });
  const { dir } = await experiment({ task, layers: [lstm({ units: 12, quantiser: signs })], steps: 20 }).train({ runs: root.path });
  const resumed = await tritloomIn(root.path, ["resume", dir, "--json"]);
  expect(reported(resumed).error.message).toMatch(/^The custom quantiser "signs" is a function that this process does not have: run the cell with tl\.quantiser\(/);
  expect((await readRun(dir)).state).toBe("interrupted");
  setCellHost({ display: () => ({ update: () => {} }), report: () => {}, interrupt: new AbortController().signal });
  await (await openRun(dir)).resume();
  expect((await readRun(dir)).state).toBe("finished");
});
