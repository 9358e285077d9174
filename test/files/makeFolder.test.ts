import { mkdtemp, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { makeFolder } from "../../src/files/makeFolder.js";
import { temporaryFolder } from "../temporaryFolder.js";

const root = temporaryFolder();

it("makes all folders of a path, once, also where several begin at the same time", async () => {
  const top = await mkdtemp(path.join(root.path, "a-"));
  const folder = path.join(top, "b/c/d");
  const made = await Promise.all(Array.from({ length: 8 }, () => makeFolder(folder)));
  expect((await stat(folder)).isDirectory()).toBe(true);
  expect(made).toContain(path.join(top, "b"));
  expect(await makeFolder(folder)).toBeUndefined();
});

it("fails below a file, and in a folder that takes no others, in which Node's own way runs for ever", async () => {
  const file = path.join(root.path, "file");
  await writeFile(file, "");
  await expect(makeFolder(path.join(file, "x"))).rejects.toThrow(/EEXIST|ENOTDIR/);
  if (process.platform === "linux") {
    await expect(makeFolder("/proc/tritloom/x")).rejects.toThrow("ENOENT");
  }
});
