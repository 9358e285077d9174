import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { exportRuns, occupiedPlaces, trackers } from "../../src/trackers/exportRuns.js";
import { safeNames, safeSegment } from "../../src/trackers/fileNames.js";
import { started, stepEvent } from "../runs/spec.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { nameOf, newRun, resumedLosses, resumedRun, weights } from "./exampleRuns.js";
import { readByCsv, readByMlflow } from "./witness.js";

const folder = temporaryFolder();
const place = (name: string): string => path.join(folder.path, name);

describe("MLflow's file store", () => {
  it("has runs with parameters, tags and metrics with times and steps, in an experiment of the store's own where it has one", async () => {
    const out = place("mlruns");
    await mkdir(path.join(out, "17"), { recursive: true });
    // As PyYAML writes it.
    const meta = { artifact_location: `file://${out}/17`, creation_time: 1, experiment_id: "'17'", last_update_time: 1, lifecycle_stage: "active", name: "'it''s: mine'" };
    await writeFile(path.join(out, "17", "meta.yaml"), Object.entries(meta).map(([name, value]) => `${name}: ${value}\n`).join(""));
    const finished = await resumedRun(place("runs"), { name: "größe: {a} # \"b\" 🐋" });
    const training = await newRun(place("runs"), { name: "trains" });
    [started(), stepEvent(1), weights(1, ["../../escape", "Layer", "layer"])].forEach((event) => training.append(event));
    await training.flush();
    await exportRuns([finished], { to: "mlflow", out, experiment: "it's: mine" });
    await exportRuns([training.dir], { to: "mlflow", out });
    await training.interrupted(1);

    const experiments = await readByMlflow(out);
    expect(Object.keys(experiments).toSorted()).toEqual(["it's: mine", "tritloom"]);
    const run = experiments["it's: mine"]!["größe: {a} # \"b\" 🐋"]!;
    expect(run).toMatchObject({ status: "FINISHED", start: 1_000_000, artifacts: ["spec.json"], tags: { "mlflow.source.name": finished, "tritloom.state": "finished" } });
    expect(run.metrics["loss/train"]).toEqual(resumedLosses.map(([step, loss]) => [step, [0, 1_001_000, 1_002_000, 2_001_125, 2_002_000][step], loss]));
    expect(run.metrics["bpc/validation"]).toEqual([[4, 1_004_500, 3]]);
    expect(run.metrics["bpc/train"]!.at(-1)).toEqual([4, 2_002_000, 2 / Math.LN2]);
    expect(run.params).toMatchObject({ "task.batchSize": "4", "optimiser.learningRate.peak": "0.005", "task.corpus.name": "whale" });
    const other = experiments["tritloom"]!["trains"]!;
    expect(other).toMatchObject({ status: "RUNNING", end: null });
    expect(Object.keys(other.metrics).filter((name) => name.endsWith("/zero")).toSorted()).toEqual(["weights/Layer/zero", "weights/_.._escape/zero", "weights/layer-2/zero"]);
    expect(await readdir(folder.path)).toEqual(["mlruns", "runs"]);
  });
});

describe("CSV", () => {
  it("is wide or long, with all digits of the numbers", async () => {
    const dirs = [await resumedRun(place("runs")), await resumedRun(place("other"))];
    await exportRuns(dirs.slice(0, 1), { to: "csv", out: place("wide") });
    await exportRuns(dirs, { to: "csv", out: place("long"), long: true });
    const [wide, long] = await readByCsv(path.join(place("wide"), `${nameOf(dirs[0]!)}.csv`), path.join(place("long"), "curves.csv"));
    expect(wide!.map(({ step, "loss/train": loss }) => [step, loss])).toEqual(resumedLosses);
    expect(wide!.at(-1)).toMatchObject({ wall_time: 2002, "bpc/train": 2 / Math.LN2, "bpc/validation": 3, "weights/layer 1 recurrent/flips": 0.125, "bpc/test": 3.25 });
    expect(wide![0]).toMatchObject({ step: 1, "bpc/validation": null });
    expect(new Set(long!.map(({ run }) => run)).size).toBe(2);
    const losses = long!.filter(({ metric, run }) => metric === "loss/train" && run === nameOf(dirs[0]!));
    expect(losses.map(({ step, wall_time: time, value }) => [step, time, value])).toEqual(resumedLosses.map(([step, loss]) => [step, [0, 1001, 1002, 2001.125, 2002][step], loss]));
  });
});

describe("every export", () => {
  it("is refused whole where one of the runs is there already, until it may be replaced", async () => {
    const dir = await resumedRun(place("runs"));
    const other = await newRun(place("runs"), { name: "other" });
    await other.interrupted(0);
    for (const to of trackers) {
      const out = place(to);
      await exportRuns([dir], { to, out });
      const before = await contents(out);
      expect(await occupiedPlaces([dir, other.dir], { to, out })).toHaveLength(1);
      await expect(exportRuns([other.dir, dir], { to, out })).rejects.toThrow(/is there already\. Choose another folder, or replace the earlier export \(overwrite: true\)/);
      expect(await contents(out)).toEqual(before);
      await exportRuns([other.dir, dir], { to, out, overwrite: true });
      expect(Object.keys(await contents(out)).length).toBeGreaterThan(Object.keys(before).length);
    }
  });

  it("leaves a folder alone that holds what it did not write, also when it may replace", async () => {
    const dir = await resumedRun(place("runs"));
    for (const to of ["tensorboard", "mlflow"] as const) {
      const out = place(to);
      const { runs } = await exportRuns([dir], { to, out: place(`${to}-where`) });
      const mine = path.join(out, path.relative(place(`${to}-where`), runs[0]!.place));
      await mkdir(mine, { recursive: true });
      await writeFile(path.join(mine, "thesis.txt"), "mine");
      await expect(exportRuns([dir], { to, out, overwrite: true })).rejects.toThrow(/already holds files \(thesis\.txt\)/);
      expect(await readdir(mine)).toEqual(["thesis.txt"]);
    }
    await writeFile(place("file"), "");
    for (const to of trackers) {
      await expect(exportRuns([dir], { to, out: path.join(place("file"), "out") })).rejects.toThrow(/Cannot export to .*file.*: A part of the path is a file; choose another folder\./);
    }
  });

  it("tells runs apart that are called alike, and names what is no run", async () => {
    const dir = await resumedRun(place("runs"));
    const twin = path.join(place("twins"), nameOf(dir).toUpperCase());
    await mkdir(place("twins"));
    await cp(dir, twin, { recursive: true });
    const { runs } = await exportRuns([dir, twin, dir], { to: "csv", out: place("csv") });
    expect(runs.map((run) => path.basename(run.place))).toEqual([`${nameOf(dir)}.csv`, `${nameOf(twin)}-2.csv`]);
    await expect(exportRuns([dir, place("nowhere")], { to: "csv", out: place("csv2") })).rejects.toThrow(/There is no run in .*nowhere/);
    expect(await readdir(folder.path)).not.toContain("csv2");
  });
});

it("makes names that every file system takes", () => {
  expect(safeNames(["a/b", "A_B", "con", "..", "größe", "gro\u0308ße", "x. ", "🐋"])).toEqual(["a_b", "A_B-2", "_con", "_", "größe", "größe-2", "x", "_-2"]);
  const long = ["ü".repeat(300), `${"ü".repeat(299)}v`].map(safeSegment);
  expect(long.every((name) => Buffer.byteLength(name) <= 120)).toBe(true);
  expect(new Set(long).size).toBe(2);
});

/** Texts of all files by their paths. */
async function contents(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
  return Object.fromEntries(await Promise.all(files.map(async (file) => [path.relative(root, file), await readFile(file, "latin1")] as const)));
}
