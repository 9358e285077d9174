import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import { adam } from "../../src/api/optimisers.js";
import { ternary } from "../../src/quantisers/quantisers.js";
import { lstm } from "../../src/cells/lstm.js";
import { characterModel } from "../../src/api/tasks.js";
import { experiment, type Experiment, type ExperimentOptions } from "../../src/api/experiment.js";
import { type CellHost, displaySymbol, type MimeBundle, setCellHost } from "../../src/display/host.js";
import type { Report } from "../../src/display/report.js";
import { openRun } from "../../src/api/run.js";
import { data } from "../../src/api/data.js";
import { followCourse, readRun } from "../../src/runs/readRun.js";
import { snapshotOf } from "../../src/runs/runSnapshot.js";
import { trainingMime } from "../../webview/protocol.js";
import { eventsOf } from "../runs/events.js";

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

function small(steps: number, units = 12, more: Partial<ExperimentOptions> = {}): Experiment {
  return experiment({
    task: characterModel(data.fromString("fox", sentence.repeat(60)), { sequenceLength: 8, batchSize: 4 }),
    layers: [lstm({ units, quantiser: ternary() })],
    optimiser: adam({ learningRate: 0.01 }),
    steps,
    validateEvery: 5,
    seed: 3,
    ...more,
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
  const { state, result } = await readRun(run.dir);
  expect(state).toBe("finished");
  expect((await eventsOf(run.dir)).filter(({ type }) => type === "validation")).toHaveLength(4);
  expect(result?.deployableTestBpc).toBe(evaluation.deployable.bpc);
  expect(result?.authorStyleTestBpc).toBe(evaluation.authorStyle.bpc);
  expect(evaluation.deployable.bpc).toBeLessThan(Math.log2(28) + 1);
  const { bpc, how } = evaluation.deployable;
  expect(reports.at(-1)).toEqual({ kind: "run", dir: run.dir, state: "finished", measure: "BPC", test: bpc, testBpc: bpc, how });
});

const plainText = async (shows: { [displaySymbol](): MimeBundle | Promise<MimeBundle> }): Promise<string> => (await shows[displaySymbol]())["text/plain"]!;

test.each([
  [0, "redrawn", "stochastic weights drawn anew for each minibatch"],
  [0.25, "deterministic", "weights by their deterministic rule"],
] as const)("every output says how a figure was computed, from the value that the run keeps: tail %s", async (deterministicTail, rule, words) => {
  const run = await small(20, 12, { deterministicTail }).train({ runs: folder });
  const evaluation = await run.evaluate("test");
  const { result } = await readRun(run.dir);
  const events = await eventsOf(run.dir);
  expect(result?.figures?.how).toEqual({
    validation: events.findLast((event) => event.type === "validation")?.how,
    deployableTest: evaluation.deployable.how,
    authorStyleTest: evaluation.authorStyle.how,
  });
  expect(evaluation.authorStyle.how).toMatchObject({ weights: { rule }, mostMinibatches: null });
  const authorStyle = `(${words}, statistics of the minibatch, windows from the initial state)`;
  const deployable = "(shipped weights, frozen constants, one continuous stream)";
  const [ofDeployable, ofAuthorStyle] = (await plainText(evaluation)).trimEnd().split("\n").slice(-2);
  expect(ofDeployable).toContain(deployable);
  expect(ofAuthorStyle).toContain(authorStyle);
  const ofRun = await plainText(run);
  expect(ofRun).toContain(`${words}, statistics of the minibatch, windows from the initial state, at most 32 minibatches`);
  expect(ofRun).toContain(deployable);
  expect(ofRun).toContain(authorStyle);
  expect(await plainText(await run.candidates())).toContain("shipped weights, frozen constants, streams side by side");
});

test("of a run that an earlier version evaluated, what is known is said: deterministic weights at the end of all steps", async () => {
  const run = await small(20).train({ runs: folder });
  await run.evaluate("test");
  await forgetMethods(run.dir);
  const ofRun = await plainText(await openRun(run.dir));
  expect(ofRun).toMatch(/validation BPC .*weights by their deterministic rule.*at most 32 minibatches/);
  expect(ofRun).toMatch(/test BPC, author-style .*weights by their deterministic rule/);
  expect(ofRun).toMatch(/test BPC, deployable .*shipped weights, frozen constants, one continuous stream/);
  // Evaluated anew, it is redrawn, and says so.
  const opened = await openRun(run.dir);
  expect((await opened.evaluate("test")).authorStyle.how.weights).toMatchObject({ rule: "redrawn" });
  expect(await plainText(opened)).toMatch(/test BPC, author-style .*stochastic weights drawn anew/);
});

/** A run as versions wrote it that did not record how figures were computed. */
async function forgetMethods(dir: string): Promise<void> {
  const [events, result] = ["events.jsonl", "result.json"].map((name) => path.join(dir, name)) as [string, string];
  const lines = (await readFile(events, "utf8")).trimEnd().split("\n").map((line) => JSON.stringify({ ...JSON.parse(line), how: undefined }));
  await writeFile(events, `${lines.join("\n")}\n`);
  const { figures, ...rest } = JSON.parse(await readFile(result, "utf8"));
  await writeFile(result, JSON.stringify({ ...rest, figures: { ...figures, how: undefined } }));
}

test("the training time of a result is that of the run's events, which curves are drawn over", async () => {
  const run = await small(20).train({ runs: folder });
  const reading = await followCourse(run.dir).poll();
  const { result, log } = reading;
  expect(result!.trainingSeconds).toBeGreaterThan(0);
  expect(log.seconds).toBe(result!.trainingSeconds);
  const { validation } = snapshotOf(reading, 0);
  expect(validation.seconds.at(-1)).toBeLessThanOrEqual(result!.trainingSeconds);
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
  const { last } = interrupted.log;
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
  expect(() => experiment({ task, layers: [lstm({ units: 0 })], steps: 1 })).toThrow(/units of tl\.lstm\(\) is 0/);
  expect(() => experiment({ task, layers: [lstm({ units: 8 })], steps: 1.5 })).toThrow(/steps/);
  expect(() => experiment({ task, steps: 1 })).toThrow(/needs layers/);
});
