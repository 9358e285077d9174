import * as tl from "../../src/api/index.js";
import { describe, expect, it } from "vitest";
import { experimentOf, type Row, rows, rowsElsewhere, sourceOf } from "../../bench/results/plan.mjs";
import { temporaryFolder } from "../temporaryFolder.js";

const runs = temporaryFolder();

const text = tl.data.fromString("fox", "the quick brown fox jumps over the lazy dog, and then it sleeps . ".repeat(400));

/**
 * Trains rows with few units on a small text, those with a source after their source and from its run.
 * @returns the runs by the names of the rows
 */
async function trainedInOrder(chosen: readonly Row[]): Promise<Map<string, tl.Run>> {
  const trained = new Map<string, tl.Run>();
  for (const row of chosen.toSorted((one, other) => Number(sourceOf(one) !== undefined) - Number(sourceOf(other) !== undefined))) {
    const source = trained.get(sourceOf(row) ?? "");
    expect(source === undefined, row.name).toBe(sourceOf(row) === undefined);
    const experiment = await experimentOf(tl, { ...row, units: 8, batchSize: 4 }, text, { steps: 4 }, source);
    trained.set(row.name, await experiment.train({ runs: runs.path }));
  }
  return trained;
}

describe("rows of War & Peace that begin with others, or learn from them", () => {
  it("those of the ablation differ from their base in one thing each, and train", async () => {
    const ablation = rows.filter(({ budget }) => budget === "ablation");
    const trained = await trainedInOrder(ablation);
    const specs = new Map([...trained].map(([name, { spec }]) => [name, JSON.stringify({ ...spec, name: "", shipping: null, seed: 1 })]));
    expect(new Set(specs.values()).size).toBe(ablation.length - 1);
    expect(specs.get("war-and-peace-ablation-base-seed-2")).toBe(specs.get("war-and-peace-ablation-base"));
    for (const run of trained.values()) {
      expect((await run.evaluate("test")).deployable.bpc).toBeLessThan(10);
    }
  });

  it("the quantised ones that are trained for long begin with the weights of full precision", async () => {
    const trained = await trainedInOrder(rows.filter(({ budget }) => budget === "long"));
    const source = trained.get("war-and-peace-lstm-full-precision-batch-long")!;
    for (const quantiser of ["binary", "ternary"]) {
      expect(trained.get(`war-and-peace-lstm-${quantiser}-batch-long`)!.spec.startWeights?.from).toContain(source.spec.name);
    }
  });
});

/** The rows of data that are not handed on, with fewer units: what they are made of can be trained, and ships. */
describe("rows of docs/results.md whose data may not be handed on", () => {
  it.each(rowsElsewhere)("$name trains on a small text", async (row) => {
    const experiment = await experimentOf(tl, { ...row, units: 8, batchSize: 4 }, text, { steps: 2 });
    const run = await experiment.train({ runs: runs.path });
    const { deployable } = await run.evaluate("test");
    expect(deployable.bpc).toBeGreaterThan(0);
    expect(deployable.bpc).toBeLessThan(10);
  });
});
