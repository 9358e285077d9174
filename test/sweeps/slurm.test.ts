import { spawnSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import * as tl from "../../src/api/index.js";
import { isStopRequested, requestStop, watchStopRequests } from "../../src/runs/stopRequest.js";
import type { TrialEvent, TrialJob } from "../../src/sweeps/engine.js";
import { jobKey } from "../../src/sweeps/engine.js";
import { recordResult } from "../../src/sweeps/results.js";
import { CopiedFiles, SharedFiles } from "../../src/sweeps/slurm/clusterFiles.js";
import { LocalShell, SshShell } from "../../src/sweeps/slurm/shell.js";
import { SlurmCommands } from "../../src/sweeps/slurm/slurmCommands.js";
import { SlurmEngine } from "../../src/sweeps/slurm/slurmEngine.js";
import { SlurmFolder } from "../../src/sweeps/slurm/slurmFolder.js";
import { slurm, type SlurmSpec } from "../../src/sweeps/slurm/slurmSpec.js";
import { trialId } from "../../src/sweeps/trialId.js";
import { smallSpec } from "../runs/spec.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { FakeSlurm } from "./fakeSlurm.js";

const folder = temporaryFolder();
const wrong = (value: unknown): never => value as never;

describe("options of tl.slurm()", () => {
  test.each<[string, () => unknown, RegExp]>([
    ["a misspelt option", () => tl.slurm(wrong({ partitions: "gpu" })), /tl\.slurm\(\) has no option "partitions"; .*did you mean partition\?/],
    ["no options at all", () => tl.slurm(wrong("gpu")), /tl\.slurm\(\) takes an object of options/],
    ["no time that Slurm reads", () => tl.slurm({ time: "4h" }), /time of tl\.slurm\(\) is ['"]4h['"]: give a time of at least 3 minutes as Slurm writes it: "4:00:00"/],
    ["a time that the warning fills", () => tl.slurm({ time: "2" }), /time of tl\.slurm\(\) is ['"]2['"]/],
    ["an option for an option", () => tl.slurm({ partition: "--wrap=id" }), /partition of tl\.slurm\(\) is "--wrap=id": give the name of a partition/],
    ["two lines", () => tl.slurm({ account: "a\nb" }), /account of tl\.slurm\(\)/],
    ["an amount that is none", () => tl.slurm({ mem: "4 gigabytes" }), /mem of tl\.slurm\(\) is "4 gigabytes": give the memory of a task as Slurm writes it, as mem: "4G"/],
    ["half a CPU", () => tl.slurm({ cpus: 0.5 }), /cpus of tl\.slurm\(\) is 0\.5: give a whole number from 1 to 1,024/],
    ["no workers", () => tl.slurm({ workers: 0 }), /workers of tl\.slurm\(\) is 0/],
    ["an option of ssh for a host", () => tl.slurm({ host: "-oProxyCommand=id" }), /host of tl\.slurm\(\) is "-oProxyCommand=id": give a login node as ssh knows it/],
    ["a command for a host", () => tl.slurm({ host: "login; id" }), /host of tl\.slurm\(\)/],
    ["a folder without a host", () => tl.slurm({ folder: "/scratch" }), /folder of tl\.slurm\(\) is a folder of another machine: give host, too/],
    ["a relative folder", () => tl.slurm({ host: "login", folder: "scratch" }), /folder of tl\.slurm\(\) is "scratch": give an absolute path on the cluster/],
    ["a text for a list", () => tl.slurm(wrong({ extra: "--exclusive" })), /extra of tl\.slurm\(\) is "--exclusive": give a list/],
    ["an option that has a name here", () => tl.slurm({ extra: ["--time=5"] }), /extra\[0\] of tl\.slurm\(\) is ['"]--time=5['"]: give one option of sbatch, .*time/],
    ["an option that Tritloom sets", () => tl.slurm({ extra: ["--exclusive", "--array=0-5"] }), /extra\[1\] of tl\.slurm\(\) is ['"]--array=0-5['"]/],
    ["the beginning of one", () => tl.slurm({ extra: ["--arr=0-5"] }), /extra\[0\] of tl\.slurm\(\) is ['"]--arr=0-5['"]/],
    ["a script for an option", () => tl.slurm({ extra: ["job.sh"] }), /extra\[0\] of tl\.slurm\(\) is ['"]job\.sh['"]/],
    ["no command", () => tl.slurm({ command: [] }), /command of tl\.slurm\(\)/],
  ])("%s", (_, mistake, message) => {
    expect(mistake).toThrow(message);
  });

  it("takes times in all forms of sbatch", () => {
    for (const time of ["3", "3:00", "90", "4:00:00", "1-0", "2-12:30", "2-12:30:15"]) {
      expect(slurm({ time })).toEqual({ kind: "slurm", workers: 10, cpus: 1, time });
    }
  });
});

const pace = { look: 20, ask: 40, mostAsk: 60, stop: 200 };
const jobsOf = (sweep: string, count: number): TrialJob[] =>
  Array.from({ length: count }, (_, index) => {
    const spec = smallSpec({ seed: index + 1 });
    const trial = trialId(spec);
    return { key: jobKey(trial, spec.steps), trial, spec, steps: spec.steps, sweep, dir: path.join(sweep, "runs", `000${index}-${trial}`), dataFile: null };
  });

const ownerElsewhere = { pid: 1, startedAt: "then", host: "node-of-another-machine" };

/** What a task does, but for the training. */
const claim = (sweep: string, { key }: TrialJob, task: string) => new SlurmFolder(sweep).claim(key, task);
const finish = (sweep: string, { trial, steps }: TrialJob) => recordResult(sweep, { version: 1, trial, steps, seconds: 1, outcome: "value", value: 1, reached: steps });

describe("the engine", () => {
  let fake: FakeSlurm;
  let sweep: string;
  let engine: SlurmEngine;
  let events: AsyncIterator<TrialEvent>;

  const start = (spec: Partial<SlurmSpec> = {}): void => {
    const shell = new LocalShell();
    const full = { ...slurm({ workers: 2 }), ...spec };
    const commands = new SlurmCommands(shell, full, sweep, ["node", "tritloom.js"]);
    engine = new SlurmEngine({ shell, commands, files: new SharedFiles(sweep), folder: new SlurmFolder(sweep) }, full.workers, pace);
    events = engine.events()[Symbol.asyncIterator]();
  };
  /** Over ssh, to another folder. */
  const startCopied = (): CopiedFiles => {
    const shell = new SshShell("me@login");
    const files = new CopiedFiles(sweep, path.join(folder.path, "o'ther place"), shell);
    const commands = new SlurmCommands(shell, slurm({ host: "me@login", folder: "/x", workers: 2 }), files.dir, ["tritloom"]);
    engine = new SlurmEngine({ shell, commands, files, folder: new SlurmFolder(sweep) }, 2, pace);
    events = engine.events()[Symbol.asyncIterator]();
    return files;
  };
  const next = async (): Promise<TrialEvent> => (await events.next()).value;
  const submitted = (count: number) => expect.poll(() => fake.submissions()).toHaveLength(count);

  beforeEach(async () => {
    fake = await FakeSlurm.open(path.join(folder.path, "slurm"));
    sweep = path.join(folder.path, "it's a $(touch pwned) \"sweep\" %j");
    await mkdir(sweep);
    start();
  });
  afterEach(async () => {
    await engine.stop("stopped");
    fake.close();
  });

  it("submits its tasks as one array, whatever is in names, and takes results as they come", async () => {
    start({ partition: "gpu", time: "4:00:00", cpus: 3, mem: "2G", extra: ["--comment=$(touch pwned) 'x'"] });
    const jobs = jobsOf(sweep, 3);
    jobs.forEach((job) => engine.submit(job));
    await submitted(1);
    const [{ args, script }] = (await fake.submissions()) as [{ args: string[]; script: string }];
    expect(args).toEqual([
      "--array=0-1", "--output=slurm/logs/%A_%a.log", "--parsable", expect.stringMatching(/^--job-name=tritloom-[0-9a-f]{12}$/), "--ntasks=1", "--cpus-per-task=3", "--requeue",
      "--signal=B:USR1@60", `--chdir=${sweep}`, "--open-mode=append", "--partition=gpu", "--time=4:00:00", "--mem=2G", "--comment=$(touch pwned) 'x'",
    ]);
    const said = spawnSync("sh", ["-c", script.replace("exec node", "exec printf '%s|%s|%s|%s|%s' $TRITLOOM_THREADS")], { encoding: "utf8", cwd: folder.path });
    expect(said.stdout).toBe(`3|tritloom.js|sweep|work|${sweep}`);
    expect((await readdir(folder.path)).toSorted()).toEqual([path.basename(sweep), "slurm"].toSorted());

    await fake.setTask("100_0", "RUNNING|None");
    await claim(sweep, jobs[0]!, "100_0");
    expect(await next()).toEqual({ type: "began", key: jobs[0]!.key });
    await finish(sweep, jobs[0]!);
    expect(await next()).toMatchObject({ type: "ended", key: jobs[0]!.key, result: { value: 1 } });
    await expect.poll(() => readdir(path.join(sweep, "slurm/jobs"))).toHaveLength(2);
    await expect.poll(() => readdir(path.join(sweep, "slurm/claims"))).toEqual([]);
    expect(await fake.tasks()).toEqual(["100_0", "100_1"]);
    await expect.poll(() => engine.status).toBe("1 task runs, 1 wait (Priority)");
  });

  it("makes several arrays where one may not be as large", async () => {
    await fake.write("array-size", "4");
    start({ workers: 10 });
    jobsOf(sweep, 9).forEach((job) => engine.submit(job));
    await submitted(3);
    expect(await fake.tasks()).toEqual(["100_0", "100_1", "100_2", "100_3", "101_0", "101_1", "101_2", "101_3", "102_0"]);
  });

  it("submits single jobs where a cluster has no arrays", async () => {
    await fake.write("array-size", "0");
    start();
    jobsOf(sweep, 3).forEach((job) => engine.submit(job));
    await submitted(2);
    expect(await fake.tasks()).toEqual(["100", "101"]);
  });

  test.each<[string, string, Partial<TrialEvent> & { reason?: unknown }]>([
    ["a node failure", "NODE_FAIL|None", { type: "retried", attempt: 1, reason: "The Slurm task 100_0 lost its node" }],
    ["the time limit", "TIMEOUT|TimeLimit", { type: "retried", attempt: 1, reason: expect.stringMatching(/came to its time limit .*: give more time in tl\.slurm\(\)/) }],
    ["an error of the machine", "FAILED|NonZeroExitCode", { type: "retried", attempt: 1, reason: "The Slurm task 100_0 ended as FAILED: ENOSPC: no space left on device" }],
    ["preemption", "PREEMPTED|None", { type: "retried", attempt: 1, reason: "The Slurm task 100_0 was preempted" }],
    ["too little memory", "OUT_OF_MEMORY|OutOfMemory", { type: "abandoned", reason: expect.stringMatching(/needed more memory than it had: give a larger mem in tl\.slurm\(\)/) }],
    ["scancel", "CANCELLED|None", { type: "abandoned", reason: "The Slurm task 100_0 was cancelled" }],
  ])("after %s a job is tried again or ends, as the state means", async (_, words, event) => {
    const [job, other] = jobsOf(sweep, 2);
    engine.submit(job!);
    engine.submit(other!);
    await submitted(1);
    await fake.setTask("100_1", "RUNNING|None");
    await fake.setTask("100_0", "RUNNING|None");
    await claim(sweep, job!, "100_0");
    await next();
    await writeFile(path.join(sweep, "slurm/logs/100_0.log"), "ENOSPC: no space left on device\n");
    await fake.setTask("100_0", words);
    expect(await next()).toMatchObject({ ...event, key: job!.key });
    const isFree = event.type === "retried";
    await expect.poll(() => existsSync(path.join(sweep, "slurm/claims", `${job!.key}.json`))).toBe(false);
    expect(existsSync(path.join(sweep, "slurm/jobs", `${job!.key}.json`))).toBe(isFree);
    if (isFree) {
      await submitted(2);
    }
    expect(await fake.tasks()).toHaveLength(isFree ? 3 : 2);
  });

  it("gives a job up after five tries, and another one goes on", async () => {
    const [job] = jobsOf(sweep, 1);
    engine.submit(job!);
    const seen: TrialEvent[] = [];
    for (let attempt = 1; attempt <= 5; attempt++) {
      await submitted(attempt);
      const task = `${99 + attempt}_0`;
      await expect.poll(() => claim(sweep, job!, task)).toBe(true);
      seen.push(await next());
      await fake.setTask(task, "NODE_FAIL|None");
      seen.push(await next());
    }
    expect(seen.map(({ type }) => type)).toEqual(["began", "retried", "began", "retried", "began", "retried", "began", "retried", "began", "abandoned"]);
    expect(seen.at(-1)).toMatchObject({ reason: "The Slurm task 104_0 lost its node (tried 5 times)" });
  });

  it("believes a result and a living training more than a controller that has forgotten the task", async () => {
    const [done, lives] = jobsOf(sweep, 2);
    engine.submit(done!);
    engine.submit(lives!);
    await submitted(1);
    await claim(sweep, done!, "100_0");
    await claim(sweep, lives!, "100_1");
    expect([await next(), await next()].map(({ type }) => type)).toEqual(["began", "began"]);
    await mkdir(lives!.dir, { recursive: true });
    await writeFile(path.join(lives!.dir, "owner.json"), JSON.stringify({ ...ownerElsewhere, token: randomUUID() }));
    await finish(sweep, done!);
    await fake.forgetTask("100_0");
    await fake.forgetTask("100_1");
    expect(await next()).toMatchObject({ type: "ended", key: done!.key });
    // Somebody else may train, but not this job.
    await submitted(2);
    expect(await readdir(path.join(sweep, "slurm/claims"))).toEqual([`${lives!.key}.json`]);
    await finish(sweep, lives!);
    expect(await next()).toMatchObject({ type: "ended", key: lives!.key });
  });

  it("asks the accounting for what squeue has forgotten", async () => {
    const [job] = jobsOf(sweep, 1);
    engine.submit(job!);
    await submitted(1);
    await claim(sweep, job!, "100_0");
    await next();
    await fake.write("accounting", "100_0|OUT_OF_MEMORY\n100_0.batch|FAILED\n");
    await fake.forgetTask("100_0");
    expect(await next()).toMatchObject({ type: "abandoned", reason: expect.stringMatching(/more memory/) });
  });

  it("waits for a controller that is away, and lets held tasks go", async () => {
    const [job] = jobsOf(sweep, 1);
    await fake.write("outage", "slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n");
    engine.submit(job!);
    expect(await next()).toEqual({ type: "retried", key: job!.key, attempt: 1, reason: "slurm_load_jobs error: Unable to contact slurm controller (connect failure)" });
    expect(await fake.submissions()).toEqual([]);
    await fake.write("outage", "");
    await submitted(1);
    await fake.setTask("100_0", "PENDING|launch failed requeued held");
    expect(await next()).toMatchObject({ type: "retried", reason: "Slurm could not launch the task 100_0: launch failed requeued held" });
    expect(await fake.read("controlled")).toMatch(/^release 100_0\n/);
  });

  it("says why where Slurm refuses what is asked for, where tasks always fail, and where there is no Slurm", async () => {
    await fake.write("refusal", "sbatch: error: Batch job submission failed: Invalid partition name specified\n");
    engine.submit(jobsOf(sweep, 1)[0]!);
    await expect(next()).rejects.toThrow("Slurm refuses the tasks of the sweep: sbatch: error: Batch job submission failed: Invalid partition name specified");
    await engine.stop("stopped");
    await fake.write("refusal", "");

    start({ workers: 1 });
    engine.submit(jobsOf(sweep, 1)[0]!);
    for (let attempt = 1; attempt <= 5; attempt++) {
      await submitted(attempt);
      const task = `${99 + attempt}_0`;
      await writeFile(path.join(sweep, `slurm/logs/${task}.log`), "tritloom: not found\n");
      await fake.setTask(task, "FAILED|NonZeroExitCode");
      if (attempt < 5) {
        expect(await next()).toMatchObject({ type: "retried", attempt });
      }
    }
    await expect(next()).rejects.toThrow("The Slurm tasks of the sweep end before they train anything. The Slurm task 104_0 ended as FAILED: tritloom: not found");
    await engine.stop("stopped");

    const searchPath = process.env["PATH"];
    await mkdir(path.join(folder.path, "empty"));
    await symlink("/bin/sh", path.join(folder.path, "empty/sh"));
    process.env["PATH"] = path.join(folder.path, "empty");
    try {
      start();
      engine.submit(jobsOf(sweep, 1)[0]!);
      await expect(next()).rejects.toThrow("there is no sbatch on PATH");
    } finally {
      process.env["PATH"] = searchPath;
    }
  });

  it("submits as many tasks as a user may have", async () => {
    await fake.write("most-tasks", "3");
    start({ workers: 8 });
    jobsOf(sweep, 9).forEach((job) => engine.submit(job));
    await expect.poll(() => fake.tasks()).toEqual(["100_0", "100_1", "101_0"]);
  });

  it("finds the tasks of an earlier driver instead of submitting them again", async () => {
    const [one, other] = jobsOf(sweep, 2);
    engine.submit(one!);
    engine.submit(other!);
    await submitted(1);
    await fake.setTask("100_0", "RUNNING|None");
    await claim(sweep, one!, "100_0");
    await next();
    const earlier = engine;
    start();
    engine.submit(one!);
    engine.submit(other!);
    expect(await next()).toEqual({ type: "began", key: one!.key });
    await finish(sweep, one!);
    expect(await next()).toMatchObject({ type: "ended" });
    expect(await fake.submissions()).toHaveLength(1);
    await earlier.stop("stopped");
  });

  it("stops tasks by a request, cancels those that wait, and then those that do not end", async () => {
    const [job] = jobsOf(sweep, 1);
    engine.submit(job!);
    await submitted(1);
    await fake.setTask("100_0", "RUNNING|None");
    await claim(sweep, job!, "100_0");
    await next();
    await engine.stop("kernel-stopped");
    expect(JSON.parse(await readFile(path.join(sweep, "slurm/stop.json"), "utf8"))).toEqual({ version: 1, why: "kernel-stopped" });
    const [pending, all] = (await fake.read("cancelled")).split("\n");
    expect([pending, all]).toEqual([expect.stringMatching(/--name=tritloom-[0-9a-f]{12} --state=PENDING$/), expect.stringMatching(/--name=tritloom-[0-9a-f]{12}$/)]);
    expect(await readdir(path.join(sweep, "slurm/claims"))).toEqual([]);
    expect((await events.next()).done).toBe(true);
  });

  it("ends the trials of whoever cancels all tasks", async () => {
    const jobs = jobsOf(sweep, 3);
    jobs.forEach((job) => engine.submit(job));
    await submitted(1);
    await expect.poll(() => fake.tasks()).toHaveLength(2);
    await fake.setTask("100_0", "CANCELLED|None");
    await fake.setTask("100_1", "CANCELLED|None");
    const seen = [await next(), await next(), await next()];
    expect(seen).toEqual(jobs.map(({ key }) => ({ type: "abandoned", key, reason: "All Slurm tasks of the sweep were cancelled" })));
    expect(await fake.submissions()).toHaveLength(1);
  });

  it("stops the run of one trial that a cluster trains on a copy, and lets the others train", async () => {
    const files = startCopied();
    const [job, other] = jobsOf(sweep, 2);
    engine.submit(job!);
    engine.submit(other!);
    await submitted(1);
    const there = new SlurmFolder(files.dir);
    const runThere = (await there.readJob(job!.key)).dir;
    await mkdir(runThere);
    await writeFile(path.join(runThere, "owner.json"), JSON.stringify({ ...ownerElsewhere, token: randomUUID() }));
    for (const [index, { key }] of [job!, other!].entries()) {
      await fake.setTask(`100_${index}`, "RUNNING|None");
      await there.claim(key, `100_${index}`);
      expect(await next()).toEqual({ type: "began", key });
    }
    let isAsked = false;
    const stopWatching = watchStopRequests(runThere, () => void (isAsked = true));
    await expect.poll(() => existsSync(path.join(job!.dir, "owner.json"))).toBe(true);
    await requestStop(job!.dir);
    await expect.poll(() => isAsked).toBe(true);
    await expect.poll(() => isStopRequested(job!.dir)).toBe(false);
    // It does not come back while it still lies there.
    await files.pull();
    expect(await isStopRequested(job!.dir)).toBe(false);
    stopWatching();
    await there.markStopped(job!.key);
    expect(await next()).toEqual({ type: "stopped", key: job!.key });
    await finish(files.dir, other!);
    expect(await next()).toMatchObject({ type: "ended", key: other!.key });
  });

  it("reaches a cluster over ssh that shares no files: specs and data go there, claims, runs and results come back", async () => {
    const files = startCopied();
    await mkdir(path.join(sweep, "data"));
    const text = "the whale";
    const dataFile = path.join(sweep, "data", `${createHash("sha256").update(text).digest("hex")}.txt`);
    await writeFile(dataFile, text);
    const [job] = jobsOf(sweep, 1);
    engine.submit({ ...job!, dataFile });
    await submitted(1);
    const there = new SlurmFolder(files.dir);
    const task = await there.readJob(job!.key);
    expect([task.spec, path.dirname(path.dirname(task.dir)), await readFile(task.dataFile!, "utf8")]).toEqual([job!.spec, files.dir, text]);
    expect((await fake.submissions())[0]!.args).toContain(`--chdir=${files.dir}`);

    await fake.setTask("100_0", "RUNNING|None");
    await there.claim(job!.key, "100_0");
    expect(await next()).toEqual({ type: "began", key: job!.key });
    await mkdir(task.dir);
    await writeFile(path.join(task.dir, "events.jsonl"), "{}\n");
    await finish(files.dir, job!);
    expect(await next()).toMatchObject({ type: "ended", key: job!.key });
    expect(await readFile(path.join(job!.dir, "events.jsonl"), "utf8")).toBe("{}\n");
    await engine.stop("stopped");
    const calls = (await fake.read("connections")).split("\0");
    expect(calls.slice(0, 12).join(" ")).toMatch(/^-o BatchMode=yes .*-o ControlMaster=auto -o ControlPath=\S+ /);
    expect(calls.slice(-5)).toEqual(["-O", "exit", "--", "me@login", ""]);
    expect(await readdir(files.dir)).not.toContain("pwned");
  });
});
