import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { sweepCommand } from "../../src/cli/sweep.js";
import * as tl from "../../src/api/index.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { reported, tritloomIn } from "./program.js";

const folder = temporaryFolder();

const notebook = (steps: number): string => `// %%
import * as tl from "tritloom";
const fox = tl.data.fromString("fox", "the quick brown fox; ".repeat(60));
const task = tl.characterModel(fox, { sequenceLength: 8, batchSize: 4 });
// %%
await tl.sweep({
  experiment: (p) => tl.experiment({ task, layers: [tl.lstm({ units: p.units })], steps: ${steps}, validateEvery: 10 }),
  space: { units: [4, 6] },
  engine: tl.local({ workers: 1 }),
  dir: "units",
});
`;

it("runs the sweep of a notebook, tells its state, trains a spec of it again, and in the background until it is stopped", async () => {
  await writeFile(path.join(folder.path, "units.ts"), notebook(20));
  const ran = await tritloomIn(folder.path, ["sweep", "units.ts", "--json"]);
  expect([ran.code, ran.stderr]).toEqual([0, ""]);
  const [sweep] = reported(ran).sweeps;
  expect(sweep).toMatchObject({ dir: path.join(folder.path, "units"), state: "finished", measure: "BPC", trials: { planned: 2, finished: 2 }, retries: 0 });
  expect(reported(await tritloomIn(folder.path, ["sweep", "status", "units", "--json"]))).toEqual({ ok: true, sweep });
  const listed = reported(await tritloomIn(folder.path, ["runs", "units", "--json"])).runs;
  expect(listed.map(({ state }: { state: string }) => state)).toEqual(["finished", "finished"]);

  const spec = path.join(sweep.best.runs[0], "spec.json");
  const trained = await tritloomIn(folder.path, ["train", spec, "--runs", "again", "--json"]);
  expect(reported(trained)).toMatchObject({ ok: true, state: "finished", validation: sweep.best.mean });

  const long = path.join(sweep.best.runs[0], "long.json");
  await writeFile(long, JSON.stringify({ ...JSON.parse(await readFile(spec, "utf8")), steps: 100_000, validateEvery: 50_000 }));
  const { dir } = reported(await tritloomIn(folder.path, ["train", long, "--runs", "background", "--background", "--json"]));
  expect(reported(await tritloomIn(folder.path, ["stop", dir, "--json"]))).toMatchObject({ ok: true, state: "interrupted" });
});

it("says what is wrong with a command line, a spec and a folder", async () => {
  const fails = async (args: string[], code: number, message: RegExp) => {
    const ended = await tritloomIn(folder.path, args);
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringMatching(message)]);
  };
  await writeFile(path.join(folder.path, "spec.json"), "{}");
  const { spec } = tl.experiment({ task: tl.characterModel(tl.data.fromString("fox", "the quick brown fox; ".repeat(60))), layers: [tl.lstm({ units: 4 })], steps: 1 });
  const sha256 = "0".repeat(64);
  const distillation = { teacher: { name: 'run "large"', sha256 }, temperature: 2, share: 0.5 };
  await writeFile(path.join(folder.path, "taught.json"), JSON.stringify({ ...spec, startWeights: { sha256 }, distillation }));
  await Promise.all([
    fails(["sweep", "status"], 2, /sweep status needs DIR: the directory of a sweep/),
    fails(["sweep", "status", "nowhere"], 2, /There is no sweep in .*nowhere \(no sweep\.json\)/),
    fails(["sweep", "work", "."], 1, /is called by the tasks that tl\.slurm\(\) submits/),
    fails(["train", "spec.json"], 2, /Invalid experiment in .*spec\.json/),
    fails(["train", "nothing.json"], 2, /There is no file .*nothing\.json/),
    fails(["train", "taught.json"], 2, /tritloom train trains from a spec, which holds no weights, and this experiment begins with the weights of a given model and has the run "large" as its teacher: train it/),
  ]);
  expect(await readdir(folder.path)).toEqual(["spec.json", "taught.json"]);
  // What Slurm tasks alone call.
  expect(sweepCommand.operands.map(({ description }) => description).join()).not.toMatch(/\bwork\b/);
});
