import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildFuzzWorker, fuzz } from "./harness.js";
import { targets } from "./targets.js";

/** Generous, since a machine may be busy: what the limits are for takes for ever. */
const limits = { seconds: 20, mebibytes: 512 };
const casesOfTarget = 120;

let folder: string;
let program: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "fuzz-"));
  program = await buildFuzzWorker(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a case that throws and one that never ends are told with their seeds", async () => {
  const wrong = path.join(folder, "wrong.cjs");
  const work = 'const { workerData: { target, firstSeed, progress } } = require("node:worker_threads"); progress[0] = firstSeed + 3; progress[1] = 4;';
  await writeFile(wrong, `${work} if (target === "throws") throw new Error("no such word"); for (;;) {}`);
  expect(await fuzz(wrong, "throws", 10, 5, limits)).toEqual({ target: "throws", seed: 13, reason: "no such word" });
  expect(await fuzz(wrong, "hangs", 20, 5, { ...limits, seconds: 0.3 })).toEqual({ target: "hangs", seed: 23, reason: "it took more than 0.3 s" });
});

test("there are more than two thousand cases", () => {
  expect(casesOfTarget * targets.length).toBeGreaterThan(2000);
});

test.each(targets.map(({ name }) => name))("%s: no case throws, hangs or takes all memory", async (name) => {
  expect(await fuzz(program, name, 1, casesOfTarget, limits)).toBeUndefined();
});
