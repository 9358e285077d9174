import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RunDiscovery } from "../../src/extension/runs/runDiscovery.js";
import { RunList } from "../../src/extension/runs/runList.js";
import { RunReader } from "../../src/extension/runs/runReader.js";
import { RunTree } from "../../src/extension/runs/runTree.js";
import { createRun } from "../../src/runs/runWriter.js";
import { inlineText, smallSpec, started } from "../runs/spec.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { folders, folderUri, happenings, resetFake, undisposed, watchers } from "./fakeVscode.js";

vi.mock("vscode", async () => (await import("./fakeVscode.js")).fake);

const root = temporaryFolder();
let faults: unknown[];
let runs: RunList;
let discovery: RunDiscovery;

beforeEach(() => {
  resetFake();
  faults = [];
  const noteFault = (fault: unknown) => void faults.push(fault);
  runs = new RunList(new RunReader(noteFault).read);
  discovery = new RunDiscovery(runs, noteFault);
});
afterEach(() => {
  discovery.dispose();
  runs.dispose();
  expect([...undisposed.values()]).toEqual([]);
});

/** An ended run, whose folder no file event announced. */
async function runIn(folder: string): Promise<string> {
  const writer = await createRun(folder, smallSpec(), { corpusText: inlineText });
  writer.append(started());
  await writer.interrupted(0);
  return writer.dir;
}

async function workspace(name: string, runsFolders: readonly string[]): Promise<string> {
  const folder = path.join(root.path, name);
  await mkdir(folder, { recursive: true });
  folders.push({ uri: folderUri(folder), runsFolders });
  return folder;
}

const found = () => runs.all().map(({ dir }) => dir).sort();
const changed = (setting: string) =>
  happenings.changeConfiguration.fire({ affectsConfiguration: (section) => section === setting });

test("tritloom.runsFolders: relative ones count from their own workspace folder, absolute ones as they are", async () => {
  const outside = path.join(root.path, "outside");
  const first = await workspace("first", ["experiments", outside]);
  const second = await workspace("second", ["../shared"]);
  const expected = [
    await runIn(path.join(first, "experiments")),
    await runIn(outside),
    await runIn(path.join(root.path, "shared")),
  ];
  await runIn(path.join(second, "experiments"));
  await discovery.start();
  expect(found()).toEqual(expected.sort());
  expect(faults).toEqual([]);
});

test("while it looks, runs are not known to be none; a folder that cannot be listed hides none of another", async () => {
  const folder = await workspace("first", ["experiments", "file"]);
  await writeFile(path.join(folder, "file"), "no folder");
  const dir = await runIn(path.join(folder, "experiments"));
  expect(runs.isSearched).toBe(true);
  const tree = new RunTree(runs);
  const looking = discovery.start();
  expect(runs.isSearched).toBe(false);
  const rows = tree.getChildren();
  expect(rows).toBeInstanceOf(Promise);
  expect(await rows).toEqual([dir]);
  await looking;
  expect(runs.isSearched).toBe(true);
  expect(tree.getChildren()).toEqual([dir]);
  expect(faults).toEqual([expect.objectContaining({ code: "ENOTDIR" })]);
  tree.dispose();
});

test("a run that cannot be read is a row that says why", async () => {
  const folder = path.join(await workspace("first", ["experiments"]), "experiments");
  const dir = await runIn(folder);
  const broken = path.join(folder, "20250101-000000-broken");
  await mkdir(broken);
  await writeFile(path.join(broken, "spec.json"), "{");
  await discovery.start();
  const tree = new RunTree(runs);
  expect(tree.getChildren()).toEqual([dir, broken]);
  expect(tree.getTreeItem(broken)).toMatchObject({
    label: "20250101-000000-broken",
    description: expect.stringMatching(/spec\.json is not JSON: restore the file/),
    iconPath: { id: "warning" },
    contextValue: "brokenRun",
  });
  tree.dispose();
});

test("a folder that is not there yet is no fault, and a run that appears in it is found by its file", async () => {
  const folder = path.join(await workspace("first", ["later"]), "later");
  await discovery.start();
  expect([found(), faults]).toEqual([[], []]);
  const dir = await runIn(folder);
  const watcher = watchers.find(({ pattern }) => typeof pattern === "object" && pattern.base.path === folder);
  watcher!.created.fire(folderUri(path.join(dir, "spec.json")));
  await vi.waitFor(() => expect(found()).toEqual([dir]));
});

test("a changed setting is followed at once, with no watcher of the old folders left", async () => {
  const folder = await workspace("first", ["old"]);
  await discovery.start();
  const count = undisposed.size;
  const dir = await runIn(path.join(folder, "new"));
  changed("editor.fontSize");
  expect(watchers.some(({ pattern }) => JSON.stringify(pattern).includes("/new"))).toBe(false);
  folders[0]!.runsFolders = ["new"];
  changed("tritloom.runsFolders");
  await vi.waitFor(() => expect(found()).toEqual([dir]));
  expect(undisposed.size).toBe(count);
  expect([...undisposed.values()].filter((name) => name.includes("/old"))).toEqual([]);
});

test("a run whose folder is deleted goes with it", async () => {
  const folder = path.join(await workspace("first", ["experiments"]), "experiments");
  const dir = await runIn(folder);
  await discovery.start();
  await rm(dir, { recursive: true });
  watchers.forEach(({ deleted }) => deleted.fire(folderUri(dir)));
  await vi.waitFor(() => expect(found()).toEqual([]));
});
