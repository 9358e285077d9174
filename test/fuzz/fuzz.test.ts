import { beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../temporaryFolder.js";
import { buildFuzzWorker, fuzz } from "./harness.js";
import { targets } from "./targets.js";

const root = temporaryFolder();
/** Generous, since a machine may be busy: what the limits are for takes for ever. */
const limits = { seconds: 20, mebibytes: 512 };
const casesOfTarget = 120;

let program: string;
beforeAll(async () => {
  program = await buildFuzzWorker(root.path);
});

test("there are more than two thousand cases", () => {
  expect(casesOfTarget * targets.length).toBeGreaterThan(2000);
});

test.each(targets.map(({ name }) => name))("%s: no case throws, hangs or takes all memory", async (name) => {
  expect(await fuzz(program, name, 1, casesOfTarget, limits)).toBeUndefined();
});
