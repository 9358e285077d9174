import * as tl from "../../src/api/index.js";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { experimentOf, rowsElsewhere } from "../../bench/results/plan.mjs";

const text = tl.data.fromString("fox", "the quick brown fox jumps over the lazy dog, and then it sleeps . ".repeat(400));

/** The rows of data that are not handed on, with fewer units: what they are made of can be trained, and ships. */
describe("rows of docs/results.md whose data may not be handed on", () => {
  it.each(rowsElsewhere)("$name trains on a small text", async (row) => {
    const runs = await mkdtemp(path.join(os.tmpdir(), "tritloom-plan-"));
    try {
      const experiment = await experimentOf(tl, { ...row, units: 8, batchSize: 4 }, text, { steps: 2 });
      const run = await experiment.train({ runs });
      const { deployable } = await run.evaluate("test");
      expect(deployable.bpc).toBeGreaterThan(0);
      expect(deployable.bpc).toBeLessThan(10);
    } finally {
      await rm(runs, { recursive: true, force: true });
    }
  });
});
