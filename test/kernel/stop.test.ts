import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { KernelClient } from "../../kernel/client.js";
import { type KernelBench, prepareKernel } from "./kernelBuild.js";

/** Stop within milliseconds of the cell's start: it may come before the request is read, while it is compiled, or in the cell. */
let bench: KernelBench;
let kernel: KernelClient;
beforeAll(async () => {
  bench = await prepareKernel();
  await writeFile(join(bench.directory, "slow.mjs"), "await new Promise((resolve) => setTimeout(resolve, 300));\n");
  kernel = await bench.start();
});
afterAll(async () => {
  await kernel.dispose();
  await bench.remove();
});

const run = (code: string) => kernel.execute(code, { cell: 1, executionCount: 1 }, () => {});

const cells = [
  "for (;;) {}",
  "await new Promise(() => {});",
  "for (let i = 0; i < 4; i++) await new Promise((resolve) => setTimeout(resolve, 2)); for (;;) {}",
  'await import("./slow.mjs"); for (;;) {}',
  "(async () => { for (;;) await null; })(); await new Promise((resolve) => setTimeout(resolve, 3)); for (;;) {}",
];

/** Delays of 0 to 20 ms; numbers below 1 mean the same turn of the event loop, where both messages are read together. */
const delays = [0, 0.5, 1, 2, 3, 4, 6, 9, 13, 20];

it.each(cells)("is never lost: %s", async (code) => {
  for (const delay of delays) {
    const ended = run(code);
    if (delay > 0) {
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
    kernel.interrupt();
    expect(await ended, `after ${delay} ms`).toBe("interrupted");
  }
  expect(await run("1")).toBe("ok");
});

it("is never lost with an import declaration that is slow", async () => {
  const ended = run('import "./slow.mjs"; for (;;) {}');
  await new Promise((resolve) => setTimeout(resolve, 100));
  kernel.interrupt();
  expect(await ended).toBe("interrupted");
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(await run("1")).toBe("ok");
});

it("ends a cell that used its AbortSignal before and now loops", async () => {
  const host = 'Reflect.get(globalThis, Symbol.for("tritloom.host"))';
  const ended = kernel.execute(`${host}.interrupt; console.log("go"); await new Promise((resolve) => setTimeout(resolve, 30)); for (;;) {}`, { cell: 1, executionCount: 1 }, (message) => {
    if (message.type === "stream") {
      kernel.interrupt();
    }
  });
  expect(await ended).toBe("interrupted");
});

it("of one cell leaves the next alone", async () => {
  for (const delay of delays) {
    const ended = run("await new Promise((resolve) => setTimeout(resolve, 5));");
    await new Promise((resolve) => setTimeout(resolve, delay));
    kernel.interrupt();
    expect(["ok", "interrupted"]).toContain(await ended);
    expect(await run("for (let i = 0; i < 1e7; i++) {}")).toBe("ok");
  }
});
