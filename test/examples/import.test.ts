import { expect, test } from "vitest";
import { cp } from "node:fs/promises";
import path from "node:path";
import { temporaryFolder } from "../temporaryFolder.js";
import { runExample } from "./notebookRun.js";

/** From PyTorch's file to ROM files, with a shorter calibration and a shorter training. */

const root = temporaryFolder();

test("every cell runs, the float figure is the one that PyTorch printed, and the ROM files are there", async () => {
  await cp("examples/import", path.join(root.path, "import"), { recursive: true });
  const { status, stderr, report, text } = await runExample("import.ipynb", root.path, [
    ["timesteps: 20_000", "timesteps: 1000"],
    ["steps: 3000", "steps: 150"],
  ]);
  expect(status, stderr).toBe(0);
  expect(report.runs.map(({ state }) => state)).toEqual(["finished", "finished", "finished"]);
  const [float, quantised, trained] = report.runs.map(({ testBpc }) => testBpc);
  expect(trained!).toBeLessThan(quantised! - 0.1);
  expect(trained!).toBeGreaterThan(float!);
  expect(text).toMatch(/bits per character, validation part +2\.366 /);
  expect(text).toMatch(/bits per character, test part +\d\.\d{3}; float: 2\.\d{3}/);
  expect(text).toContain("files: .coe, .mem, .mif");
});
