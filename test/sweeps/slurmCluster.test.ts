import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readOwner } from "../../src/runs/owner.js";
import { readRun } from "../../src/runs/readRun.js";
import { requestStop } from "../../src/runs/stopRequest.js";
import type { SweepEngine } from "../../src/sweeps/engine.js";
import { SharedFiles } from "../../src/sweeps/slurm/clusterFiles.js";
import { LocalShell } from "../../src/sweeps/slurm/shell.js";
import { SlurmCommands } from "../../src/sweeps/slurm/slurmCommands.js";
import { SlurmEngine } from "../../src/sweeps/slurm/slurmEngine.js";
import { SlurmFolder } from "../../src/sweeps/slurm/slurmFolder.js";
import { slurm } from "../../src/sweeps/slurm/slurmSpec.js";
import { summaryOf } from "../../src/sweeps/summary.js";
import { readSweep } from "../../src/sweeps/sweepDirectory.js";
import { reported, tritloomIn } from "../cli/program.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { command, RealSlurm } from "./realSlurm.js";
import { driveNew, driveOn, foxTask, madeOf, madeSweep, outcome, sweepSpec } from "./sweepOf.js";

const folder = temporaryFolder("file");
const program = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const summary = async (dir: string) => summaryOf(await readSweep(dir));
const firstRun = async (dir: string) => path.join(dir, "runs", (await readdir(path.join(dir, "runs"))).toSorted()[0]!);

const slowSteps = new URL("slowSteps.mjs", import.meta.url).href;

/** The first trial is long enough to be hit several times by tasks that train slowly, and the second one cannot be trained. */
const cell = madeOf(({ units }) => ({
  ...(units === 4 ? { steps: 900, validateEvery: 150 } : { steps: 60, validateEvery: 10 }),
  ...(units === 6 && { task: { ...foxTask, batchSize: 9999 } }),
}));

function slurmEngine(dir: string): SweepEngine {
  const workers = 2;
  const shell = new LocalShell();
  const commands = new SlurmCommands(shell, slurm({ workers, time: "10" }), dir, [process.execPath, "--import", slowSteps, program]);
  return new SlurmEngine({ shell, commands, files: new SharedFiles(dir), folder: new SlurmFolder(dir) }, workers, { look: 50, ask: 200, mostAsk: 500, stop: 20_000 });
}

/** Waits until the first trial has written another event, and tells its task. */
async function taskOfFirst(dir: string, events: number): Promise<string> {
  // Not there at first.
  const known = async (): Promise<number> => (await readRun(await firstRun(dir))).log.events;
  while ((await known().catch(() => 0)) <= events) {
    await sleep(20);
  }
  return new SlurmFolder(dir).claimant(`${path.basename(await firstRun(dir)).slice(-16)}@900`);
}

describe("a sweep on a Slurm cluster", () => {
  let cluster: RealSlurm;
  let undisturbed: Record<string, unknown>;

  beforeAll(async () => {
    [cluster] = await Promise.all([
      RealSlurm.open(path.join(folder.path, "cluster")),
      driveNew(path.join(folder.path, "undisturbed"), sweepSpec(), { cell, workers: 2 }),
    ]);
    undisturbed = await outcome(path.join(folder.path, "undisturbed"));
  });
  afterAll(() => cluster?.close());

  it("has the figures and weights of the undisturbed one when its controller is killed, a task queues again before its time limit, and a task is killed", async () => {
    const dir = path.join(folder.path, "disturbed");
    const driving = driveNew(dir, sweepSpec(), { cell, engine: slurmEngine(dir) });
    const task = await taskOfFirst(dir, 1);
    await cluster.killController();
    await sleep(300);
    await cluster.startController();
    // What the controller does a minute before the limit; one that has just been started refuses until it has read its state.
    await expect.poll(() => command("scancel", ["--batch", "--signal=USR1", task])).toBe("");
    await expect.poll(() => command("squeue", ["--noheader", "--array", "--states=all", "--format=%T", `--jobs=${task}`])).toMatch(/PENDING/);
    expect(await readRun(await firstRun(dir))).toMatchObject({ state: "interrupted", ending: { kind: "terminated" } });
    // Slurm itself would wait for two minutes; a node takes a task back after a second at the earliest.
    await command("scontrol", ["update", `jobid=${task}`, "starttime=now+2"]);
    const { events } = (await readRun(await firstRun(dir))).log;
    expect(await taskOfFirst(dir, events)).toBe(task);
    process.kill((await readOwner(await firstRun(dir)))!.pid, "SIGKILL");
    expect(await driving).toBe("finished");
    expect(await outcome(dir)).toEqual(undisturbed);
    const { retries, trials, candidates } = await summary(dir);
    expect([retries > 0, trials.finished, trials.failed]).toEqual([true, 3, 1]);
    expect(candidates[1]).toMatchObject({ state: "failed", fault: expect.stringMatching(/batch/i) });
    expect(await readdir(path.join(dir, "results"))).toHaveLength(4);
  });

  it.concurrent("gives a trial up whose task is cancelled, and one whose run a person stops, and trains it when the sweep goes on", async ({ expect }) => {
    const dir = path.join(folder.path, "cancelled");
    const driving = driveNew(dir, sweepSpec(), { cell, engine: slurmEngine(dir) });
    await command("scancel", [await taskOfFirst(dir, 1)]);
    expect(await driving).toBe("stopped");
    const { abandoned, trials } = await summary(dir);
    expect([abandoned, trials.finished]).toEqual([[expect.stringMatching(/^The Slurm task \d+_\d was cancelled$/)], 2]);
    const { events } = (await readRun(await firstRun(dir))).log;
    const goingOn = driveOn(dir, { engine: slurmEngine(dir) });
    await taskOfFirst(dir, events);
    await requestStop(await firstRun(dir));
    expect(await goingOn).toBe("stopped");
    expect((await summary(dir)).abandoned).toEqual([expect.stringMatching(/: stopped by a person; /)]);
    expect(await driveOn(dir, { engine: slurmEngine(dir) })).toBe("finished");
    expect(await outcome(dir)).toEqual(undisturbed);
  });

  it.concurrent("goes on when who drives it is killed, and whoever goes on with it finds its tasks", async ({ expect }) => {
    const dir = path.join(folder.path, "driver-killed");
    await (await madeSweep(dir, sweepSpec({ engine: slurm({ workers: 2, time: "10" }) }), cell)).close();
    const driver = spawn(process.execPath, [program, "sweep", "resume", dir], { stdio: "ignore" });
    await taskOfFirst(dir, 1);
    driver.kill("SIGKILL");
    const resumed = await tritloomIn(folder.path, ["sweep", "resume", dir, "--json"]);
    expect([resumed.stderr, reported(resumed).sweep]).toEqual(["", expect.objectContaining({ state: "finished", retries: 0 })]);
    expect(await outcome(dir)).toEqual(undisturbed);
    const name = new SlurmCommands(new LocalShell(), slurm(), dir, []).jobName;
    const arrays = await command("squeue", ["--noheader", "--array", "--states=all", "--format=%F", `--name=${name}`]);
    expect(new Set(arrays.trim().split("\n")).size).toBe(1);
  });
});
