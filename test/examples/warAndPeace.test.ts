import { expect, test } from "vitest";
import { temporaryFolder } from "../temporaryFolder.js";
import { runExample } from "./notebookRun.js";

/**
 * The reproduction from the command line, on the text that ships and with a small network: every cell works, whatever
 * the text. War and Peace itself is downloaded, so no test needs it.
 */

const root = temporaryFolder();

test("every cell of the short form runs, and shows both evaluations beside the published figures", async () => {
  const { status, stderr, report, text } = await runExample("reproduce-war-and-peace.ipynb", root.path, [
    ['tl.data.text("war-and-peace")', 'tl.data.text("moby-dick")'],
    ["units: 512", "units: 24"],
    ["steps: 2400", "steps: 40"],
    ["tl.bestOf(3)", "tl.bestOf(2)"],
  ]);
  expect(status, stderr).toBe(0);
  expect(report.runs.map(({ state }) => state)).toEqual(["finished"]);
  expect(report.runs[0]!.testBpc).toBeLessThan(Math.log2(91));
  expect(text).toMatch(/deployable +\d\.\d{3}/);
  expect(text).toMatch(/published: ternary, 200 epochs +│ '1\.72'/);
  expect(text).toMatch(/draw 2 +\d\.\d{4}/);
  expect(text).toMatch(/recurrent layers against float32/);
});

test("so does every cell of the long form, whose weights follow the deterministic rule", async () => {
  const { status, stderr, report, text } = await runExample("reproduce-war-and-peace.ipynb", root.path, [
    ['tl.data.text("war-and-peace")', 'tl.data.text("moby-dick")'],
    ['"paper" = "short"', '"paper" = "long"'],
    ["units: 512", "units: 24"],
    ["steps: 48_000", "steps: 40"],
  ]);
  expect(status, stderr).toBe(0);
  expect(report.runs.map(({ state }) => state)).toEqual(["finished"]);
  expect(report.runs[0]!.testBpc).toBeLessThan(Math.log2(91));
  expect(text).toMatch(/weights that ship +deterministic/);
  expect(text).toMatch(/this run \(long form\), deployable/);
});
