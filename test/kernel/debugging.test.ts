import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { ExecutionStatus, KernelClient } from "../../kernel/client.js";
import type { FromKernel } from "../../kernel/contract.js";
import { CdpClient } from "./cdpClient.js";
import { type KernelBench, prepareKernel } from "./kernelBuild.js";

/** Debugging as an editor does it: a real kernel, and a plain debugger on its inspector. */
let bench: KernelBench;
let kernel: KernelClient;
beforeAll(async () => {
  bench = await prepareKernel();
  kernel = await bench.start();
});
afterAll(async () => {
  await kernel.dispose();
  await bench.remove();
});

/** Debuggers that the test has attached: one that fails leaves no cell paused. */
const attached: CdpClient[] = [];
afterEach(() => Promise.all(attached.splice(0).map((client) => client.close())));

type Inspector = Extract<FromKernel, { type: "inspector" }>;

const place = { cell: 1, executionCount: 1 };

/** Runs a cell as "Debug Cell" does, up to the point at which the kernel waits for the debugger. */
async function debug(code: string) {
  const messages: FromKernel[] = [];
  let status!: Promise<ExecutionStatus>;
  const inspector = await new Promise<Inspector>((resolve) => {
    const source = join(bench.directory, "a.ipynb", "cell.ts");
    status = kernel.execute(code, { ...place, source, isDebugged: true }, (message) => {
      messages.push(message);
      if (message.type === "inspector") {
        resolve(message);
      }
    });
  });
  return { ...inspector, messages, status };
}

/** The same with a debugger attached. @param lines where it is to stop, in the cell */
async function debugAttached(code: string, lines: readonly number[] = []) {
  const run = await debug(code);
  const client = await CdpClient.connect(run.url);
  attached.push(client);
  lines.forEach((line) => client.breakAt("cell.ts", line));
  return { ...run, client, begin: () => kernel.tellDebugger({ id: run.id, state: "attached" }) };
}

async function run(code: string): Promise<{ status: ExecutionStatus; said: string }> {
  const messages: FromKernel[] = [];
  const status = await kernel.execute(code, place, (message) => messages.push(message));
  return { status, said: said(messages) };
}

/** What the cell shows. */
function said(messages: readonly FromKernel[]): string {
  return messages
    .map((message) => (message.type === "stream" ? message.text : message.type === "result" ? message.data["text/plain"] : message.type === "error" ? message.error.message : ""))
    .join("");
}

/** Whether anybody listens at the port of an address. */
function listens(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.once("connect", () => (socket.destroy(), resolve(true)));
    socket.once("error", () => resolve(false));
  });
}

it("stops in a line of the cell, knows the names of all cells, and lets nothing listen afterwards", async () => {
  await run("let width = 3; const unit = 'mm';");
  const { client, begin, status, messages, url } = await debugAttached("const height: number = 4;\nfunction area(): number {\n  return width * height;\n}\nconsole.log(area());\narea() + 1", [3]);
  begin();
  const stop = await client.stop();
  expect([stop.place, stop.frame]).toEqual(["cell.ts:3", "area"]);
  expect(await client.evaluate(stop.pause, "width * height + unit")).toBe("12mm");
  await client.evaluate(stop.pause, "width = 5");
  expect(await client.evaluate(stop.pause, "unit = 'cm'")).toMatch(/constant/);
  await client.send("Debugger.resume");
  expect((await client.stop()).place).toBe("cell.ts:3");
  await client.send("Debugger.resume");
  expect(await status).toBe("ok");
  expect(said(messages)).toBe("20\n21");
  await client.closed;
  expect(await listens(url)).toBe(false);
  expect((await run("[(await import('node:inspector')).url(), 'width' in globalThis, width]")).said).toBe("[ undefined, false, 5 ]");
});

it("stops after a top-level await, and steps from line to line of the source alone", async () => {
  const code = [
    "const sleep = () => new Promise((resolve) => setTimeout(resolve, 5));",
    "await sleep();",
    "let total = 0;",
    "for (const value of [1, 2]) {",
    "  total += value;",
    "}",
    "const twice = [total].map((x) => x * 2);",
    "twice[0]",
  ].join("\n");
  const { client, begin, status } = await debugAttached(code, [3]);
  begin();
  const places = [(await client.stop()).place];
  while (places.at(-1) !== "cell.ts:8") {
    places.push((await client.step("stepOver")).place);
  }
  const lines = places.map((one) => Number(one.replace("cell.ts:", "")));
  // V8 stops twice at the head of a loop over an iterable: for the iterable and for the variable.
  expect(lines.filter((line, index) => line !== 4 || lines[index - 1] !== 4)).toEqual([3, 4, 5, 4, 5, 4, 7, 8]);
  await client.send("Debugger.resume");
  expect(await status).toBe("ok");
});

it("steps over an await to the next line, and into a function of the cell", async () => {
  const code = "const later = async (x: number) => {\n  await null;\n  return x;\n};\nconst one = await later(1);\nconst two = one + 1;\ntwo";
  const { client, begin, status } = await debugAttached(code, [5]);
  begin();
  expect((await client.stop()).place).toBe("cell.ts:5");
  expect((await client.step("stepInto")).place).toBe("cell.ts:2");
  await client.send("Debugger.stepOut");
  let stop = await client.stop();
  while (stop.place !== "cell.ts:6") {
    stop = await client.step("stepOver");
  }
  expect(await client.evaluate(stop.pause, "one")).toBe(1);
  await client.send("Debugger.resume");
  expect(await status).toBe("ok");
});

it("steps out of a function to the line after the call, where V8 stops next in any program", async () => {
  const code = "function half(x: number) {\n  return x / 2;\n}\nconst one = half(2);\nconst two = one + 1;\ntwo";
  const { client, begin, status } = await debugAttached(code, [2]);
  // As `skipFiles` says in the editor: setters of the kernel are no place to stop at.
  await client.send("Debugger.setBlackboxPatterns", { patterns: ["dist/kernel\\.js$"] });
  begin();
  expect((await client.stop()).place).toBe("cell.ts:2");
  await client.send("Debugger.stepOut");
  const { place: where, pause } = await client.stop();
  expect([where, await client.evaluate(pause, "one")]).toEqual(["cell.ts:5", 1]);
  await client.send("Debugger.resume");
  expect(await status).toBe("ok");
});

it("steps out of a function to the next call on the line, as in any program", async () => {
  const code = "function half(x: number) {\n  return x / 2;\n}\nconst one = half(2) + half(4);\none";
  const { client, begin, status } = await debugAttached(code, [2]);
  await client.send("Debugger.setBlackboxPatterns", { patterns: ["dist/kernel\\.js$"] });
  begin();
  expect((await client.stop()).place).toBe("cell.ts:2");
  await client.send("Debugger.stepOut");
  const between = await client.stop();
  expect([between.place, between.frame]).toEqual(["cell.ts:4", "__cell"]);
  await client.send("Debugger.resume");
  const second = await client.stop();
  expect([second.place, await client.evaluate(second.pause, "x")]).toEqual(["cell.ts:2", 4]);
  await client.send("Debugger.resume");
  expect(await status).toBe("ok");
});

it("stops in a file that the cell imports", async () => {
  const { client, begin, status } = await debugAttached('import { fail } from "./lib/area";\ntry {\n  fail();\n} catch {}');
  client.breakAt("lib/area.ts", 5);
  begin();
  const stop = await client.stop();
  expect([stop.place, stop.frame]).toEqual(["area.ts:5", "fail"]);
  expect(await client.evaluate(stop.pause, "sizes.side")).toBe(3);
  await client.send("Debugger.resume");
  expect(await status).toBe("ok");
});

const thrown = 'throw new RangeError("x")';
const later = "await new Promise((resolve) => setTimeout(resolve, 3));";
it.each([
  ["at the top level", `1;\n${thrown};`, 2],
  ["after an await", `${later}\n${thrown};`, 2],
  ["in a function", `function f() {\n  ${thrown};\n}\nf();`, 2],
  ["in an asynchronous function", `async function f() {\n  ${later}\n  ${thrown};\n}\nawait f();`, 3],
  ["through several awaits", `const f = async () => {\n  ${later}\n  ${thrown};\n};\nconst g = async () => { await f(); };\nawait g();`, 3],
])("stops where an uncaught error is thrown: %s", async (_, code, line) => {
  const { client, begin, status } = await debugAttached(code);
  await client.send("Debugger.setPauseOnExceptions", { state: "uncaught" });
  begin();
  const { place: where, pause } = await client.stop();
  expect([where, pause.data?.uncaught]).toEqual([`cell.ts:${line}`, true]);
  await client.send("Debugger.resume");
  expect(await status).toBe("error");
});

it.each([
  ["in the same function", `try {\n  ${thrown};\n} catch {}`],
  ["of a promise", `const f = async () => { ${later} ${thrown}; };\nawait f().catch(() => {});`],
  ["of an asynchronous function", `const f = async () => { ${thrown}; };\ntry { await f(); } catch {}`],
])("does not stop at an error that is caught: %s", async (_, code) => {
  const { client, begin, status } = await debugAttached(code);
  await client.send("Debugger.setPauseOnExceptions", { state: "uncaught" });
  const stop = client.stop().then(({ place: where }) => where);
  begin();
  expect(await Promise.race([status, stop])).toBe("ok");
});

it("tells an error of a debugged cell as it tells any other, once", async () => {
  const { client, begin, status, messages } = await debugAttached(`const f = async () => {\n  ${later}\n  ${thrown};\n};\nawait f();`);
  begin();
  expect(await status).toBe("error");
  await client.closed;
  const errors = messages.flatMap((message) => (message.type === "error" ? [message.error] : []));
  expect(errors).toMatchObject([{ name: "RangeError", message: "x", cell: 1, line: 3 }]);
  expect(errors[0]?.stack).toMatch(/f \(cell 1, line 3, .*\n {4}at cell 1, line 5/);
  expect(messages.filter(({ type }) => type === "stream")).toEqual([]);
});

it("goes on when the debugger goes away at a breakpoint, and closes at once when the host says so", async () => {
  const { client, begin, status, url, id, messages } = await debugAttached(`1;\nconsole.log("went on");\nawait new Promise((resolve) => setTimeout(resolve, 500));\n"end"`, [2]);
  begin();
  await client.stop();
  await client.close();
  kernel.tellDebugger({ id, state: "detached" });
  await expect.poll(() => listens(url)).toBe(false);
  expect(messages.some(({ type }) => type === "done")).toBe(false);
  expect(await status).toBe("ok");
  expect(said(messages)).toContain("went on");
});

it("is interrupted at a breakpoint as soon as the pause ends", async () => {
  const { client, begin, status } = await debugAttached("1;\nlet n = 0;\nfor (;;) n += 1;", [2]);
  begin();
  await client.stop();
  kernel.interrupt();
  await client.close();
  expect(await status).toBe("interrupted");
  expect((await run("n >= 0")).said).toBe("true");
});

it("is interrupted while it awaits with a debugger attached, and while it waits for one", async () => {
  const { client, begin, status } = await debugAttached("console.log('begun');\nawait new Promise(() => {});", [2]);
  begin();
  await client.stop();
  await client.send("Debugger.resume");
  kernel.interrupt();
  expect(await status).toBe("interrupted");
  await client.closed;
  const waiting = await debug("1");
  kernel.interrupt();
  expect(await waiting.status).toBe("interrupted");
  expect(await listens(waiting.url)).toBe(false);
});

it("does not run the cell when no debugger comes, and says why", async () => {
  const { status, id, messages } = await debug("console.log('ran')");
  kernel.tellDebugger({ id, state: "detached", reason: "There is no debugger." });
  expect(await status).toBe("error");
  expect(said(messages)).toBe("There is no debugger.");
  expect((await run("1 + 1")).said).toBe("2");
});

it("tells nobody else where it listens, and only the cell that is debugged waits", async () => {
  const { url, status, id, messages } = await debug("'debugged'");
  const { host } = new URL(url);
  expect((await fetch(`http://${host}/json/list`)).status).toBe(404);
  const after = run("'after'");
  kernel.tellDebugger({ id, state: "attached" });
  expect(await status).toBe("ok");
  expect((await after).said).toBe("'after'");
  expect(messages.filter(({ type }) => type === "stream")).toEqual([]);
});
