import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildSweeps } from "./library.mjs";
import { specOf } from "./spec.mjs";
import { describeMachine } from "./statistics.mjs";

/** What a sweep costs beside its trainings, and how it grows with trials and workers; see bench/README.md. Needs redis-server. */

const { values } = parseArgs({
  options: {
    part: { type: "string", default: "local,redis,slurm,plan" },
    trials: { type: "string", default: "500" },
    fakeTrials: { type: "string", default: "10000" },
    fakeWorkers: { type: "string", default: "100" },
    json: { type: "boolean", default: false },
  },
});
const here = dirname(fileURLToPath(import.meta.url));
const text = "the quick brown fox jumps over the lazy dog; ".repeat(40);
const sha256 = createHash("sha256").update(text).digest("hex");
const sizes = { cell: "gru", units: 4, timesteps: 8, batch: 4, symbols: 28, epsilon: 1e-5, rate: 0.002 };
const trials = Number(values.trials);

const parts = {
  local: () => swept("local", trials, new product.LocalEngine({ workers: 1, threads: 1, program: join(here, "../dist/api/trial-worker.mjs") })),
  redis: () =>
    withRedis(async (place) => {
      const worker = serve(place);
      const measured = await swept("redis", trials, await product.RedisEngine.open(place, 4));
      await worker.end();
      return measured;
    }),
  slurm: async () => {
    const cluster = await product.RealSlurm.open(join(folder, "cluster"));
    try {
      const dir = join(folder, "slurm");
      const spec = product.slurm({ workers: 1, time: "1:00:00", command: [process.execPath, join(here, "../dist/cli.js")] });
      return await swept("slurm", trials, product.slurmEngineOf(spec, dir));
    } finally {
      await cluster.close();
    }
  },
  plan: () =>
    withRedis(async (place) => {
      const workers = Number(values.fakeWorkers);
      const fakes = fakeWorkersOf(place, workers);
      const measured = await swept("plan", Number(values.fakeTrials), await product.RedisEngine.open(place, workers));
      await fakes.end();
      return { ...measured, workers, redisMebibytes: await peakMebibytes(place) };
    }),
};

const wanted = values.part.split(",");
const unknown = wanted.find((name) => !Object.hasOwn(parts, name));
if (unknown !== undefined) {
  console.error(`There is no part ${unknown}: ${Object.keys(parts).join(", ")}.`);
  process.exit(2);
}
const machine = describeMachine();
const product = await buildSweeps();
const folder = await mkdtemp(join(tmpdir(), "tritloom-sweeps-"));
try {
  const rows = [];
  for (const name of wanted) {
    const row = { part: name, ...(await parts[name]()) };
    console.error(row);
    rows.push(row);
  }
  console.log(values.json ? JSON.stringify({ bench: "sweeps", machine, rows }) : "");
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function withRedis(work) {
  const server = await startRedis();
  try {
    return await work({ url: `redis://127.0.0.1:${server.port}/0`, password: undefined });
  } finally {
    server.child.kill();
    await once(server.child, "exit");
    await rm(join(folder, "redis"), { recursive: true });
  }
}

/** The most memory that the server had in use. */
async function peakMebibytes(place) {
  const redis = await product.connectRedis(place);
  const [, bytes] = /used_memory_peak:(\d+)/.exec(await redis.info("memory"));
  redis.disconnect();
  return rounded(Number(bytes) / 2 ** 20);
}

/** Drives a sweep whose trials are tiny, and all different. */
async function swept(name, trials, engine) {
  const dir = join(folder, name);
  const spec = { version: 1, name, space: { seed: { kind: "integer", low: 1, high: trials, log: false } }, search: { kind: "grid" }, stop: null, seeds: 1, seed: 1, objective: "validation", window: 1 };
  const sweep = await product.createSweep({ dir }, spec);
  await writeFile(join(dir, "data", `${sha256}.txt`), text);
  const cell = { space: product.checkedSpace({ seed: Array.from({ length: trials }, (_, index) => index + 1) }), make: async (_, number) => trialsOf(number + 1) };
  const chosenAt = performance.now();
  await product.chooseAhead(sweep, cell);
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  const why = await product.driveSweep(sweep, { engine, cell, signal: new AbortController().signal, onChange: () => {} });
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await sweep.close();
  const readAt = performance.now();
  const { ledger } = await product.readSweep(dir);
  const readingSeconds = rounded((performance.now() - readAt) / 1000);
  const failed = [...ledger.results.values()].find(({ outcome }) => outcome !== "value");
  if (failed !== undefined || why !== "finished") {
    throw new Error(`The sweep ${name} is ${why}, and a trial failed: ${failed?.message}`);
  }
  const inWorkers = [...ledger.results.values()].reduce((sum, result) => sum + result.seconds, 0);
  return {
    trials: ledger.results.size,
    choosingSeconds: rounded((startedAt - chosenAt) / 1000),
    seconds: rounded(seconds),
    millisecondsPerTrial: rounded((1000 * seconds) / trials),
    millisecondsInWorker: rounded((1000 * inWorkers) / trials),
    driverCpuMilliseconds: rounded((user + system) / 1000 / trials),
    readingSeconds,
    mebibytes: Math.round(process.memoryUsage.rss() / 2 ** 20),
  };
}

function trialsOf(seed) {
  const { task, ...rest } = specOf(sizes, { steps: 10 });
  const spec = { ...rest, seed, validateEvery: 10, task: { ...task, corpus: { name: "fox", source: { kind: "inline" }, sha256 } } };
  return { trials: [{ id: product.trialId(spec), spec }] };
}

/** A worker as `tritloom worker --workers 1`. */
function serve(place) {
  return processOf(join(here, "../test/sweeps/redisWorkerProgram.mjs"), [JSON.stringify({ ...place, lockMilliseconds: 30_000 })]);
}

/** Workers that train nothing, and send what a small trial sends. */
function fakeWorkersOf(place, count) {
  return processOf(join(here, "sweepsFakeWorkers.mjs"), [JSON.stringify({ ...place, count })]);
}

function processOf(program, args) {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "ignore", "ignore"] });
  return {
    end: async () => {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

async function startRedis() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await mkdir(join(folder, "redis"));
  const child = spawn("redis-server", ["--port", String(port), "--bind", "127.0.0.1", "--dir", join(folder, "redis"), "--save", "", "--appendonly", "no"], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface(child.stdout)) {
    if (line.includes("Ready to accept connections")) {
      break;
    }
  }
  child.stdout.resume();
  return { child, port };
}

function rounded(number) {
  return Math.round(number * 100) / 100;
}
