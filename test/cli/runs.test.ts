import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { readCommandLine, type Report } from "../../src/cli/command.js";
import { runsCommand } from "../../src/cli/runs.js";
import { type ImportedRun, writeImportedRun } from "../../src/runs/importedRun.js";
import { changeMarks } from "../../src/runs/marksFile.js";
import { createRun } from "../../src/runs/runWriter.js";
import { inlineText, smallSpec, started } from "../runs/spec.js";
import { temporaryFolder } from "../temporaryFolder.js";

const root = temporaryFolder();
let dirs: string[];

const runs = (...args: string[]): Promise<Report> => runsCommand.work(readCommandLine("runs", runsCommand, args));
const listedIn = async (...args: string[]): Promise<string[]> => ((await runs(root.path, ...args)).json.runs as { name: string }[]).map(({ name }) => name);

async function endedRun(name: string, units: number, seed: number, bpc: number): Promise<string> {
  const { layers } = smallSpec();
  const spec = smallSpec({ name, seed, layers: layers.map((layer) => ({ ...layer, units })) });
  const writer = await createRun(path.join(root.path, "runs"), spec, { corpusText: inlineText });
  writer.append(started(0, 1000 + units + seed));
  writer.append({ type: "validation", time: 1000 + units + seed, step: 10, loss: bpc * Math.LN2, bpc });
  await writer.interrupted(10);
  return writer.dir;
}

beforeEach(async () => {
  dirs = [await endedRun("small", 8, 1, 2.5), await endedRun("large", 16, 1, 2.25), await endedRun("large again", 16, 2, 2.75)];
});

describe("tritloom runs", () => {
  it("lists those that fit a filter, sorted", async () => {
    expect(await listedIn("--filter", "units > 8", "--sort=-seed")).toEqual(["large again", "large"]);
    expect(await listedIn("--sort", "metric")).toEqual(["large", "small", "large again"]);
    expect((await runs(root.path, "--sort", "metric", "--csv")).exact?.split("\r\n").map((line) => line.split(",")[1])).toEqual(["name", "large", "small", "large again", undefined]);
    expect((await runs(root.path, "--filter", "units > 99")).text).toBe(`No run in ${root.path} fits; there are 3.`);
  });

  it("shows chosen columns, all, or those that tell the runs apart", async () => {
    const { text, json, exact } = await runs(root.path, "--columns", "name,units,metric", "--sort", "seed,units", "--csv");
    expect(text.split("\n").map((line) => line.split(/\s{2,}/).slice(0, 3))).toEqual([["NAME", "UNITS", "METRIC"], ["small", "8", "2.500"], ["large", "16", "2.250"], ["large again", "16", "2.750"]]);
    expect(exact?.split("\r\n")[1]).toBe(`small,8,2.5,${dirs[0]}`);
    expect((json.runs as object[])[0]).toEqual({ name: "small", units: 8, metric: 2.5, directory: dirs[0] });
    expect((await runs(root.path, "--columns", "differing")).text.split("\n")[0]).toMatch(/METRIC .*UNITS +SEED +DIRECTORY$/);
    expect((await runs(root.path, "--columns", "all")).text.split("\n")[0]).toMatch(/^STARRED +NAME .*QUANTISER/);
  });

  it("lists curves of other tools beside them, which are marked, deleted and restored as runs are", async () => {
    const point = { step: 7, seconds: 3, loss: null, figure: 2.125 };
    const imported = { version: 1, name: "torch", task: "character-model", source: "curves.csv", importedAt: 9000, train: [], validation: [point], learningRate: [] } satisfies ImportedRun;
    const dir = await writeImportedRun(path.join(root.path, "runs"), imported);
    const { json, text, exact } = await runs(root.path, "--csv", "--filter", "torch");
    expect(json).toMatchObject({ runs: [{ dir, name: "torch", state: "finished", step: 7, measure: "BPC", validation: 2.125, test: null, problem: null }], damaged: [] });
    expect(text).toMatch(/finished +7\/7 +BPC +2\.125 +- +torch/);
    expect(exact?.split("\r\n")[1]).toMatch(/,torch,character-model,finished,7,7,,BPC,2\.125,,/);
    await runs("star", dir);
    await runs("rename", "PyTorch", dir);
    expect(await listedIn("--filter", "is starred", "--columns", "name")).toEqual(["PyTorch"]);
    await runs("delete", dir);
    expect(await listedIn("--sort", "metric")).toEqual(["large", "small", "large again"]);
    await runs("restore", dir);
    await writeFile(path.join(dir, "imported.json"), "{");
    expect((await runs(root.path)).json.damaged).toEqual([{ dir, message: expect.stringContaining("imported.json is not valid") }]);
    await runs("delete", dir);
  });

  it("groups, with the mean of the figures", async () => {
    const { text, json } = await runs(root.path, "--group", "units", "--sort", "units");
    expect(text.split("\n").map((line) => line.split(/\s{2,}/))).toEqual([["UNITS", "RUNS", "BEST", "MEAN", "DEVIATION"], ["8", "1", "2.500", "2.500", "-"], ["16", "2", "2.250", "2.500", "0.354"]]);
    expect((json.groups as object[])[1]).toMatchObject({ values: { units: 16 }, runs: expect.arrayContaining([dirs[1], dirs[2]]) });
  });

  it.each([
    [["--filter", "units >"], /filter is wrong at character 8: a value is missing/],
    [["--filter", "zebra > 1"], /there is no column "zebra"/],
    [["--sort", "zebra"], /There is no column "zebra"; there are/],
    [["--columns", "validate"], undefined],
    [["runs/none"], /takes one folder, or one of star, unstar/],
  ])("%j is wrong usage, or is found by a part of its name", async (args, message) => {
    await (message === undefined ? expect(runs(root.path, ...args)).resolves.toBeDefined() : expect(runs(root.path, ...args)).rejects.toThrow(message));
  });

  it("stars, tags, notes, renames and hides, and takes it back", async () => {
    const [small, large] = dirs as [string, string];
    await runs("star", small, large);
    await runs("tag", "paper", large);
    await runs("note", "too\nslow", small);
    await runs("rename", "best so far", large);
    expect(await listedIn("--filter", "is starred and tags = paper")).toEqual(["best so far"]);
    expect(await listedIn("--filter", "slow")).toEqual(["small"]);
    await runs("hide", large);
    expect(await listedIn("--filter", "is starred")).toEqual(["small"]);
    expect((await listedIn("--all")).toSorted()).toEqual(["best so far", "large again", "small"]);
    for (const [word, ...rest] of [["unhide"], ["unstar"], ["untag", "paper"], ["rename", ""]] as [string, ...string[]][]) {
      await runs(word, ...rest, large);
    }
    expect(((await runs(root.path, "--filter", "name = large")).json.runs as object[])[0]).not.toHaveProperty("marks");
  });

  it("deletes, lists what is deleted, restores and erases", async () => {
    const [small, large] = dirs as [string, string];
    expect((await runs("delete", small, large)).text).toContain(`tritloom runs restore ${small}`);
    expect(await listedIn()).toEqual(["large again"]);
    expect((await runs("deleted", root.path)).json).toEqual({ deleted: [small, large].toSorted() });
    await runs("restore", small);
    expect((await listedIn()).toSorted()).toEqual(["large again", "small"]);
    expect((await runs("erase", root.path)).json).toEqual({ erased: 1 });
    await expect(runs("restore", large)).rejects.toThrow("No deleted run is called");
  });

  it("changes nothing where one of the runs is not there", async () => {
    await expect(runs("star", dirs[0]!, path.join(root.path, "none"))).rejects.toThrow("There is no run in");
    expect(await listedIn("--filter", "is starred")).toEqual([]);
    await expect(runs("tag", "paper")).rejects.toThrow("runs tag needs TAG and RUN");
    await expect(runs("tag", "two words", dirs[0]!)).rejects.toThrow("must be one word");
  });

  it("lists a run whose marks are damaged, and what to do", async () => {
    await changeMarks(dirs[0]!, { starred: true });
    const [file] = await readdir(path.join(root.path, "runs", ".marks"));
    await writeFile(path.join(root.path, "runs", ".marks", file!), "{");
    expect((await runs(root.path)).text).toContain(`${file} is not used: it is not JSON. Repair it`);
    await rm(path.join(root.path, "runs"), { recursive: true });
    await mkdir(path.join(root.path, "runs"));
    expect((await runs(root.path)).text).toBe(`No runs in ${root.path}.`);
  });
});
