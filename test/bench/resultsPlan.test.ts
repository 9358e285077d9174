import * as tl from "../../src/api/index.js";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { experimentOf, rows, rowsElsewhere, sourceOf } from "../../bench/results/plan.mjs";

const ablation = rows.filter(({ budget }) => budget === "ablation");

const text = tl.data.fromString("fox", "the quick brown fox jumps over the lazy dog, and then it sleeps . ".repeat(400));

describe("rows of the ablation", () => {
  it("differ from their base in one thing each, and train on a small text, those with a source from its run", async () => {
    const runs = await mkdtemp(path.join(os.tmpdir(), "tritloom-plan-"));
    const trained = new Map<string, tl.Run>();
    const others = (spec: tl.Experiment["spec"]): string => JSON.stringify({ ...spec, name: "", shipping: null, seed: 1 });
    try {
      const waiting = ablation.toSorted((one, other) => Number(sourceOf(one) !== undefined) - Number(sourceOf(other) !== undefined));
      const specs = new Map<string, string>();
      for (const row of waiting) {
        const source = trained.get(sourceOf(row) ?? "");
        expect(source === undefined, row.name).toBe(sourceOf(row) === undefined);
        const experiment = await experimentOf(tl, { ...row, units: 8, batchSize: 4 }, text, { steps: 4 }, source);
        const run = await experiment.train({ runs });
        trained.set(row.name, run);
        specs.set(row.name, others(experiment.spec));
        expect((await run.evaluate("test")).deployable.bpc).toBeLessThan(10);
      }
      expect(new Set(specs.values()).size).toBe(ablation.length - 1);
      expect(specs.get("war-and-peace-ablation-base-seed-2")).toBe(specs.get("war-and-peace-ablation-base"));
    } finally {
      await rm(runs, { recursive: true, force: true });
    }
  });
});

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
