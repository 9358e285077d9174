import { describe, expect, test } from "vitest";
import { runToSuccess, runTool } from "../hardware/tools.js";
import { inFolder, printedVerdicts, withoutCycles, writeBatch } from "./batch.js";
import { shapes } from "./shapes.js";

const batchSize = 35;

describe("accelerators in Icarus Verilog", () => {
  test("are at least 200, of every kind", () => {
    expect(shapes.length).toBeGreaterThanOrEqual(200);
    expect(shapes.filter(({ network }) => Array.isArray(network.units) && network.units.length > 1).length).toBeGreaterThan(30);
  });

  const batches = Array.from({ length: Math.ceil(shapes.length / batchSize) }, (_, index) => index * batchSize);
  test.each(batches)("compute every gate, c, h and output of the integer model in the schedule's cycles, also with stalls: %i and on", (first) => {
    inFolder((cwd) => {
      const { sources, verdicts } = writeBatch(cwd, shapes.slice(first, first + batchSize));
      const build = runToSuccess("iverilog", ["-g2012", "-Wall", "-s", "batch", "-o", "batch.vvp", ...sources], { cwd });
      const warnings = build.stderr.split("\n").filter((line) => line !== "" && !/timescale/.test(line));
      expect(warnings).toEqual([]);
      const { stdout } = runTool("vvp", ["-n", "batch.vvp"], { cwd });
      expect(printedVerdicts(stdout)).toEqual(verdicts);
      const stalled = runTool("vvp", ["-n", "batch.vvp", "+stalls"], { cwd });
      expect(withoutCycles(printedVerdicts(stalled.stdout))).toEqual(withoutCycles(verdicts));
      expect(stalled.status).toBe(0);
    });
  }, 600_000);
});
