import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import { adam } from "../../src/api/optimisers.js";
import { ternary } from "../../src/api/quantisers.js";
import { lstm } from "../../src/api/recurrentLayers.js";
import { characterModel } from "../../src/api/tasks.js";
import { experiment, type Experiment } from "../../src/api/experiment.js";
import { type CellHost, type MimeBundle, setCellHost } from "../../src/api/host.js";
import type { Report } from "../../src/api/report.js";
import { openRun } from "../../src/api/run.js";
import { data } from "../../src/api/data.js";
import { readRun } from "../../src/runs/readRun.js";
import { trainingMime } from "../../webview/protocol.js";

/** The road of a cell, on a text so small that it takes a moment. */

const sentence = "the quick brown fox jumps over the lazy dog; ";
let folder: string;
let shown: MimeBundle[];
let reports: Report[];
let stop: AbortController;

/** A cell's host that keeps what it is shown and stops after `updates` pictures. */
function host(stopAfter = Infinity): CellHost {
  stop = new AbortController();
  const show = (bundle: MimeBundle) => {
    shown.push(bundle);
    if (shown.length >= stopAfter) {
      stop.abort();
    }
  };
  return {
    display: (bundle) => {
      show(bundle);
      return { update: show };
    },
    report: (report) => reports.push(report),
    get interrupt() {
      return stop.signal;
    },
  };
}

function small(steps: number, units = 12): Experiment {
  return experiment({
    task: characterModel(data.fromString("fox", sentence.repeat(60)), { sequenceLength: 8, batchSize: 4 }),
    layers: [lstm({ units, quantiser: ternary() })],
    optimiser: adam({ learningRate: 0.01 }),
    steps,
    validateEvery: 5,
    seed: 3,
  });
}

beforeAll(async () => {
  await buildNative("dist/native");
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "tritloom-api-"));
  shown = [];
  reports = [];
  setCellHost(host());
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a finished training leaves a run that says so, with both evaluations kept apart", async () => {
  const run = await small(20).train({ runs: folder });
  const evaluation = await run.evaluate("test");
  const { state, result, events } = await readRun(run.dir);
  expect(state).toBe("finished");
  expect(events.filter(({ type }) => type === "validation")).toHaveLength(4);
  expect(result?.deployableTestBpc).toBe(evaluation.deployable.bpc);
  expect(result?.authorStyleTestBpc).toBe(evaluation.authorStyle.bpc);
  expect(evaluation.deployable.bpc).toBeLessThan(Math.log2(28) + 1);
  expect(reports.at(-1)).toEqual({ kind: "run", dir: run.dir, state: "finished", measure: "BPC", test: evaluation.deployable.bpc, testBpc: evaluation.deployable.bpc });
});

test("every picture of the training has fallbacks, and the last says finished", async () => {
  await small(20).train({ runs: folder });
  for (const bundle of shown) {
    expect(Object.keys(bundle)).toEqual(
      expect.arrayContaining([trainingMime, "image/svg+xml", "text/html", "text/plain"]),
    );
  }
  expect(JSON.parse(shown.at(-1)![trainingMime]!)).toMatchObject({ state: "finished", step: 20, steps: 20 });
});

test("a stop keeps the run and its checkpoint; resuming ends with the same bits as never stopping", async () => {
  const straight = await small(20).train({ runs: folder });
  shown = [];
  setCellHost(host(1));
  const stopped = await small(20).train({ runs: folder });
  const interrupted = await readRun(stopped.dir);
  expect(interrupted.state).toBe("interrupted");
  const last = interrupted.events.at(-1);
  expect(last).toMatchObject({ type: "interrupted" });
  expect(last?.type === "interrupted" && last.step).toBeLessThan(20);

  setCellHost(host());
  const resumed = await (await openRun(stopped.dir)).resume();
  expect(await resumed.state()).toBe("finished");
  const model = (dir: string) => readFile(path.join(dir, "model.safetensors"));
  expect(await model(resumed.dir)).toEqual(await model(straight.dir));
});

test("a resume that cannot begin leaves the run as it was, not running", async () => {
  setCellHost(host(1));
  const stopped = await small(20).train({ runs: folder });
  setCellHost(host());
  const other = await small(5, 16).train({ runs: folder });
  const checkpoint = "checkpoint.safetensors";
  await copyFile(path.join(other.dir, checkpoint), path.join(stopped.dir, checkpoint));
  await expect(stopped.resume()).rejects.toThrow(/inputWeights/);
  expect((await readRun(stopped.dir)).state).toBe("interrupted");
});

test("ROM files of a run are exported once; a second time only when asked to replace", async () => {
  const run = await small(5).train({ runs: folder });
  const chip = await run.accelerator({ macUnits: 8 });
  const rom = await chip.exportRom();
  expect(path.dirname(rom.manifest)).toBe(path.join(run.dir, "rom"));
  await expect(chip.exportRom()).rejects.toThrow(path.join(run.dir, "rom"));
  await expect(chip.exportRom(undefined, { overwrite: true })).resolves.toBeDefined();
});

test("mistakes in an experiment are told at once, each field with what it should be", () => {
  const task = characterModel(data.fromString("fox", sentence.repeat(60)), { sequenceLength: 8, batchSize: 4 });
  expect(() => experiment({ task, layers: [lstm({ units: 0 })], steps: 1 })).toThrow(/layers\.0\.units/);
  expect(() => experiment({ task, layers: [lstm({ units: 8 })], steps: 1.5 })).toThrow(/steps/);
  expect(() => experiment({ task, steps: 1 })).toThrow(/needs layers/);
});
