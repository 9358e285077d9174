import { fork, spawnSync } from "node:child_process";
import fc from "fast-check";
import { readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { endKernel, lookAt } from "../../kernel/keeper/connection.js";
import { listKernels } from "../../kernel/keeper/listKernels.js";
import { memoryOf } from "../../kernel/keeper/memory.js";
import type { KeeperStart } from "../../kernel/keeper/startContract.js";
import { attach, cell, ended, isAlive, type KeeperBench, prepareKeepers, run, untilGone, untilSaid } from "./keeperBench.js";

/** How kernels and their keepers end, and what stays of them, with real processes. */
let bench: KeeperBench;
beforeAll(async () => {
  bench = await prepareKeepers();
});
afterAll(async () => {
  expect(await bench.close()).toEqual([]);
  await bench.remove();
});

async function endAll(): Promise<void> {
  expect(await bench.close()).toEqual([]);
}

describe("the end", () => {
  afterEach(endAll);
  it("comes when a window asks for it, and another kernel can start at once", async () => {
    const record = await bench.open();
    const { kernel } = await attach(record);
    await kernel.dispose("kernel-stopped");
    const next = await bench.open({ notebook: record.notebook });
    expect(next.id).toBe(record.id);
    await untilGone(record);
    expect((await listKernels()).map(({ record: { keeper } }) => keeper.pid)).toEqual([next.keeper.pid]);
  });

  it("comes by itself once nobody is attached and nothing runs, but not while a cell runs or what it started goes on", async () => {
    const record = await bench.open();
    const first = await attach(record, { idleSeconds: 0.2 });
    const works = cell(`const { existsSync } = require("node:fs");
      while (existsSync("runs")) await new Promise((go) => setTimeout(go, 20));
      const work = setInterval(() => existsSync("works") || clearInterval(work), 20);`);
    const [runs, goesOn] = [join(bench.directory, "runs"), join(bench.directory, "works")];
    await Promise.all([runs, goesOn].map((file) => writeFile(file, "")));
    first.kernel.run([works]);
    await expect.poll(() => first.page.states.get(works.execution)?.start).toBeDefined();
    first.kernel.detach();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(isAlive(record.kernel.pid)).toBe(true);
    await rm(runs);
    await expect.poll(async () => (await lookAt(record)).running).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(isAlive(record.kernel.pid)).toBe(true);
    await rm(goesOn);
    await untilGone(record);
    expect(await readdir(bench.kernels)).toEqual([]);
  });

  it("of a kernel that is killed is told, after its last words", async () => {
    const record = await bench.open();
    const window = await attach(record);
    const dies = await run(window, 'console.log("last words"); process.kill(process.pid, "SIGKILL"); await new Promise(() => {});');
    expect(window.page.states.get(dies.execution)?.end?.status).toBe("died");
    expect(window.page.of(dies.execution)).toEqual([
      { kind: "stdout", text: "last words\n" },
      { kind: "error", text: expect.stringContaining("SIGKILL") },
    ]);
    await expect.poll(() => window.deaths).toEqual([{ code: null, signal: "SIGKILL" }]);
    window.kernel.shown(window.page.seq);
    await untilGone(record);
  });

  it("of a kernel that dies unseen is kept for the next window", async () => {
    const record = await bench.open();
    const first = await attach(record);
    const dies = cell('console.log("last words"); setTimeout(() => process.exit(3), 100); await new Promise(() => {});');
    first.kernel.run([dies]);
    await untilSaid(first.page, dies, "last words");
    first.kernel.detach();
    await expect.poll(async () => (await lookAt(record)).exit).toEqual({ code: 3, signal: null });
    const second = await attach(record);
    await expect.poll(() => second.deaths).toEqual([{ code: 3, signal: null }]);
    expect(second.page.printed(dies.execution)).toBe("last words\n");
    second.kernel.shown(second.page.seq);
    await untilGone(record);
  });

  it("of a keeper that is killed ends its kernel, and the next who looks removes what it left", async () => {
    const record = await bench.open();
    const window = await attach(record);
    const loop = cell('console.log("go"); for (;;) {}');
    window.kernel.run([loop]);
    await untilSaid(window.page, loop, "go");
    process.kill(record.keeper.pid, "SIGKILL");
    await expect.poll(() => window.deaths).toEqual([undefined]);
    await untilGone(record);
    expect(await readdir(bench.kernels)).toHaveLength(2);
    expect(await listKernels()).toEqual([]);
    expect(await readdir(bench.kernels)).toEqual([]);
  });

  it("SIGTERM to the keeper ends both; a closed terminal concerns neither", async () => {
    const record = await bench.open();
    process.kill(record.keeper.pid, "SIGHUP");
    process.kill(record.keeper.pid, "SIGINT");
    expect((await lookAt(record)).attached).toBeNull();
    process.kill(record.keeper.pid, "SIGTERM");
    await untilGone(record);
    expect(await readdir(bench.kernels)).toEqual([]);
  });
});

/** The processes of the present kernels and keepers, and children of their cells. */
function processes(): string[] {
  const { stdout } = spawnSync("ps", ["-A", "-ww", "-o", "pid=,args="], { encoding: "utf8" });
  return stdout.split("\n").filter((line) => line.includes(dirname(bench.keeperPath)));
}

const stillThere = async () => [...processes(), ...(await listKernels()), ...(await readdir(bench.kernels))];

describe("whoever is killed", () => {
  it("while a kernel starts: that is told, and nothing stays", async () => {
    const moment = fc.record({ victim: fc.constantFrom("keeper", "kernel", "window"), milliseconds: fc.nat(300) });
    await fc.assert(
      fc.asyncProperty(moment, async ({ victim, milliseconds }) => {
        if (victim === "window") {
          const keeper = fork(bench.keeperPath, { detached: true, stdio: ["ignore", "ignore", "ignore", "ipc"] });
          const file = join(bench.directory, "never.ipynb");
          keeper.send({ notebook: { uri: `file://${file}`, path: file }, scope: "", folder: bench.directory, kernelPath: bench.kernelPath, idleSeconds: 60 } satisfies KeeperStart);
          await new Promise((resolve) => setTimeout(resolve, milliseconds));
          keeper.disconnect();
        } else {
          const opened = bench.open().then(endKernel, (error: Error) => expect(error.message).toMatch(/ended while starting \(SIGKILL\)/));
          const program = victim === "kernel" ? bench.kernelPath : bench.keeperPath;
          const find = () => processes().find((line) => line.endsWith(program));
          await expect.poll(find, { interval: 10 }).toBeDefined();
          await new Promise((resolve) => setTimeout(resolve, milliseconds / 3));
          const pid = Number.parseInt(find() ?? "0");
          if (pid > 0) {
            process.kill(pid, "SIGKILL");
          }
          await opened;
        }
        await expect.poll(stillThere, { interval: 50, timeout: 10_000 }).toEqual([]);
      }),
      { numRuns: 3 },
    );
  }, 60_000);

  it("while output is in flight: the others go on or end, say it once, and nothing stays, children of cells included", async () => {
    const child = join(dirname(bench.keeperPath), "child.cjs");
    await writeFile(child, "setInterval(() => {}, 1000);");
    const code = `const { spawn } = require("node:child_process");
      spawn(process.execPath, [${JSON.stringify(child)}], { stdio: "ignore" });
      for (let i = 0; ; i++) { display("x".repeat(100_000)); await new Promise((go) => setTimeout(go, 5)); }`;
    const scene = fc.record({ victim: fc.constantFrom("keeper", "kernel"), news: fc.nat(40), isTaken: fc.boolean(), isStopped: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(scene, async ({ victim, news, isTaken, isStopped }) => {
        const record = await bench.open();
        const first = await attach(record, { by: "one" });
        const floods = cell(code);
        first.kernel.run([floods]);
        await expect.poll(() => first.page.news, { interval: 1 }).toBeGreaterThan(news + 1);
        const second = isTaken ? attach(record, { by: "two", takeOver: true }).catch((error: Error) => error.message) : undefined;
        const stopped = isStopped ? endKernel(record) : undefined;
        process.kill(record[victim as "keeper" | "kernel"].pid, "SIGKILL");
        const taker = await second;
        const window = typeof taker === "object" ? taker : first;
        if (taker === undefined || typeof taker === "object") {
          await expect.poll(() => window.deaths).toHaveLength(1);
        } else {
          expect(taker).toMatch(/does not answer/);
        }
        if (victim === "kernel" && !isStopped) {
          expect(window.deaths).toEqual([{ code: null, signal: "SIGKILL" }]);
          expect(window.page.of(floods.execution).at(-1)).toMatchObject({ kind: "error", text: expect.stringContaining("SIGKILL") });
          window.kernel.shown(window.page.seq);
        }
        await stopped;
        await untilGone(record);
        await expect.poll(stillThere, { interval: 50, timeout: 10_000 }).toEqual([]);
        expect([...first.deaths, ...first.takenBy].length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 3 },
    );
  }, 60_000);
});

it("keeps at most 50 MB of 60 MB that no window reads, says how much is missing, and does not grow beyond that", async () => {
  const record = await bench.open();
  const first = await attach(record);
  const code = 'for (let i = 0; i < 30; i++) { display({ "text/plain": `${i}`.padEnd(1e6, ".") }); await new Promise(setImmediate); }';
  const cells = [cell(code), cell(code, { index: 1 })];
  first.kernel.run(cells);
  first.kernel.detach();
  await expect.poll(async () => { const { running, waiting } = await lookAt(record); return running === null && waiting === 0; }, { timeout: 30_000 }).toBe(true);
  expect(await memoryOf([record.keeper.pid])).toBeLessThan(350e6);
  const { page } = await attach(record);
  await ended(page, cells[1]!).toBe("ok");
  const outputs = cells.flatMap(({ execution }) => page.of(execution));
  const kept = outputs.filter(({ kind }) => kind.startsWith("display"));
  const missing = outputs.flatMap(({ text }) => /^\[([\d,]+) characters of output are missing here/.exec(text)?.[1]?.replaceAll(",", "") ?? []).map(Number);
  expect(missing).toHaveLength(1);
  expect(missing[0]! + kept.reduce((sum, { text }) => sum + text.length, 0)).toBe(60e6);
  expect(kept.length).toBeGreaterThan(40);
  expect(kept.length).toBeLessThanOrEqual(50);
  expect(kept.at(-1)!.text).toMatch(/^29\./);
  await endAll();
}, 60_000);
