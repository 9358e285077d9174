import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runToSuccess, runTool } from "../hardware/tools.js";
import { printedVerdicts, writeBatch } from "./batch.js";
import type { Batch } from "./batch.js";
import { shapes } from "./shapes.js";

/** Every fourth: C++ takes long to compile. */
const chosen = shapes.filter((_, index) => index % 4 === 0);

describe("accelerators in Verilator", () => {
  let cwd: string;
  let batch: Batch;
  beforeAll(() => {
    cwd = mkdtempSync(path.join(os.tmpdir(), "tritloom-verilator-"));
    batch = writeBatch(cwd, chosen);
    const fast = ["-O1", "-MAKEFLAGS", "OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0"];
    runToSuccess("verilator", ["--binary", "--timing", "-Wno-fatal", "-j", "2", ...fast, "--top-module", "batch", "-o", "batch", ...batch.sources], { cwd });
  }, 900_000);
  afterAll(() => rmSync(cwd, { recursive: true }));

  test("are at least 50", () => {
    expect(chosen.length).toBeGreaterThanOrEqual(50);
  });

  test("compute every gate, c, h and output of the integer model in the schedule's cycles", () => {
    const { stdout, status } = runTool(path.join(cwd, "obj_dir", "batch"), [], { cwd });
    expect(printedVerdicts(stdout)).toEqual(batch.verdicts);
    expect(status).toBe(0);
  });

  test("compute the same values when both streams pause at random", () => {
    const { stdout, status } = runTool(path.join(cwd, "obj_dir", "batch"), ["+stalls"], { cwd });
    const withoutCycles = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/ cycles=\d+$/, ""));
    expect(withoutCycles(printedVerdicts(stdout))).toEqual(withoutCycles(batch.verdicts));
    expect(status).toBe(0);
  });
});
