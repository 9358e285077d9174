import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readOwner } from "../../src/runs/owner.js";
import { readCourse, readRun } from "../../src/runs/readRun.js";
import { requestStop } from "../../src/runs/stopRequest.js";
import { recordResult } from "../../src/sweeps/results.js";
import { summaryOf } from "../../src/sweeps/summary.js";
import { createSweep, readSweep, reopenSweep } from "../../src/sweeps/sweepDirectory.js";
import { sweepBundle, sweepLine } from "../../src/sweeps/sweepPicture.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { driveNew, driveOn, foxTask, madeOf, outcome, plain, slowWorkerProgram, sweepSpec, units } from "./sweepOf.js";

const folder = temporaryFolder("file");
const inFolder = (name: string) => path.join(folder.path, name);
const summary = async (dir: string) => summaryOf(await readSweep(dir));
const runsOf = async (dir: string) => (await readdir(path.join(dir, "runs"))).toSorted().map((name) => path.join(dir, "runs", name));

/** The first trial is long enough to be hit in the middle. */
const cell = madeOf(({ units: count }) => (count === 4 ? { steps: 1500, validateEvery: 250 } : { steps: 60, validateEvery: 10 }));
const first = async (dir: string) => (await runsOf(dir))[0]!;

describe("a sweep on this machine", () => {
  let undisturbed: Record<string, unknown>;

  beforeAll(async () => {
    await driveNew(inFolder("undisturbed"), sweepSpec(), { cell });
    undisturbed = await outcome(inFolder("undisturbed"));
  });

  it("trains every point of its grid once, into runs like any other", async () => {
    const { state, trials, best, candidates, secondsLeft } = await summary(inFolder("undisturbed"));
    expect([state, secondsLeft]).toEqual(["finished", null]);
    expect(trials).toMatchObject({ planned: 4, finished: 4, waiting: 0, running: 0, failed: 0 });
    expect(candidates.map(({ parameters }) => parameters)).toEqual([4, 6, 7, 8].map((count) => ({ units: count })));
    const runs = await Promise.all((await runsOf(inFolder("undisturbed"))).map((dir) => readRun(dir)));
    expect(runs.map(({ state }) => state)).toEqual(new Array(4).fill("finished"));
    const figures = runs.map(({ result }) => result!.figures!.validation!);
    expect(candidates.map(({ mean }) => mean)).toEqual(figures);
    expect(best!.mean).toBe(Math.min(...figures));
  });

  it("has the same figures and weights with two workers, one of which is killed in the middle of a trial", async () => {
    const dir = inFolder("killed");
    let isKilled = false;
    const kill = async (): Promise<void> => {
      const run = await first(dir);
      const owner = await readOwner(run);
      if (owner !== undefined && (await readRun(run)).log.events > 1 && !isKilled) {
        isKilled = true;
        process.kill(owner.pid, "SIGKILL");
      }
    };
    const watch = setInterval(() => void kill().catch(() => undefined), 20);
    try {
      expect(await driveNew(dir, sweepSpec(), { cell, workers: 2 })).toBe("finished");
    } finally {
      clearInterval(watch);
    }
    expect(isKilled).toBe(true);
    expect((await summary(dir)).retries).toBe(1);
    expect(await outcome(dir)).toEqual(undisturbed);
  });

  it("stops with checkpoints when another process asks it to, and goes on without the cell, one checkpoint being damaged", async () => {
    const dir = inFolder("stopped");
    const ask = async (): Promise<void> => {
      if ((await readRun(await first(dir))).log.events > 1) {
        await requestStop(dir);
      }
    };
    const stop = setInterval(() => void ask().catch(() => undefined), 20);
    try {
      expect(await driveNew(dir, sweepSpec(), { cell, program: slowWorkerProgram })).toBe("stopped");
    } finally {
      clearInterval(stop);
    }
    expect((await summary(dir)).state).toBe("stopped");
    const run = await first(dir);
    const { state, ending } = await readRun(run);
    expect([state, ending]).toEqual(["interrupted", { kind: "stopped" }]);
    await writeFile(path.join(run, "checkpoint.safetensors"), "no checkpoint");
    expect(await driveOn(dir)).toBe("finished");
    expect(await outcome(dir)).toEqual(undisturbed);
  });

  it("goes on with the others where a person stops one trial, and with that one when it is gone on with", async () => {
    const dir = inFolder("one-stopped");
    const ask = async (): Promise<void> => {
      const run = await first(dir);
      if ((await readRun(run)).log.events > 1) {
        await requestStop(run);
      }
    };
    const stop = setInterval(() => void ask().catch(() => undefined), 20);
    try {
      expect(await driveNew(dir, sweepSpec(), { cell, program: slowWorkerProgram })).toBe("stopped");
    } finally {
      clearInterval(stop);
    }
    const stopped = await summary(dir);
    const { trials, retries, abandoned, candidates } = stopped;
    expect([trials.finished, trials.stopped, trials.failed, retries]).toEqual([3, 1, 0, 0]);
    expect(candidates[0]).toMatchObject({ state: "stopped", mean: null, fault: null });
    expect(sweepLine(stopped)).toMatch(/^sweep stopped, 3\/4 trials · 1 stopped · best /);
    expect(sweepBundle(stopped)["text/plain"]).toMatch(/4: 3 finished, 1 stopped\n[^]*\n *0 +4 +stopped\n?$/);
    expect(abandoned).toEqual([expect.stringMatching(/: stopped by a person; whoever goes on with the sweep trains it further$/)]);
    expect((await readRun(await first(dir))).ending).toEqual({ kind: "stopped" });
    expect(await driveOn(dir)).toBe("finished");
    expect(await outcome(dir)).toEqual(undisturbed);
  });

  it("ends a trial at once that cannot be trained, says why, and trains the others", async () => {
    const dir = inFolder("faulty");
    const faulty = madeOf(({ units: count }) => (count === 6 ? { task: { ...foxTask, batchSize: 9999 } } : {}));
    expect(await driveNew(dir, sweepSpec(), { cell: faulty })).toBe("finished");
    const { trials, retries, candidates } = await summary(dir);
    expect([trials.failed, trials.finished, retries]).toEqual([1, 3, 0]);
    expect(candidates[1]).toMatchObject({ state: "failed", fault: expect.stringMatching(/batch/i), mean: null });
  });

  it("gives up a trial whose worker always fails, tells so, and tries again when the sweep goes on", async () => {
    const dir = inFolder("abandoned");
    const broken = inFolder("broken-worker.mjs");
    await writeFile(broken, 'process.on("message", () => { console.error("no such device"); process.exit(3); });');
    const only = { units: [6] };
    expect(await driveNew(dir, sweepSpec({}, only), { cell: madeOf(() => ({ steps: 60, validateEvery: 10 }), only), program: broken })).toBe("stopped");
    const { abandoned, retries, trials } = await summary(dir);
    expect([retries, trials.failed, abandoned]).toEqual([4, 1, ["A worker ended (exit code 3): no such device (tried 5 times)"]]);
    expect(await driveOn(dir)).toBe("finished");
    const [[key, value]] = Object.entries(await outcome(dir)) as [[string, unknown]];
    expect(value).toBe(undisturbed[key]);
  }, 60_000);

  it("ends trials early at a checkpoint, from which the best go on", async () => {
    const dir = inFolder("halved");
    const some = { units: [6, 7, 8] };
    expect(await driveNew(dir, sweepSpec({ stop: { kind: "asha", min: 25, reduction: 2 } }, some), { cell: madeOf(() => ({ steps: 60, validateEvery: 10 }), some) })).toBe("finished");
    const { trials, candidates, best } = await summary(dir);
    // Rungs at 30, 50 and 60 steps, since trials are validated every 10: of three one goes on, and of one none.
    expect([trials.finished, trials["ended early"]]).toEqual([0, 3]);
    const early = candidates.filter(({ state }) => state === "ended early");
    expect(early.map(({ steps }) => steps).toSorted()).toEqual([30, 30, 50]);
    expect(best!.steps).toBe(50);
    const [run] = best!.runs;
    const { state, ending } = await readRun(run!);
    expect([state, ending]).toEqual(["interrupted", { kind: "paused" }]);
    // What it came to is what the whole training had come to at that step.
    const id = path.basename(run!).slice(-16);
    const whole = await readCourse((await runsOf(inFolder("undisturbed"))).find((each) => each.endsWith(id))!, 50);
    expect(whole.lastValidation!.bpc).toBe(best!.mean);
  });
});

describe("the directory of a sweep", () => {
  it("keeps the first of two results of a job", async () => {
    const dir = inFolder("results");
    const result = { version: 1, trial: "0123456789abcdef", steps: 20, seconds: 1, outcome: "value", reached: 20 } as const;
    const both = await Promise.all([recordResult(dir, { ...result, value: 1 }), recordResult(dir, { ...result, value: 2 })]);
    const kept = JSON.parse(await readFile(path.join(dir, "results", "0123456789abcdef@20.json"), "utf8"));
    expect(both).toEqual([kept, kept]);
    expect(await readdir(path.join(dir, "results"))).toEqual(["0123456789abcdef@20.json"]);
  });

  it("drops repeats and a torn line of its log, and refuses a second driver and another sweep", async () => {
    const dir = inFolder("log");
    const sweep = await createSweep({ dir }, sweepSpec());
    await sweep.append({ type: "candidate", number: 0, point: { units: 0 }, parameters: { units: 4 }, trials: [], fault: "none" });
    await expect(reopenSweep(dir)).rejects.toThrow(/is driven by a living process: stop that one first/);
    await sweep.close();
    const log = path.join(dir, "log.jsonl");
    const line = await readFile(log, "utf8");
    await writeFile(log, `${line}${line}${line.slice(0, 40)}`);
    expect((await readSweep(dir)).ledger.candidates).toHaveLength(1);
    const again = await reopenSweep(dir, sweepSpec({ window: 7 }));
    await again.append({ type: "promoted", number: 0, rung: 1 });
    await again.close();
    const { ledger } = await readSweep(dir);
    expect([ledger.candidates.length, ledger.rungOf(0)]).toEqual([1, 1]);
    await expect(reopenSweep(dir, sweepSpec({ seeds: 3 }))).rejects.toThrow(/is another one: its seeds differs, seeds is 1\. Give what it began with/);
    await expect(readSweep(inFolder("nowhere"))).rejects.toThrow(/There is no sweep in .*nowhere \(no sweep\.json\)/);
    expect(plain.space).toEqual({ units: { kind: "choice", values: units["units"] } });
  });
});
