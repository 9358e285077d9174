import { execFileSync } from "node:child_process";
import { mkdtemp, mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCommandLine, type Report } from "../../../src/cli/command.js";
import { romCommand } from "../../../src/cli/rom.js";
import { romRules } from "../../../src/romFormats/reading/rules.js";

/**
 * Files that some tool trips over. `index.json` says for each what the linter must find: rule, severity, line and the exact
 * words; options are those of the command line.
 */
const folder = path.join(import.meta.dirname, "../badRoms");

interface Expected {
  readonly file: string;
  readonly options?: readonly string[];
  readonly findings: readonly { readonly rule: string; readonly severity: string; readonly line: number; readonly message: string }[];
}

function rom(...args: readonly string[]): Promise<Report> {
  return romCommand.work(readCommandLine("rom", romCommand, args));
}

const index = JSON.parse(await readFile(path.join(folder, "index.json"), "utf8")) as Expected[];

describe("rom lint", () => {
  test.each(index)("$file", async ({ file, options = [], findings }) => {
    const place = path.join(folder, file);
    const { json, isFailure } = await rom("lint", place, ...options);
    expect(json).toEqual({ findings: findings.map((finding) => ({ file: place, ...finding })) });
    expect(isFailure).toBe(findings.some(({ severity }) => severity === "error"));
  });

  test("has each file of the corpus in its index", async () => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
    expect(files.toSorted()).toEqual([...index.map(({ file }) => file), "index.json", "exported/manifest.json"].toSorted());
    expect(index.length).toBeGreaterThanOrEqual(60);
  });

  test("has every rule in the corpus, apart from those that only a disk can break", () => {
    const seen = new Set(index.flatMap(({ findings }) => findings.map(({ rule }) => rule)));
    const missing = Object.keys(romRules).filter((rule) => !seen.has(rule));
    expect(missing).toEqual(["unreadable", "huge-file"]);
  });
});

describe("files that are no fixtures", () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), "bad-roms-"));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  test("a folder, and one that is not there", async () => {
    await mkdir(path.join(home, "folder.mem"));
    const { json } = await rom("lint", path.join(home, "folder.mem"), path.join(home, "none.mem"));
    expect(json.findings).toMatchObject([
      { rule: "unreadable", line: 1, message: "The file cannot be read: it is a folder. Check the path and its permissions." },
      { rule: "unreadable", line: 1, message: "The file cannot be read: it does not exist. Check the path and its permissions." },
    ]);
  });

  test("a huge one is refused by its size alone", async () => {
    const file = path.join(home, "huge.mem");
    const handle = await open(file, "w");
    await handle.truncate(65 * 2 ** 20);
    await handle.close();
    const { json } = await rom("lint", file);
    expect(json.findings).toMatchObject([
      { rule: "huge-file", message: "The file has 65 MiB; files up to 64 MiB are read. Lint a part of it, or a denser format." },
    ]);
  });

  test("a named pipe is no file and is not waited for", async () => {
    const file = path.join(home, "pipe.mem");
    execFileSync("mkfifo", [file]);
    const { json } = await rom("lint", file);
    expect(json.findings).toMatchObject([
      { rule: "unreadable", message: "The file cannot be read: it is a pipe. Check the path and its permissions." },
    ]);
  });

  test("thousand wrong lines are told by twenty, and their number", async () => {
    const file = path.join(home, "thousand.mem");
    await writeFile(file, "0xz\n".repeat(1000));
    const { json } = await rom("lint", file);
    const findings = json.findings as { line: number; message: string }[];
    expect(findings.map(({ line }) => line)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(findings.at(-1)!.message).toMatch(/\(980 more like this\.\)$/);
  });

  test("several at once have their findings one after the other", async () => {
    const [good, bad] = [path.join(home, "good.mem"), path.join(home, "bad.mem")];
    await writeFile(good, "01\n02\n");
    await writeFile(bad, "01\n02");
    const report = await rom("lint", bad, good, bad);
    expect(report.json.findings).toMatchObject([{ file: bad, rule: "no-final-newline" }, { file: bad, rule: "no-final-newline" }]);
    expect(report.text.split("\n").at(-1)).toBe("3 files, 2 errors, 0 warnings");
    expect(await rom("lint", good)).toEqual({ text: "No problems found.\n1 file, 0 errors, 0 warnings", json: { findings: [] }, isFailure: false });
  });
});
