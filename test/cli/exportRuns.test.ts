import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { readCommandLine, UsageError } from "../../src/cli/command.js";
import { exportCommand } from "../../src/cli/export.js";
import { importCommand } from "../../src/cli/import.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { newRun, resumedRun } from "../trackers/exampleRuns.js";
import { reported, tritloomIn } from "./program.js";

const folder = temporaryFolder();

it("exports all runs of a folder, follows one that trains until it ends, and brings curves of another tool beside them", async () => {
  const runs = path.join(folder.path, "runs");
  await resumedRun(runs);
  const training = await newRun(runs, { name: "trains" });
  training.append({ type: "started", time: 1000, step: 0, steps: 100, computeKernel: "native", backend: "cpu", threads: 1 });
  await training.flush();
  const following = tritloomIn(folder.path, ["export", ".", "--to", "tensorboard", "--follow", "--json"]);
  await expect.poll(() => readdir(path.join(folder.path, "tensorboard")).catch(() => [])).toHaveLength(2);
  await training.interrupted(0);
  const followed = await following;
  expect([followed.code, reported(followed)]).toEqual([0, { ok: true, to: "tensorboard", out: path.join(folder.path, "tensorboard"), runs: expect.arrayContaining([{ dir: training.dir, place: path.join(folder.path, "tensorboard", path.basename(training.dir)) }]) }]);

  const csv = await tritloomIn(folder.path, ["export", "runs", "--to", "csv", "--long", "--out", "out"]);
  expect([csv.code, csv.stderr, csv.stdout]).toEqual([0, "", `Exported 2 runs to ${path.join(folder.path, "out")}\n  curves.csv\n`]);
  const again = await tritloomIn(folder.path, ["export", "runs", "--to", "csv", "--long", "--out", "out"]);
  expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/curves\.csv: it is there already\. Choose another folder, or replace the earlier export \(--overwrite\)/)]);

  await writeFile(path.join(folder.path, "keras.csv"), "epoch,accuracy,val_accuracy\n0,0.5,0.25\n");
  const imported = await tritloomIn(folder.path, ["import", "keras.csv", "--name", "theirs", "--json"]);
  const [{ dir }] = reported(imported).imported;
  expect(JSON.parse(await readFile(path.join(dir, "imported.json"), "utf8"))).toMatchObject({ name: "theirs", task: "classification" });
});

it("says what is wrong with the words of an export or an import", async () => {
  const inFolder = (name: string): string => path.join(folder.path, name);
  const fails = async (name: "export" | "import", args: string[], message: RegExp) => {
    const command = { export: exportCommand, import: importCommand }[name];
    const work = async () => command.work(readCommandLine(name, command, args));
    await expect(work()).rejects.toThrow(UsageError);
    await expect(work()).rejects.toThrow(message);
  };
  await mkdir(inFolder("empty"));
  await writeFile(inFolder("loss.csv"), "step,loss\n1,2\n");
  await fails("export", ["a", "b"], /ROMs are written of one run, and 2 are given: give one, or --to tensorboard\|mlflow\|csv/);
  await fails("export", ["a", "--follow"], /--follow needs --to tensorboard/);
  await fails("export", ["a", "--to", "wandb"], /--to wandb: choose from tensorboard, mlflow, csv/);
  await fails("export", ["a", "--to", "csv", "--format", "mem"], /--format is for ROMs: leave it out with --to csv/);
  await fails("export", ["a", "--to", "csv", "--follow"], /--follow is for --to tensorboard: leave it out with --to csv/);
  await fails("export", [inFolder("empty"), "--to", "csv"], /There is no run in .*empty \(no spec\.json, there or in a folder of it\)/);
  await fails("import", [inFolder("nothing.csv")], /nothing\.csv/);
  await fails("import", [inFolder("loss.csv")], /has no accuracy, BPC or perplexity: .*--measure bpc/);
  await fails("import", [inFolder("loss.csv"), "--measure", "f1"], /--measure f1: choose from bpc, perplexity, accuracy/);
  await fails("import", [inFolder("loss.csv"), "--delimiter", "::"], /--delimiter ::: give one character/);
  expect((await readdir(folder.path)).toSorted()).toEqual(["empty", "loss.csv"]);
});
