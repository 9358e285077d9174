import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { saveFile } from "../../src/extension/webviews/saveFile.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { answers, folders, folderUri, resetFake, shown } from "./fakeVscode.js";

vi.mock("vscode", async () => (await import("./fakeVscode.js")).fake);

const root = temporaryFolder();
const bytes = Buffer.from([137, 80, 78, 71, 0, 255]);
const picture = { suggestedName: "moby-schedule.png", encoding: "base64", data: bytes.toString("base64") } as const;

beforeEach(() => {
  resetFake();
  folders.length = 0;
});

const answer = (name: string) => (answers.save = async () => folderUri(path.join(root.path, name)));

test("the dialog suggests the file's name in the workspace, and exactly the bytes are written where the user says", async () => {
  folders.push({ uri: folderUri("/workspace"), runsFolders: [] });
  answer("mine.png");
  await saveFile({ ...picture, suggestedName: "../../moby-schedule.png" });
  expect(shown).toMatchObject([
    { kind: "save", text: { defaultUri: { path: "/workspace/moby-schedule.png" } } },
    { kind: "information", text: `Saved ${path.join(root.path, "mine.png")}.` },
  ]);
  expect(await readFile(path.join(root.path, "mine.png"))).toEqual(bytes);
  expect(await readdir(root.path)).toEqual(["mine.png"]);
});

test("cancel writes nothing and says nothing", async () => {
  await saveFile(picture);
  expect(shown.map(({ kind }) => kind)).toEqual(["save"]);
  expect(await readdir(root.path)).toEqual([]);
});

test("an existing file stays until the dialog, which asks, has its answer", async () => {
  const file = path.join(root.path, "mine.png");
  await writeFile(file, "before");
  const whileAsked: string[] = [];
  answers.save = async () => {
    whileAsked.push(await readFile(file, "utf8"));
    return folderUri(file);
  };
  await saveFile(picture);
  expect(whileAsked).toEqual(["before"]);
  expect(await readFile(file)).toEqual(bytes);
  expect(await readdir(root.path)).toEqual(["mine.png"]);
});

test("a file that cannot be written is told once, with its place, and what was there stays", async () => {
  answer("missing/mine.png");
  await saveFile(picture);
  const [, told] = shown;
  expect(shown).toHaveLength(2);
  expect(told).toMatchObject({ kind: "error" });
  expect(told?.text).toMatch(/missing.mine\.png was not saved: ENOENT.*\. Choose another place\.$/);
  expect(await readdir(root.path)).toEqual([]);
});
