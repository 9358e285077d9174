import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { readOwner } from "../../src/runs/owner.js";
import { readSweep } from "../../src/sweeps/sweepDirectory.js";
import { TestRedis } from "../sweeps/redisServer.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { reported, tritloomIn } from "./program.js";

const folder = temporaryFolder();
afterEach(() => vi.unstubAllEnvs());

const notebook = (url: string, password: string): string => `// %%
import * as tl from "tritloom";
const fox = tl.data.fromString("fox", "the quick brown fox; ".repeat(60));
const task = tl.characterModel(fox, { sequenceLength: 8, batchSize: 4 });
// %%
await tl.sweep({
  experiment: (p) => tl.experiment({ task, layers: [tl.lstm({ units: p.units })], steps: p.units === 4 ? 2000 : 40, validateEvery: 20 }),
  space: { units: [4, 6] },
  engine: tl.redis("${url.replace("//", `//:${password}@`)}", { workers: 2 }),
  dir: "units",
});
`;

it("trains the trials of a notebook, which is killed, and of who goes on with its sweep; no file has the password", async () => {
  const password = "s3cret-of-the-queue";
  const redis = await TestRedis.start(folder.path, { password });
  try {
    vi.stubEnv("TRITLOOM_REDIS_PASSWORD", password);
    await writeFile(path.join(folder.path, "units.ts"), notebook(redis.url, password));
    const dir = path.join(folder.path, "units");
    const running = tritloomIn(folder.path, ["sweep", "units.ts"]);
    await expect.poll(async () => (await readSweep(dir).catch(() => undefined))?.ledger.candidates.length).toBe(2);
    const worker = tritloomIn(folder.path, ["worker", redis.url, "--workers", "1", "--idle", "3", "--json"]);
    await expect.poll(() => readdir(path.join(dir, "runs")).catch(() => []), { interval: 20 }).not.toEqual([]);
    process.kill((await readOwner(dir))!.pid, "SIGKILL");
    expect((await running).code).toBe(1);

    const resumed = await tritloomIn(folder.path, ["sweep", "resume", "units", "--json"]);
    expect([resumed.code, reported(resumed).sweep]).toMatchObject([0, { state: "finished", trials: { finished: 2 }, retries: 0 }]);
    const ended = await worker;
    expect([ended.code, reported(ended)]).toEqual([0, { ok: true, trained: 2 }]);
    expect(ended.stderr).toMatch(/Trains trials of redis:\/\/127\.0\.0\.1:\d+\/0, 1 at a time\.\n[0-9a-f]{16}@\d+ /);

    expect(JSON.parse(await readFile(path.join(dir, "sweep.json"), "utf8")).engine).toEqual({ kind: "redis", url: redis.url, workers: 2 });
    const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const texts = await Promise.all(files.map((entry) => readFile(path.join(entry.parentPath, entry.name), "latin1")));
    expect(texts.filter((text) => text.includes(password))).toEqual([]);
  } finally {
    await redis.kill();
  }
});

it("says what is wrong with a URL and a server", async () => {
  const fails = async (args: string[], code: number, message: RegExp) => {
    const ended = await tritloomIn(folder.path, args);
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringMatching(message)]);
  };
  await Promise.all([
    fails(["worker"], 2, /worker needs URL: the Redis of tl\.redis\(\)/),
    fails(["worker", "http://host"], 2, /The URL of tritloom worker begins with "http:": give "redis:\/\/host:6379"/),
    fails(["worker", "redis://host/a"], 2, /ends in "\/a", and may end in the number of a database/),
    fails(["worker", "redis://127.0.0.1:1"], 1, /The Redis redis:\/\/127\.0\.0\.1:1\/0 is not there: nothing listens/),
  ]);
});
