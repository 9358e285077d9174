import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { beforeAll, describe, expect, it, type TestContext } from "vitest";
import { version } from "../../package.json";
import { readRun } from "../../src/runs/readRun.js";
import { requestStop } from "../../src/runs/stopRequest.js";
import { connectRedis } from "../../src/sweeps/redis/connect.js";
import { RedisEngine } from "../../src/sweeps/redis/redisEngine.js";
import { checkedJob, queueName } from "../../src/sweeps/redis/wire.js";
import { summaryOf } from "../../src/sweeps/summary.js";
import { readSweep } from "../../src/sweeps/sweepDirectory.js";
import { trialId } from "../../src/sweeps/trialId.js";
import { smallSpec } from "../runs/spec.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { startWorker, TestRedis, type TestWorker } from "./redisServer.js";
import { driveNew, driveOn, foxTask, madeOf, outcome, slowWorkerProgram, sweepSpec } from "./sweepOf.js";

const folder = temporaryFolder("file");
const inFolder = (name: string) => path.join(folder.path, name);
const summary = async (dir: string) => summaryOf(await readSweep(dir));

/** The first trial is long enough to be hit in the middle, with slow workers. */
const slow = { program: slowWorkerProgram };
const space = { units: [4, 6] };
const spec = sweepSpec({}, space);
const cell = madeOf(({ units: count }) => (count === 4 ? { steps: 1500, validateEvery: 250 } : { steps: 60, validateEvery: 10 }), space);
const first = async (dir: string) => path.join(dir, "runs", (await readdir(path.join(dir, "runs")))[0]!);
/** Whether the first trial is under way, as the directory of its run tells it. */
const isUnderWay = async (dir: string) => (await readRun(await first(dir)).then(({ log }) => log.step, () => 0)) > 1;

/** The steps from which the tries of a trial went on, as its run tells. */
const startsOf = async (run: string) =>
  (await readFile(path.join(run, "events.jsonl"), "utf8")).split("\n").filter((line) => line.includes('"started"')).map((line): number => JSON.parse(line).step);

let undisturbed: Record<string, unknown>;

beforeAll(async () => {
  await driveNew(inFolder("undisturbed"), spec, { cell });
  undisturbed = await outcome(inFolder("undisturbed"));
});

/** A Redis for one test, and who works with it until the test has ended. */
async function redisFor(name: string, onTestFinished: TestContext["onTestFinished"]) {
  const server = await TestRedis.start(await sub(`${name}-redis`));
  const workers: TestWorker[] = [];
  onTestFinished(async () => {
    await Promise.all(workers.map((each) => each.end()));
    await server.kill();
  });
  const worker = (settings: object = {}): TestWorker => {
    const started = startWorker(server.url, settings);
    workers.push(started);
    return started;
  };
  const engine = (slots = 2) => RedisEngine.open({ url: server.url, password: undefined }, slots);
  const drive = async (slots = 2) => driveNew(inFolder(name), spec, { cell, engine: await engine(slots) });
  return { server, worker, engine, drive, dir: inFolder(name) };
}

/** Does something once, as soon as it can be done. */
async function as(soon: () => Promise<boolean>, act: () => Promise<void> | void): Promise<void> {
  while (!(await soon().catch(() => false))) {
    await sleep(20);
  }
  await act();
}

describe.concurrent("a sweep through Redis", () => {
  it("has the figures and weights that it has on one machine, in runs like any other, and leaves Redis empty but for its data", async ({ expect, onTestFinished }) => {
    const { server, worker, drive, dir } = await redisFor("plain", onTestFinished);
    worker();
    expect(await drive()).toBe("finished");
    expect(await outcome(dir)).toEqual(undisturbed);
    const { state, log } = await readRun(await first(dir));
    expect([state, log.step, (await summary(dir)).retries]).toEqual(["finished", 1500, 0]);
    const redis = new Redis(server.url);
    const left = (await redis.keys("*")).filter((key) => !/^bull:tritloom-trials:(meta|events|id|marker|stalled-check|metrics:.*)$/.test(key));
    redis.disconnect();
    expect(left).toEqual([expect.stringMatching(/^tritloom:data:[0-9a-f]{64}$/)]);
  });

  it("is the same where a worker hands a trial back, and the next one is killed in the middle of it; only that counts as a failure", async ({ expect, onTestFinished }) => {
    const { worker, drive, dir } = await redisFor("killed", onTestFinished);
    const stopped = worker(slow);
    const driven = drive(1);
    await as(() => isUnderWay(dir), () => stopped.end());
    const victim = worker({ ...slow, checkpointMilliseconds: 0 });
    await as(async () => (await startsOf(await first(dir))).length === 2, () => victim.end("SIGKILL"));
    worker();
    expect(await driven).toBe("finished");
    expect((await summary(dir)).retries).toBe(1);
    const starts = await startsOf(await first(dir));
    expect(starts).toEqual([0, expect.any(Number), expect.any(Number)]);
    expect([starts[1]! > 0, starts[2]! >= starts[1]!]).toEqual([true, true]);
    expect(await outcome(dir)).toEqual(undisturbed);
  });

  it("takes one result of a trial whose worker was frozen for so long that another one trained it, too", async ({ expect, onTestFinished }) => {
    const { worker, drive, dir } = await redisFor("frozen", onTestFinished);
    const frozen = worker(slow);
    const driven = drive(1);
    await as(() => isUnderWay(dir), () => frozen.signal("SIGSTOP"));
    worker();
    await as(async () => (await summary(dir)).retries === 1, () => {});
    await as(async () => (await summary(dir)).trials.finished >= 1, () => frozen.signal("SIGCONT"));
    expect(await driven).toBe("finished");
    expect(await outcome(dir)).toEqual(undisturbed);
    expect(await readdir(path.join(dir, "results"))).toHaveLength(2);
  });

  it("goes on where Redis is killed with all that it held, and says that it is away", async ({ expect, onTestFinished }) => {
    const { server, worker, drive, dir } = await redisFor("lost", onTestFinished);
    const served = worker(slow);
    const driven = drive();
    await as(() => isUnderWay(dir), () => server.kill());
    await expect.poll(async () => (await summary(dir)).notice).toMatch(/^The Redis redis:\/\/127\.0\.0\.1:\d+\/0 (is not there|closes the connection).*The sweep waits for it\.$/);
    await served.says(/Trainings go on, and the worker tries again/);
    await server.run();
    expect(await driven).toBe("finished");
    expect((await summary(dir)).notice).toBe(null);
    expect(await outcome(dir)).toEqual(undisturbed);
  });

  it("says that it has no worker, stops with a checkpoint in the run's directory, and goes on from there", async ({ expect, onTestFinished }) => {
    const { worker, engine, drive, dir } = await redisFor("stopped", onTestFinished);
    const driven = drive();
    await expect.poll(async () => (await summary(dir)).notice).toMatch(/^No worker is connected to redis:.*start some with tritloom worker redis:/);
    worker(slow);
    await as(async () => (await readdir(path.join(dir, "runs"))).length > 0, () => requestStop(dir));
    expect(await driven).toBe("stopped");
    const run = await first(dir);
    const { state, ending, log } = await readRun(run);
    expect([state, ending]).toEqual(["interrupted", { kind: "stopped" }]);
    expect(await driveOn(dir, { engine: await engine() })).toBe("finished");
    expect(await startsOf(run)).toEqual([0, log.step]);
    expect(await outcome(dir)).toEqual(undisturbed);
  });

  it("goes on with the others where a person stops the run of one trial, and with that one when it is gone on with", async ({ expect, onTestFinished }) => {
    const { worker, engine, drive, dir } = await redisFor("one-stopped", onTestFinished);
    worker(slow);
    const driven = drive(1);
    await as(() => isUnderWay(dir), async () => requestStop(await first(dir)));
    expect(await driven).toBe("stopped");
    const { trials, retries, abandoned } = await summary(dir);
    expect([trials.finished, retries, abandoned]).toEqual([1, 0, [expect.stringMatching(/: stopped by a person; /)]]);
    expect(await driveOn(dir, { engine: await engine() })).toBe("finished");
    expect(await outcome(dir)).toEqual(undisturbed);
  });

  it("refuses a job that is no trial, ends a trial at once that cannot be trained, and sends a text file of this machine along", async ({ expect, onTestFinished }) => {
    const { server, worker, engine, dir } = await redisFor("faulty", onTestFinished);
    const file = inFolder("fox.txt");
    await writeFile(file, "the quick brown fox jumps over the lazy dog; ".repeat(40));
    const fromFile = { ...foxTask, corpus: { ...foxTask.corpus, source: { kind: "file", path: file } } } as const;
    const faulty = madeOf(({ units: count }) => ({ steps: 60, validateEvery: 10, task: count === 4 ? { ...fromFile, batchSize: 9999 } : fromFile }), space);
    const served = worker();
    const redis = new Redis(server.url, { maxRetriesPerRequest: null });
    const queue = new Queue(queueName, { connection: redis });
    await queue.add("evil", { version, run: "rm -rf /" }, { jobId: "evil" });
    expect(await driveNew(dir, spec, { cell: faulty, engine: await engine(4) })).toBe("finished");
    const { trials, retries, candidates } = await summary(dir);
    expect([trials.failed, trials.finished, retries]).toEqual([1, 1, 0]);
    expect(candidates[0]!.fault).toMatch(/batch/i);
    expect(candidates[1]!.mean).toBe((await summary(inFolder("undisturbed"))).candidates[1]!.mean);
    expect((await queue.getJob("evil"))?.failedReason).toMatch(/^The job is no trial of a sweep: /);
    expect(served.said()).toMatch(/^evil: The job is no trial of a sweep/m);
    await queue.obliterate({ force: true });
    redis.disconnect();
  });
});

describe("a worker", () => {
  it("takes no path, no function of a cell, no other version and no wrong name", () => {
    const given = smallSpec();
    const trial = trialId(given);
    const data = "0".repeat(64);
    const job = { version, trial, spec: given, steps: 10, data };
    expect(checkedJob(`${trial}@10`, job)).toEqual(job);
    const ofFile = smallSpec({ task: { ...foxTask, corpus: { ...foxTask.corpus, source: { kind: "file", path: "/etc/passwd" } } } });
    const refused: [string, unknown, RegExp][] = [
      [`${trial}@11`, job, /its name is not that of its spec/],
      [`${trialId(ofFile)}@10`, { ...job, trial: trialId(ofFile), spec: ofFile }, /data of the kind "file"/],
      [`${trial}@10`, { ...job, version: "0.0.1" }, /is of Tritloom 0\.0\.1, and this worker of .*same version/],
      [`${trial}@10`, { ...job, data: null }, /data of the kind "inline" without a file/],
      [`${trial}@10`, { ...job, dir: "/home" }, /is no trial of a sweep/],
      [`${trial}@10`, null, /is no trial of a sweep/],
    ];
    refused.forEach(([id, value, message]) => expect(() => checkedJob(id, value), String(message)).toThrow(message));
  });
});

describe("a connection", () => {
  it("says what is wrong, and never a password", async () => {
    const locked = await TestRedis.start(await sub("locked"), { password: "s3cret" });
    const secure = await TestRedis.start(await sub("secure"), { tls: true });
    try {
      const fails = async (url: string, password: string | undefined, message: RegExp) => {
        const error: Error = await connectRedis({ url, password }).then(() => new Error("it connects"), (reason) => reason);
        expect(error.message).toMatch(message);
        expect(error.message).not.toMatch(/s3cret|wr0ng/);
      };
      await fails(locked.url, "wr0ng", /refused user and password: correct them in its URL or in TRITLOOM_REDIS_PASSWORD/);
      await fails(locked.url, undefined, /asks for another password/);
      await fails("redis://127.0.0.1:1/0", undefined, /is not there: nothing listens/);
      await fails(secure.url.replace("redis:", "rediss:"), undefined, /certificate that this machine does not trust: name the file of its authority in NODE_EXTRA_CA_CERTS/);
      await fails(secure.url, undefined, /closes the connection: it may be no Redis, or one that wants TLS \(rediss:\/\/\)/);
      (await connectRedis({ url: locked.url, password: "s3cret" })).disconnect();
      const trusted = startWorker(secure.url.replace("redis:", "rediss:"), {}, { NODE_EXTRA_CA_CERTS: path.join(inFolder("secure"), "redis.crt") });
      await trusted.says(/Trains trials of rediss:/);
      await trusted.end();
    } finally {
      await Promise.all([locked.kill(), secure.kill()]);
    }
  });
});

async function sub(name: string): Promise<string> {
  await mkdir(inFolder(name));
  return inFolder(name);
}
