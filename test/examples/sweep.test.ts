import { readdir } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../temporaryFolder.js";
import { runExample } from "./notebookRun.js";

/** The notebook of sweeps in a short form: a few candidates, trained for seconds. */

const root = temporaryFolder();

test("every cell runs: a sweep that ends trials early, and the trade-off of sizes with its Pareto front", async () => {
  // Digits of another kind, each a bar at its own place, that are loaded and evaluated at once.
  const bars =
    'tl.data.fromArrays("bars", { sequences: Array.from({ length: 120 }, (_, n) => Array.from({ length: 784 }, (_, i) => Number(i % 28 === n % 10))), labels: Array.from({ length: 120 }, (_, n) => n % 10) })';
  const short: [string, string][] = [
    ['await tl.data.sequences("mnist")', bars],
    ["batchSize: 100", "batchSize: 10"],
    ["const steps = 600", "const steps = 27"],
    ["validateEvery: 100", "validateEvery: 9"],
    ["tl.tpe(18)", "tl.random(3)"],
    ["min: 100", "min: 9"],
    ["units: 64, quantiser: tl.ternary(), normaliser: p.normaliser", "units: 8, quantiser: tl.ternary(), normaliser: p.normaliser"],
    ["units: [8, 16, 32, 64]", "units: [4, 8]"],
  ];
  const { status, stderr, report, text } = await runExample("sweep.ipynb", root.path, short);
  expect(status, stderr).toBe(0);
  expect(report.ok).toBe(true);
  expect(await readdir(path.join(root.path, "sweeps"))).toHaveLength(2);
  // Four candidates, each with its figure, bits and cycles; the smallest is always on the front.
  const rows = [...text.matchAll(/^ {2}\d( \*)? +(gru|lstm) +(\d) +\d+\.\d+ % +([\d,]+) +([\d,]+)$/gm)];
  expect(rows).toHaveLength(4);
  const bits = rows.map(([, star, , , count]) => ({ isOnFront: star !== undefined, count: Number(count!.replaceAll(",", "")) }));
  expect(bits.toSorted((one, other) => one.count - other.count)[0]!.isOnFront).toBe(true);
  expect(text).toMatch(/cycles/);
});
