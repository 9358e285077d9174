import path from "node:path";
import { describe, expect, test } from "vitest";
import { runToSuccess, runTool } from "../hardware/tools.js";
import { inFolder, printedVerdicts, withoutCycles, writeBatch } from "./batch.js";
import { shapes } from "./shapes.js";

/** Every fourth: C++ takes long to compile. */
const chosen = shapes.filter((_, index) => index % 4 === 0);

/** So many accelerators fill 2 GB of the C++ compiler's memory. */
const batchSize = 22;

/**
 * One C++ file for all: Verilator's makefile would compile some hundred, each with the declarations of every signal, which takes four
 * times as long as the code.
 */
const makeFlags = ["VM_PARALLEL_BUILDS=0", "OPT_FAST=-O0", "OPT_SLOW=-O0", "OPT_GLOBAL=-O0"].join(" ");

describe("accelerators in Verilator", () => {
  test("are at least 50", () => {
    expect(chosen.length).toBeGreaterThanOrEqual(50);
  });

  const batches = Array.from({ length: Math.ceil(chosen.length / batchSize) }, (_, index) => index * batchSize);
  test.each(batches)("compute every gate, c, h and output of the integer model in the schedule's cycles, also with stalls: %i and on", (first) => {
    inFolder((cwd) => {
      const { sources, verdicts } = writeBatch(cwd, chosen.slice(first, first + batchSize));
      runToSuccess("verilator", ["--binary", "--timing", "-Wno-fatal", "-O1", "-MAKEFLAGS", makeFlags, "--top-module", "batch", "-o", "batch", ...sources], { cwd });
      const { stdout, status } = runTool(path.join(cwd, "obj_dir", "batch"), [], { cwd });
      expect(printedVerdicts(stdout)).toEqual(verdicts);
      expect(status).toBe(0);
      const stalled = runTool(path.join(cwd, "obj_dir", "batch"), ["+stalls"], { cwd });
      expect(withoutCycles(printedVerdicts(stalled.stdout))).toEqual(withoutCycles(verdicts));
      expect(stalled.status).toBe(0);
    });
  }, 900_000);
});
