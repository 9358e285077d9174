import { execFile, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ExecutionStatus, KernelClient, KernelStartError } from "../../kernel/client.js";
import type { FromKernel } from "../../kernel/contract.js";
import { type KernelBench, prepareKernel } from "./kernelBuild.js";

let bench: KernelBench;
const started: KernelClient[] = [];
beforeAll(async () => {
  bench = await prepareKernel();
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((kernel) => kernel.dispose()));
});
afterAll(() => bench.remove());

async function start(options: Parameters<KernelBench["start"]>[0] = {}): Promise<KernelClient> {
  const kernel = await bench.start(options);
  started.push(kernel);
  return kernel;
}

interface Ran {
  status: ExecutionStatus;
  messages: FromKernel[];
  printed: string;
  result: string | undefined;
}

async function run(kernel: KernelClient, code: string, onMessage?: (message: FromKernel) => void): Promise<Ran> {
  const messages: FromKernel[] = [];
  const status = await kernel.execute(code, { cell: 1, executionCount: 1 }, (message) => {
    messages.push(message);
    onMessage?.(message);
  });
  const printed = messages.map((message) => (message.type === "stream" ? message.text : "")).join("");
  const result = messages.flatMap((message) => (message.type === "result" ? [message.data["text/plain"]] : []))[0];
  return { status, messages, printed, result };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe("a kernel's life", () => {
  it("ends with dispose, also in the middle of a loop", async () => {
    const kernel = await start();
    const { pid } = kernel;
    let loops = false;
    const ended = run(kernel, 'console.log("go"); while (true) {}', () => {
      if (!loops) {
        loops = true;
        void kernel.dispose();
      }
    });
    expect((await ended).status).toBe("died");
    await untilGone(pid);
  });

  it("reports its death in the middle of a cell, and refuses cells from then on", async () => {
    const kernel = await start();
    const exits: unknown[] = [];
    kernel.onExit((exit) => exits.push(exit));
    const ran = await run(kernel, 'console.log("go"); await new Promise(() => {})', (message) => {
      if (message.type === "stream") {
        process.kill(kernel.pid, "SIGKILL");
      }
    });
    expect(ran.status).toBe("died");
    expect(ran.printed).toBe("go\n");
    expect(ran.messages.at(-1)).toMatchObject({
      type: "error",
      error: { name: "KernelDied", message: expect.stringContaining("SIGKILL") },
    });
    expect(exits).toEqual([{ code: null, signal: "SIGKILL" }]);
    expect((await run(kernel, "1")).status).toBe("died");
  });

  it("tells the exit code of process.exit, after what was printed", async () => {
    const ran = await run(await start(), 'console.log("last words"); process.exit(3)');
    expect(ran.status).toBe("died");
    expect(ran.printed).toBe("last words\n");
    expect(ran.messages.at(-1)).toMatchObject({ error: { message: expect.stringContaining("exit code 3") } });
  });

  it("settles cells that wait in the queue when it dies", async () => {
    const kernel = await start();
    const statuses = await Promise.all([run(kernel, "process.exit(1)"), run(kernel, "2"), run(kernel, "3")]);
    expect(statuses.map((one) => one.status)).toEqual(["died", "died", "died"]);
  });

  it("says that memory ran out", async () => {
    const kernel = await start({ env: { NODE_OPTIONS: "--max-old-space-size=40" } });
    const ran = await run(kernel, "const all: number[][] = []; for (;;) { all.push(new Array(100_000).fill(1.5)); }");
    expect(ran.status).toBe("died");
    expect(ran.messages.at(-1)).toMatchObject({ error: { message: expect.stringContaining("memory") } });
  });

  it.each(["await new Promise(() => {})", "while (true) {}"])("does not outlive its host: %s", async (code) => {
    const script = join(bench.directory, "host.cjs");
    await writeFile(
      script,
      `const kernel = require("node:child_process").fork(${JSON.stringify(bench.kernelPath)}, [], { stdio: ["ignore", "pipe", "pipe", "ipc", "pipe"] });
       kernel.on("message", (message) => {
         if (message.type === "ready") kernel.send({ type: "execute", id: "1", code: ${JSON.stringify(`console.log("go"); ${code}`)}, cell: 1, executionCount: 1 });
         if (message.type === "stream") console.log(kernel.pid);
       });`,
    );
    const host = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
    const pid = await new Promise<number>((resolve) => host.stdout.on("data", (text) => resolve(Number(String(text)))));
    expect(isAlive(pid)).toBe(true);
    host.kill("SIGKILL");
    await untilGone(pid);
  });

  it("fails to start with the reason", async () => {
    const broken = join(bench.directory, "no-kernel.cjs");
    await writeFile(broken, 'console.error("cannot be a kernel"); process.exit(7);');
    const failing = bench.start({ kernelPath: broken });
    await expect(failing).rejects.toThrow(KernelStartError);
    await expect(failing).rejects.toThrow(/exit code 7[\s\S]*cannot be a kernel/);
    await expect(bench.start({ nodePath: join(bench.directory, "no-node") })).rejects.toThrow(/could not be started/);
  });

  it("explains itself when run by hand", async () => {
    const byHand = promisify(execFile)(process.execPath, [bench.kernelPath]);
    await expect(byHand).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("tritloom run") });
  });
});

describe("messages", () => {
  // One kernel for all: each of these leaves it usable.
  let kernel: KernelClient;
  beforeAll(async () => {
    kernel = await bench.start();
  });
  afterAll(() => kernel.dispose());

  it("runs cells in the order of their requests", async () => {
    const order: string[] = [];
    const note = (message: FromKernel): void => void order.push(`${message.type} ${"id" in message ? message.id : ""}`);
    await Promise.all([
      run(kernel, "await new Promise((resolve) => setTimeout(resolve, 20)); console.log(1)", note),
      run(kernel, "console.log(2)", note),
    ]);
    expect(order.map((one) => one.replace(/ .*/, ""))).toEqual(["stream", "done", "stream", "done"]);
    expect(new Set(order.slice(0, 2).map((one) => one.split(" ")[1])).size).toBe(1);
  });

  it("keeps two kernels apart", async () => {
    const [one, other] = [kernel, await start()];
    await run(one, "const mine = 1; globalThis.shared = 1; process.env.MINE = 'x'");
    expect((await run(other, "[typeof mine, typeof shared, process.env.MINE]")).result).toBe(
      "[ 'undefined', 'undefined', undefined ]",
    );
    expect((await run(one, "mine")).result).toBe("1");
  });

  it("carries a hundred thousand lines in order and in few messages", async () => {
    const ran = await run(kernel, "for (let i = 0; i < 1e5; i++) console.log(i)");
    expect(ran.status).toBe("ok");
    expect(ran.printed).toBe(Array.from({ length: 1e5 }, (_, i) => `${i}\n`).join(""));
    expect(ran.messages.length).toBeLessThan(1000);
  });

  it("cuts off output beyond all reason, and says so once", async () => {
    const ran = await run(kernel, 'const longLine = "x".repeat(99); for (let i = 0; i < 1e5; i++) console.log(longLine); "end"');
    expect(ran.printed.length).toBeLessThan(5_000_200);
    expect(ran.printed.slice(0, 5_000_000)).toBe(`${"x".repeat(99)}\n`.repeat(50_000));
    expect(ran.printed.slice(5_000_000).trim()).toBe(
      "[output cut off: one cell shows at most 5,000,000 characters; write larger output to a file]",
    );
    expect(ran.result).toBe("'end'");
  });

  it("cuts off what a child process prints, in the same way", async () => {
    const code = `require("node:child_process").execSync("yes 0123456789 | head -c 20000000", { stdio: "inherit" }); "end"`;
    const ran = await run(kernel, code);
    expect(ran.printed.slice(0, 5_000_000)).toBe("0123456789\n".repeat(454_546).slice(0, 5_000_000));
    expect(ran.printed.slice(5_000_000)).toMatch(/^\n\[output cut off: .*\]\n$/);
    expect(ran.result).toBe("'end'");
  });

  it("cuts off displays beyond all number, and says so once", async () => {
    const ran = await run(kernel, "let last; for (let i = 0; i < 20_000; i++) { last = display(i); } last.update('gone'); 'end'");
    expect(ran.messages.filter(({ type }) => type === "display")).toHaveLength(500);
    expect(ran.printed).toBe("[displays cut off: one cell shows at most 500 of them; print values with console.log, or write them to a file]\n");
    expect(ran.result).toBe("'end'");
  });

  it("cuts off pictures and values beyond all size, and says so once", async () => {
    const page = 'display({ "text/html": "h".repeat(20_000_000) });';
    const ran = await run(kernel, `${page}${page}${page}${page} ({ [Symbol.for("Jupyter.display")]: () => ({ "text/html": "r".repeat(2e7) }) })`);
    expect(ran.messages.map(({ type }) => type)).toEqual(["display", "display", "stream", "done"]);
    expect(ran.printed).toMatch(/^\[outputs cut off: one cell shows at most 50,000,000 characters of .*; write larger ones to a file\]\n$/);
    const text = await run(kernel, '({ [Symbol.for("nodejs.util.inspect.custom")]: () => "v".repeat(3e6) })');
    expect(text.result).toBe(`${"v".repeat(1e6)} [… 2,000,000 more characters]\n[cut off: write the value to a file to see all of it]`);
  });

  it("carries a flood of updates in few messages, the last one always", async () => {
    const ran = await run(kernel, 'const flood = display("start"); for (let i = 0; i < 2e5; i++) { flood.update({ "text/plain": String(i) }); }');
    expect(ran.messages.length).toBeLessThan(20_000);
    expect(ran.messages.at(-2)).toMatchObject({ type: "display", update: true, data: { "text/plain": "199999" } });
  });

  it("tells of a listener that throws, and still ends the cell", async () => {
    const ran = await run(kernel, 'console.log("x"); display(1); 2', (message) => {
      if (message.type !== "done") {
        throw new Error("the listener's own");
      }
    });
    expect(ran.messages.map(({ type }) => type)).toEqual(["stream", "display", "result", "done"]);
  });

  it("joins bytes of one character that a child process wrote apart", async () => {
    const code = `const { spawnSync } = require("node:child_process");
      const script = 'const b = Buffer.from("日本 🎉"); const fs = require("node:fs"); let i = 0; for (const x of b) fs.writeSync(1, Buffer.of(x));';
      spawnSync(process.execPath, ["-e", script], { stdio: "inherit" }).status`;
    const ran = await run(kernel, code);
    expect(ran.printed).toBe("日本 🎉");
    expect(ran.result).toBe("0");
  });

  it("delivers everything that a child process wrote before the cell is done", async () => {
    const code = `require("node:child_process").execSync("seq 1 100000", { stdio: "inherit" });`;
    const ran = await run(kernel, code);
    expect(ran.printed).toBe(Array.from({ length: 1e5 }, (_, i) => `${i + 1}\n`).join(""));
    expect(ran.messages.at(-1)?.type).toBe("done");
  });

  it("gives late output to the cell that started it", async () => {
    const first: FromKernel[] = [];
    await run(kernel, 'setTimeout(() => { console.log("late"); setTimeout(() => { throw new Error("later") }, 1) }, 20);', (one) =>
      first.push(one),
    );
    const second = await run(kernel, 'await new Promise((resolve) => setTimeout(resolve, 100)); "other cell"');
    expect(second.printed).toBe("");
    const late = first.map((message) => (message.type === "stream" ? `${message.name}: ${message.text}` : "")).join("");
    expect(late).toBe("stdout: late\nstderr: Uncaught Error: later\n    at cell 1, line 1, column 66\n");
  });

  it("shows text at once, although the cell then computes without a pause", async () => {
    // Only this text: what the kernel prints between two cells is told to this listener as well.
    const ran = await run(kernel, 'console.log("before"); while (true) {}', (message) => {
      if (message.type === "stream" && message.text === "before\n") {
        kernel.interrupt();
      }
    });
    expect(ran).toMatchObject({ status: "interrupted", printed: "before\n" });
  });

  it("survives what is no message", async () => {
    const { child } = kernel as unknown as { child: { send(message: unknown): void } };
    child.send({ type: "execute", id: 5 });
    expect((await run(kernel, "1 + 1")).result).toBe("2");
  });
});

describe("interruption", () => {
  let kernel: KernelClient;
  beforeAll(async () => {
    kernel = await bench.start();
  });
  afterAll(() => kernel.dispose());

  it("of an idle kernel harms no later cell", async () => {
    await run(kernel, "let kept = 1");
    for (let i = 0; i < 5; i += 1) {
      kernel.interrupt();
    }
    const ran = await run(kernel, "for (let i = 0; i < 1e8; i++) { kept = i; } kept");
    expect(ran).toMatchObject({ status: "ok", result: "99999999" });
  });

  it("can be repeated, and the kernel stays usable", async () => {
    await run(kernel, "let count = 0");
    for (let i = 0; i < 3; i += 1) {
      const ran = await run(kernel, 'count++; console.log("go"); for (;;) {}', (message) => {
        if (message.type === "stream") {
          kernel.interrupt();
        }
      });
      expect(ran.status).toBe("interrupted");
    }
    expect((await run(kernel, "count")).result).toBe("3");
  });

  it("a second time ends a cell that heeds its signal slowly", async () => {
    const host = 'Reflect.get(globalThis, Symbol.for("tritloom.host")).interrupt';
    const ran = await run(kernel, `${host}.addEventListener("abort", () => console.log("asked")); console.log("go"); await new Promise(() => {})`, (message) => {
      if (message.type === "stream") {
        kernel.interrupt();
      }
    });
    expect(ran).toMatchObject({ status: "interrupted", printed: "go\nasked\n" });
  });
});
