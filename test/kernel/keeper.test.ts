import fc from "fast-check";
import { chmod, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import net from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { endKernel, KernelRefusedError, lookAt, renameNotebook } from "../../kernel/keeper/connection.js";
import { keeperProtocol } from "../../kernel/keeper/contract.js";
import { listKernels } from "../../kernel/keeper/listKernels.js";
import { kernelId, type KernelRecord, livingRecords, readLiving } from "../../kernel/keeper/record.js";
import { attach, cell, ended, type KeeperBench, prepareKeepers, run, untilGone, untilSaid } from "./keeperBench.js";

/** Kernels that outlive the window, as real processes. */
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

/** What a kernel's socket answers to a text until it closes, although this side would never close it. */
function said({ socket: place }: KernelRecord, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect({ path: place, allowHalfOpen: true });
    let answer = "";
    socket.on("error", () => {});
    socket.on("data", (bytes) => (answer += String(bytes))).on("end", () => (resolve(answer), socket.destroy()));
    socket.on("close", () => resolve(answer));
    socket.write(text);
  });
}

const printSlowly = (count: number) =>
  `for (let i = 0; i < ${count}; i++) { console.log(i); bar.update(i); await new Promise((go) => setTimeout(go, 1)); } "all"`;

/** The kernel of the tests before, with nothing in it that a window would be told of, or one that starts. */
async function idleKernel(): Promise<KernelRecord> {
  const record = (await livingRecords())[0] ?? (await bench.open());
  const { kernel, page } = await attach(record, { takeOver: true });
  await kernel.ask({ about: "variables" });
  kernel.shown(page.seq);
  kernel.detach();
  await expect.poll(async () => (await lookAt(record)).attached, { interval: 5 }).toBeNull();
  return record;
}

describe("a kernel without its window", () => {
  it("goes on, and a new window gets what it missed exactly once and in order, wherever it attaches and detaches", async () => {
    const record = await idleKernel();
    let window = await attach(record);
    await run(window, 'const bar = display("none")');
    const count = 300;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ stays: fc.nat(60), isAway: fc.nat(30), isReloaded: fc.boolean() }), { minLength: 1, maxLength: 5 }), async (visits) => {
        const request = cell(printSlowly(count));
        window.kernel.run([request]);
        await ended(window.page, request).not.toBe("waiting");
        for (const { stays, isAway, isReloaded } of visits) {
          const target = window.page.news + stays;
          await expect.poll(() => window.page.news >= target || window.page.states.get(request.execution)?.end !== undefined, { interval: 1 }).toBe(true);
          window.kernel.detach();
          await new Promise((resolve) => setTimeout(resolve, isAway));
          window = await attach(record, isReloaded ? {} : { page: window.page });
        }
        await ended(window.page, request).toBe("ok");
        expect(window.page.printed(request.execution)).toBe(Array.from({ length: count }, (_, i) => `${i}\n`).join(""));
        expect(window.page.of(request.execution).map(({ kind }) => kind)).toEqual(["stdout", "result"]);
        const bars = [...window.page.outputs.values()].flat().filter(({ kind }) => kind === "display d1");
        expect(bars.map(({ text }) => text)).toEqual([String(count - 1)]);
      }),
      { numRuns: 6 },
    );
  });

  it("runs the cells that wait, stops at the first error, and keeps its variables and its count", async () => {
    const record = await idleKernel();
    const first = await attach(record);
    const { execution } = await run(first, "let sum = 1;", { index: 0 });
    const before = first.page.states.get(execution)!.start!.executionCount!;
    const cells = ['await new Promise((go) => setTimeout(go, 100)); sum += 1;', "sum += 10; sum", 'throw new Error("enough")', "sum += 100"].map((code, index) =>
      cell(code, { index: index + 1 }),
    );
    first.kernel.run(cells);
    await expect.poll(() => first.page.states.get(cells[0]!.execution)?.start).toBeDefined();
    first.kernel.detach();
    await expect.poll(async () => (await lookAt(record)).running).toBeNull();
    const { page, kernel } = await attach(record);
    expect(kernel.pid).toBe(record.kernel.pid);
    await ended(page, cells[2]!).toBe("error");
    expect(cells.map(({ execution }) => page.states.get(execution)?.start?.executionCount)).toEqual([before + 1, before + 2, before + 3, undefined]);
    expect(page.of(cells[1]!.execution)).toEqual([{ kind: "result", text: "12" }]);
    expect((await lookAt(record)).waiting).toBe(0);
  });

  it("tells nothing again that the notebook was said to show, and all of what was not", async () => {
    const record = await idleKernel();
    const first = await attach(record);
    const seen = await run(first, 'console.log("seen")', { index: 0 });
    first.kernel.shown(first.page.seq);
    const unseen = await run(first, 'console.log("unseen")', { index: 1 });
    first.kernel.detach();
    const { page } = await attach(record);
    await ended(page, unseen).toBe("ok");
    expect([...page.states.keys()]).toEqual([unseen.execution]);
    expect(page.printed(seen.execution)).toBe("");
  });

  it("tells late output of a cell that was shown with all before it, and forgets it when the cell runs again", async () => {
    const record = await idleKernel();
    const first = await attach(record);
    const timer = await run(first, 'console.log("at once"); clearInterval(globalThis.beat); globalThis.beat = setInterval(() => console.log("late"), 50);', { index: 4 });
    first.kernel.shown(first.page.seq);
    first.kernel.detach();
    const second = await attach(record);
    await untilSaid(second.page, timer, "late");
    expect(second.page.printed(timer.execution)).toMatch(/^at once\n(late\n)+$/);
    const again = await run(second, timer.code, { index: 4 });
    second.kernel.shown(second.page.seq);
    second.kernel.detach();
    const third = await attach(record);
    await untilSaid(third.page, again, "late");
    expect([...third.page.states.keys()]).toEqual([again.execution]);
    await run(third, "clearInterval(globalThis.beat)", { index: 5 });
  });

  it("keeps a question until a window answers it", async () => {
    const record = await idleKernel();
    const first = await attach(record, { askUser: () => new Promise(() => {}) });
    const asks = cell('prompt("your name", "")');
    first.kernel.run([asks]);
    await expect.poll(() => first.page.states.get(asks.execution)?.start).toBeDefined();
    first.kernel.detach();
    const asked: string[] = [];
    const { page } = await attach(record, { askUser: async ({ prompt }) => (asked.push(prompt), "Ada") });
    await ended(page, asks).toBe("ok");
    expect(asked).toEqual(["your name"]);
    expect(page.of(asks.execution)).toEqual([{ kind: "result", text: "'Ada'" }]);
  });

  it("can be interrupted by the next window", async () => {
    const record = await idleKernel();
    const first = await attach(record);
    await run(first, "let kept = 5;");
    const loop = cell('console.log("go"); for (;;) {}', { index: 1 });
    const waits = cell("1", { index: 2 });
    first.kernel.run([loop, waits]);
    await untilSaid(first.page, loop, "go");
    first.kernel.detach();
    const second = await attach(record);
    second.kernel.interrupt();
    await ended(second.page, loop).toBe("interrupted");
    await ended(second.page, waits).toBe("cancelled");
    expect(second.page.of((await run(second, "kept", { index: 3 })).execution)).toEqual([{ kind: "result", text: "5" }]);
  });
});

describe("one window at a time", () => {
  it("the second is told which window has the kernel, and may take it over; the first is told once", async () => {
    const record = await idleKernel();
    const first = await attach(record, { by: 'the window "one"' });
    const talks = cell('for (let i = 0; i < 50; i++) { console.log(i); await new Promise((go) => setTimeout(go, 5)); }');
    first.kernel.run([talks]);
    await untilSaid(first.page, talks, "3");
    await expect(attach(record)).rejects.toMatchObject({ reason: "attached", by: 'the window "one"', message: expect.stringContaining('attached to the window "one"') });
    const second = await attach(record, { by: 'the window "two"', takeOver: true });
    await expect.poll(() => first.takenBy).toEqual(['the window "two"']);
    const told = first.page.news;
    await ended(second.page, talks).toBe("ok");
    expect(second.page.printed(talks.execution)).toBe(Array.from({ length: 50 }, (_, i) => `${i}\n`).join(""));
    expect(first.page.news).toBe(told);
    expect(first.deaths).toEqual([]);
  });

  it("a question moves with the kernel, and is answered once", async () => {
    const record = await idleKernel();
    const answers: ((text: string) => void)[] = [];
    const first = await attach(record, { askUser: () => new Promise((resolve) => answers.push(resolve)) });
    const asks = cell('prompt("word")');
    first.kernel.run([asks]);
    await expect.poll(() => answers).toHaveLength(1);
    const second = await attach(record, { takeOver: true, askUser: async () => "of the second" });
    answers[0]!("of the first");
    await ended(second.page, asks).toBe("ok");
    expect(second.page.of(asks.execution)).toEqual([{ kind: "result", text: "'of the second'" }]);
  });
});

describe("who may connect", () => {
  let record: KernelRecord;
  beforeEach(async () => {
    record = await idleKernel();
  });
  afterAll(endAll);

  it("nobody else: folder, record and socket are the owner's alone, and a wrong token is refused", async () => {
    const modes = await Promise.all([bench.kernels, join(bench.kernels, `${record.id}.json`), record.socket].map(async (file) => (await stat(file)).mode & 0o777));
    expect(modes.map((mode) => mode.toString(8))).toEqual(["700", "600", "600"]);
    const stranger = { ...record, token: "0".repeat(64) };
    await expect(attach(stranger)).rejects.toMatchObject({ reason: "token" });
    await expect(lookAt(stranger)).rejects.toThrow(KernelRefusedError);
    await expect(lookAt({ ...record, token: "" })).rejects.toThrow("does not know the token");
    expect((await lookAt(record)).attached).toBeNull();
  });

  it.each([
    ["what is no JSON", "no JSON\n"],
    ["another value", "{}\n"],
    ["a long line", "x".repeat(20_000)],
    ["a greeting without a token", '{"type":"attach"}\n'],
    ["a second greeting after a wrong one", '{"type":"look","protocol":1,"token":""}\n{"type":"look","protocol":1,"token":"TOKEN"}\n'],
  ])("%s is no greeting, and harms nothing", async (_, text) => {
    const answer = await said(record, text.replace("TOKEN", record.token));
    expect(answer.includes("outlook")).toBe(false);
    expect((await lookAt(record)).running).toBeNull();
  });

  it.each([
    ["no JSON", "{\n"],
    ["no message", '{"type":"run","cells":[{}]}\n'],
  ])("the connection of a window that says what is %s is closed, and the kernel goes on", async (_, text) => {
    const greeting = { type: "attach", protocol: keeperProtocol, token: record.token, by: "raw", window: "raw", takeOver: true, idleSeconds: 60 };
    expect(await said(record, `${JSON.stringify(greeting)}\n${text}`)).toContain('"attached"');
    await expect.poll(async () => (await lookAt(record)).attached).toBeNull();
  });

  it("of two that attach at once, one is told of the other", async () => {
    const both = await Promise.allSettled([attach(record, { by: "one" }), attach(record, { by: "two" })]);
    expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(both[1]).toMatchObject({ reason: { message: expect.stringContaining("is attached to one") } });
  });

  it("what cannot be done is told, and the kernel goes on", async () => {
    const file = join(bench.directory, "taken.ipynb");
    const notebook = { uri: `file://${file}`, path: file };
    const inTheWay = join(bench.kernels, `${kernelId(notebook, "test")}.json`);
    await writeFile(inTheWay, '"of nobody"');
    await expect(renameNotebook(record, notebook)).rejects.toThrow(`${inTheWay} is in the way, and does not say which kernel it is of. Remove it.`);
    await expect(bench.open({ notebook })).rejects.toThrow("Remove it.");
    await rm(inTheWay);
    expect((await lookAt(record)).exit).toBeNull();
  });

  it("another version is refused in words, and can still end the kernel", async () => {
    const answered = (greeting: object) => said(record, `${JSON.stringify({ ...greeting, token: record.token })}\n`);
    expect(JSON.parse(await answered({ type: "look", protocol: 99 }))).toMatchObject({ type: "refused", reason: "protocol", protocol: 1 });
    await answered({ type: "end", protocol: 99, why: "of a later version" });
    await untilGone(record);
  });
});

describe("a folder of kernels", () => {
  it("that others can read is refused, with the remedy", async () => {
    await chmod(bench.kernels, 0o755);
    await expect(bench.open()).rejects.toThrow(/open to other users\. Run "chmod 700/);
    await chmod(bench.kernels, 0o700);
  });

  it("by a path that each program takes differently is refused", async () => {
    process.env.TRITLOOM_KERNELS = "kernels";
    await expect(listKernels()).rejects.toThrow('names "kernels"');
    process.env.TRITLOOM_KERNELS = bench.kernels;
  });

  it.each([
    ["that is a file", async (folder: string) => writeFile(folder, ""), /cannot be made|not a folder of this user/],
    ["with a path too long for a socket", async () => {}, /too long for a socket/],
  ])("%s is told in words", async (name, prepare, words) => {
    const folder = join(bench.directory, name.includes("long") ? "l".repeat(90) : "file");
    await prepare(folder);
    process.env.TRITLOOM_KERNELS = folder;
    await expect(bench.open()).rejects.toThrow(words);
    process.env.TRITLOOM_KERNELS = bench.kernels;
  });
});

describe("records", () => {
  afterEach(endAll);
  it("of dead processes are removed by whoever lists, those of living ones are not", async () => {
    const living = await bench.open();
    const dead = { ...living, id: "0123456789ab", keeper: { ...living.keeper, startedAt: "another time" } };
    await writeFile(join(bench.kernels, `${dead.id}.json`), JSON.stringify({ ...dead, socket: join(bench.kernels, "gone.sock") }));
    expect((await livingRecords()).map(({ id }) => id)).toEqual([living.id]);
    expect((await readdir(bench.kernels)).filter((name) => name.endsWith(".json"))).toEqual([`${living.id}.json`]);
  });

  it("of another version of Tritloom name their kernels, and those can be ended", async () => {
    const { kernel: _, folder: __, ...common } = await bench.open();
    await writeFile(join(bench.kernels, `${common.id}.json`), JSON.stringify({ ...common, protocol: 99, process: "what this version does not know" }));
    const [listed] = await listKernels();
    expect(listed?.record).toMatchObject({ id: common.id, protocol: 99, notebook: common.notebook });
    await endKernel(listed!.record);
    expect(await readdir(bench.kernels)).toEqual([]);
  });

  it("that are being written, or are no records, harm nothing", async () => {
    await writeFile(join(bench.kernels, "0123456789ab.json"), '{"id":');
    await mkdir(join(bench.kernels, "ba9876543210.json"));
    expect(await listKernels()).toEqual([]);
    await rm(join(bench.kernels, "0123456789ab.json"));
    await rm(join(bench.kernels, "ba9876543210.json"), { recursive: true });
  });

  it("give a notebook one kernel, also where two windows start one at the same time", async () => {
    const file = join(bench.directory, "twice.ipynb");
    const notebook = { uri: `file://${file}`, path: file };
    const both = await Promise.allSettled([bench.open({ notebook }), bench.open({ notebook })]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await listKernels()).toHaveLength(1);
  });

  it("follow a notebook that is renamed, and never take the name of one that has a kernel", async () => {
    const [one, other] = [await bench.open(), await bench.open()];
    const moved = { uri: "file:///moved.ipynb", path: "/moved.ipynb" };
    await renameNotebook(one, moved);
    expect((await readLiving(bench.kernels, kernelId(moved, "")))?.keeper.pid).toBe(one.keeper.pid);
    expect(await readLiving(bench.kernels, one.id)).toBeUndefined();
    await expect(renameNotebook(other, moved)).rejects.toThrow("attached");
    expect((await readLiving(bench.kernels, other.id))?.keeper.pid).toBe(other.keeper.pid);
  });
});
