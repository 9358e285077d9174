import { spawnSync } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { stagingBeside } from "../../scripts/staging.mjs";
import { temporaryFolder } from "../temporaryFolder.js";

const root = temporaryFolder();

it("removes what a killed process was installing, and leaves alone what a living one does", async () => {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  const gone = path.join(root.path, `other.partial-${pid}-a1B2c3`);
  await mkdir(path.join(gone, "onnx"), { recursive: true });
  await writeFile(path.join(gone, "onnx/weights"), "half");
  await mkdir(path.join(root.path, "other.partial-x1Y2z3"));
  await mkdir(path.join(root.path, "whole"));
  const living = await stagingBeside(path.join(root.path, "packages"));
  const second = await stagingBeside(path.join(root.path, "packages"));
  expect(second).not.toBe(living);
  expect((await readdir(root.path)).toSorted()).toEqual([path.basename(living), path.basename(second), "whole"].toSorted());
});
