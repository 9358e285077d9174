import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { deletedRuns, eraseDeletedRuns, putRunAside, restoreRun } from "../../src/runs/deletedRuns.js";
import { changedMarks } from "../../src/runs/marks.js";
import { changeMarks, readMarks } from "../../src/runs/marksFile.js";
import { marksFile, runOfMarksFile } from "../../src/runs/marksPlace.js";
import { listRunDirs } from "../../src/runs/readRun.js";
import { createRun } from "../../src/runs/runWriter.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { inlineText, smallSpec, started } from "./spec.js";

const root = temporaryFolder();
const runs = (): string => path.join(root.path, "runs");
const run = (name: string): string => path.join(runs(), name);

/** A run that ended. */
async function endedRun(): Promise<string> {
  const writer = await createRun(runs(), smallSpec(), { corpusText: inlineText });
  writer.append(started());
  await writer.interrupted(0);
  return writer.dir;
}

describe("a change of marks", () => {
  it("sets what it names, keeps the rest, and takes away what is empty", () => {
    const marks = changedMarks(undefined, { starred: true, addTags: ["b", "a", "a"], note: " two\nlines " });
    expect(marks).toEqual({ starred: true, tags: ["a", "b"], note: "two\nlines" });
    expect(changedMarks(marks, { removeTags: ["a"], name: "best" })).toEqual({ starred: true, tags: ["b"], note: "two\nlines", name: "best" });
    expect(changedMarks(marks, { starred: false, removeTags: ["a", "b"], note: null })).toBeUndefined();
  });

  it.each([
    [{ name: "two\nlines" }, /The name "two\\nlines" must be one line/],
    [{ addTags: ["two words"] }, /The tag "two words" must be one word/],
    [{ addTags: ["a=b"] }, /must be one word/],
    [{ addTags: [""] }, /must be one word/],
  ])("%j is refused", (change, message) => {
    expect(() => changedMarks(undefined, change)).toThrow(message);
  });
});

describe("the file of marks", () => {
  it("lies beside the run, sorted, and goes with the last mark", async () => {
    await changeMarks(run("a"), { starred: true, addTags: ["x"], note: "n" });
    const file = path.join(runs(), ".marks", "a.json");
    expect([marksFile(run("a")), runOfMarksFile(file)]).toEqual([file, run("a")]);
    expect(await readFile(file, "utf8")).toBe('{\n  "note": "n",\n  "starred": true,\n  "tags": [\n    "x"\n  ],\n  "version": 1\n}\n');
    await changeMarks(run("a"), { starred: false, removeTags: ["x"], note: "" });
    expect(await readdir(runs())).toEqual([]);
    expect(await readMarks(run("a"))).toEqual({});
  });

  it("keeps every one of many changes at once", async () => {
    const tags = Array.from({ length: 12 }, (_, index) => `t${index}`);
    await Promise.all(tags.map((tag) => changeMarks(run("a"), { addTags: [tag] })));
    expect((await readMarks(run("a"))).marks?.tags).toEqual(tags.toSorted());
    expect(await readdir(path.join(runs(), ".marks"))).toEqual(["a.json"]);
  });

  it("keeps what a later version wrote beside", async () => {
    await mkdir(path.join(runs(), ".marks"), { recursive: true });
    await writeFile(marksFile(run("a")), '{ "version": 1, "rating": 5, "starred": true }');
    await changeMarks(run("a"), { starred: false });
    expect(JSON.parse(await readFile(marksFile(run("a")), "utf8"))).toEqual({ version: 1, rating: 5 });
  });

  it.each([
    ["{", /not JSON/],
    ['{\n<<<<<<< HEAD\n"starred": true\n=======\n>>>>>>> other\n}', /conflicts of a merge/],
    ['{ "version": 2 }', /version/],
    ['{ "version": 1, "tags": "x" }', /tags/],
  ])("tells that %j is damaged, and puts it aside when it is written", async (text, problem) => {
    await mkdir(path.join(runs(), ".marks"), { recursive: true });
    await writeFile(marksFile(run("a")), text);
    expect((await readMarks(run("a"))).problem).toMatch(problem);
    const { putAside, marks } = await changeMarks(run("a"), { starred: true });
    expect(marks).toEqual({ starred: true });
    expect(await readFile(putAside!, "utf8")).toBe(text);
    expect(await readMarks(run("a"))).toEqual({ marks: { starred: true } });
  });

  it("merges in git without a conflict where two people marked two runs", async () => {
    const git = (...args: string[]) => promisify(execFile)("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], { cwd: root.path });
    await git("init", "--quiet", "--initial-branch=main");
    await git("commit", "--quiet", "--allow-empty", "--message=first");
    await git("checkout", "--quiet", "-b", "other");
    await changeMarks(run("a"), { starred: true });
    await git("add", ".");
    await git("commit", "--quiet", "--message=other");
    await git("checkout", "--quiet", "main");
    await changeMarks(run("b"), { addTags: ["paper"] });
    await git("add", ".");
    await git("commit", "--quiet", "--message=main");
    await git("merge", "--quiet", "other");
    expect([await readMarks(run("a")), await readMarks(run("b"))]).toEqual([{ marks: { starred: true } }, { marks: { tags: ["paper"] } }]);
  });
});

describe("a deleted run", () => {
  it("is in no list, comes back whole with its marks, and can be erased", async () => {
    const dir = await endedRun();
    await changeMarks(dir, { starred: true });
    const aside = await putRunAside(dir);
    expect([await listRunDirs(runs()), await deletedRuns(runs())]).toEqual([[], [dir]]);
    expect(await restoreRun(dir)).toBe(dir);
    expect([await listRunDirs(runs()), (await readMarks(dir)).marks]).toEqual([[dir], { starred: true }]);
    expect(await putRunAside(dir)).toBe(aside);
    expect(await restoreRun(aside)).toBe(dir);
    await putRunAside(dir);
    expect(await eraseDeletedRuns(runs())).toBe(1);
    await expect(restoreRun(dir)).rejects.toThrow("No deleted run is called");
  });

  it("does not come back over what took its place", async () => {
    const dir = await endedRun();
    await putRunAside(dir);
    await mkdir(dir);
    await expect(restoreRun(dir)).rejects.toThrow(`${dir} is there already`);
  });

  it("is none that trains", async () => {
    const writer = await createRun(runs(), smallSpec(), { corpusText: inlineText });
    await expect(putRunAside(writer.dir)).rejects.toThrow("is running: stop it first");
    await writer.close();
  });
});
