import { expect, test } from "vitest";
import { temporaryFolder } from "../temporaryFolder.js";
import { runExample } from "./notebookRun.js";

/**
 * The reproduction from the command line, on the text that ships and with a small network: every cell works, whatever
 * the text. War and Peace itself is downloaded, so no test needs it.
 */

const root = temporaryFolder();

/** @returns the outputs of a run of all cells that trained so many small networks to their end */
async function outputsOfSmall(networks: number, replacements: [string, string][]): Promise<string> {
  const { status, stderr, report, text } = await runExample("reproduce-war-and-peace.ipynb", root.path, [
    ['tl.data.text("war-and-peace")', 'tl.data.text("moby-dick")'],
    ["units: 512", "units: 24"],
    ...replacements,
  ]);
  expect(status, stderr).toBe(0);
  expect(report.runs.map(({ state }) => state)).toEqual(Array.from({ length: networks }, () => "finished"));
  expect(report.runs.at(-1)!.testBpc).toBeLessThan(Math.log2(91));
  return text;
}

test("every cell of the short form runs, and shows both evaluations beside the published figures", async () => {
  const text = await outputsOfSmall(1, [
    ["steps: 2400", "steps: 40"],
    ["tl.bestOf(3)", "tl.bestOf(2)"],
  ]);
  expect(text).toMatch(/deployable +\d\.\d{3}/);
  expect(text).toMatch(/published: ternary, 200 epochs +│ '1\.72'/);
  expect(text).toMatch(/draw 2 +\d\.\d{4}/);
  expect(text).toMatch(/recurrent layers against float32/);
});

test("so does every cell of the long form, whose weights begin with full precision and follow the deterministic rule", async () => {
  const text = await outputsOfSmall(2, [
    ['"paper" = "short"', '"paper" = "long"'],
    ["steps: 6000", "steps: 40"],
    ["steps: 9000", "steps: 40"],
  ]);
  expect(text).toMatch(/its full precision, deployable/);
  expect(text).toMatch(/weights that ship +deterministic/);
  expect(text).toMatch(/this run \(long form\), deployable/);
});
