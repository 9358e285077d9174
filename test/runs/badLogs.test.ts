import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { appendFile, mkdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { runsCommand } from "../../src/cli/runs.js";
import { followCourse, listRunDirs, listRuns, readCourse, readRun } from "../../src/runs/readRun.js";
import { createRun, resumeRun } from "../../src/runs/runWriter.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { inlineText, smallSpec, smallTensors, started, stepEvent } from "./spec.js";

const root = temporaryFolder();
const log = (dir: string): string => path.join(dir, "events.jsonl");
const validation = { type: "validation", time: 1004, step: 4, loss: 1.5, bpc: 1.5 / Math.LN2 } as const;

/** A run that trained for four steps and was interrupted. */
async function stoppedRun(): Promise<string> {
  const writer = await createRun(root.path, smallSpec(), { corpusText: inlineText });
  writer.append(started());
  [1, 2, 3, 4].forEach((step) => writer.append(stepEvent(step)));
  writer.append(validation);
  await writer.checkpoint(smallTensors, 4);
  await writer.interrupted(4);
  return writer.dir;
}

/** Puts something else in the place of a run's file. */
const inPlaceOf = {
  pipe: (file: string) => void execFileSync("mkfifo", [file]),
  device: (file: string) => symlink("/dev/zero", file),
  folder: (file: string) => mkdir(file),
};

describe("a log that is no file", () => {
  it.each(Object.entries(inPlaceOf))("%s: is told, not waited for; the run is still listed, and is not resumed", async (kind, make) => {
    const dir = await stoppedRun();
    await rm(log(dir));
    await make(log(dir));
    const problem = { kind: "unreadable", message: expect.stringContaining(`is a ${kind}, not a file`) };
    for (const reading of [await readRun(dir), await followCourse(dir).poll()]) {
      expect(reading).toMatchObject({ spec: { steps: 100 }, state: "crashed", logProblem: problem, log: { step: 0 } });
    }
    await expect(resumeRun(dir)).rejects.toThrow(`cannot be resumed: ${log(dir)} is a ${kind}`);
  });

  it("missing: is told, and the run can be resumed", async () => {
    const dir = await stoppedRun();
    await rm(log(dir));
    expect(await readRun(dir)).toMatchObject({ state: "crashed", logProblem: { kind: "missing", message: expect.stringContaining("restore the file") } });
    const writer = await resumeRun(dir);
    writer.append(started(4));
    await writer.interrupted(4);
    expect(await readRun(dir)).toMatchObject({ state: "interrupted", logProblem: undefined, log: { step: 4 } });
  });

  it("one that the system does not open: its reason is told", async () => {
    const dir = await stoppedRun();
    await rm(log(dir));
    await symlink(log(dir), log(dir));
    expect(await readRun(dir)).toMatchObject({ logProblem: { kind: "unreadable", message: expect.stringMatching(/^ELOOP.*events\.jsonl/) } });
  });
});

describe("a log with something else in it", () => {
  /** What comes after it counts all the same. */
  async function expectWhole(dir: string): Promise<void> {
    await appendFile(log(dir), `${JSON.stringify(stepEvent(5))}\n`);
    for (const reading of [await readRun(dir), await followCourse(dir).poll()]) {
      expect(reading.logProblem).toBeUndefined();
      expect(reading.log).toMatchObject({ step: 5, lastReport: { step: 5 }, best: { validation: { step: 4 } } });
    }
    expect((await readCourse(dir, 4)).train.points().map(({ step }) => step)).toEqual([1, 2, 3, 4]);
  }

  it("a torn last line waits, and is ended when the run is resumed", async () => {
    const dir = await stoppedRun();
    await appendFile(log(dir), '{"type":"step","time":1005,"st');
    expect(await readRun(dir)).toMatchObject({ state: "interrupted", log: { step: 4 } });
    const writer = await resumeRun(dir);
    await writer.interrupted(4);
    await expectWhole(dir);
  });

  it("a line of 100 MB", async () => {
    const dir = await stoppedRun();
    await truncate(log(dir), 100_000_000);
    await appendFile(log(dir), "\n");
    await expectWhole(dir);
  });

  it("more bytes than a string can hold", async () => {
    const dir = await stoppedRun();
    await truncate(log(dir), 600_000_000);
    await appendFile(log(dir), `\n${JSON.stringify(stepEvent(5))}\n`);
    expect((await readRun(dir)).log).toMatchObject({ step: 5, lastReport: { step: 5 } });
  });

  it("binary garbage, with bytes of every value", async () => {
    const dir = await stoppedRun();
    await appendFile(log(dir), Buffer.concat([Buffer.from(`{"type":"step",`), randomBytes(300_000), Buffer.from("\n{}\n[]\n{{\nnull\n")]));
    await expectWhole(dir);
  });
});

describe("lists", () => {
  it("show a run that cannot be read as a row that says why, and all others", async () => {
    const good = await stoppedRun();
    const broken: [string, RegExp][] = [];
    for (const [kind, make] of Object.entries(inPlaceOf)) {
      const dir = path.join(root.path, `0-${kind}`);
      await mkdir(dir);
      await make(path.join(dir, "spec.json"));
      broken.push([dir, new RegExp(`spec\\.json is a ${kind}, not a file`)]);
    }
    const [noJson, badResult, withoutLog] = ["0-json", "0-result", "0-log"].map((name) => path.join(root.path, name)) as [string, string, string];
    await mkdir(noJson);
    await writeFile(path.join(noJson, "spec.json"), "\0{");
    for (const dir of [badResult, withoutLog]) {
      await mkdir(dir);
      await writeFile(path.join(dir, "spec.json"), await readFile(path.join(good, "spec.json")));
    }
    await writeFile(path.join(badResult, "result.json"), '{"version": 1}');
    broken.push([noJson, /spec\.json is not JSON/], [badResult, /result\.json is not valid/]);

    expect((await listRunDirs(root.path)).toSorted()).toEqual([good, withoutLog, ...broken.map(([dir]) => dir)].toSorted());
    expect((await listRuns(root.path)).map(({ dir }) => dir).toSorted()).toEqual([good, withoutLog].toSorted());
    const { text, json } = (await runsCommand.work({ operands: [root.path], values: {}, switches: new Set() })) as { text: string; json: { runs: { dir: string; problem: string | null }[]; damaged: object[] } };
    expect(json.runs.map(({ dir, problem }) => [dir, problem])).toEqual(
      expect.arrayContaining([[good, null], [withoutLog, expect.stringContaining("events.jsonl is missing")]]),
    );
    for (const [dir, message] of broken) {
      expect(json.damaged).toContainEqual({ dir, message: expect.stringMatching(message) });
      const row = text.split("\n").find((line) => line.includes(`${dir} `))!;
      expect(row).toMatch(/^damaged /);
      expect(row).toMatch(message);
    }
    expect(text.split("\n")).toHaveLength(1 + 2 + broken.length);
  });

  it("have no column of problems without one", async () => {
    await stoppedRun();
    const { text } = await runsCommand.work({ operands: [root.path], values: {}, switches: new Set() });
    expect(text.split("\n")[0]).toMatch(/NAME +DIRECTORY$/);
    expect(text).toMatch(/^interrupted +4\/100 +BPC +2\.164 +- /m);
  });
});
