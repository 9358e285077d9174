import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KernelClient } from "../../kernel/client.js";
import { type KernelBench, prepareKernel } from "./kernelBuild.js";

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

const run = (code: string) => kernel.execute(code, { cell: 1, executionCount: 1 }, () => {});

/** What may stand where the mark is. */
async function completions(marked: string): Promise<string[]> {
  const answer = await kernel.askAboutCode({ kind: "complete", code: marked.replace("|", ""), cursor: marked.indexOf("|") });
  return answer.completions.map(({ text }) => text);
}

async function told(marked: string, isDetailed = false): Promise<string | null> {
  return (await kernel.askAboutCode({ kind: "inspect", code: marked.replace("|", ""), cursor: marked.indexOf("|"), isDetailed })).text;
}

const status = async (code: string) => (await kernel.askAboutCode({ kind: "completeness", code })).status;

describe("completions", () => {
  it("runs no getter, no proxy and no code of the question", async () => {
    await run(`
      globalThis.calls = 0;
      const careful = { get touched() { calls += 1; return { secret: 1 }; }, plain: { inner: 1 } };
      const proxy = new Proxy({ inside: 1 }, { get() { calls += 1; }, ownKeys() { calls += 1; return []; }, getOwnPropertyDescriptor() { calls += 1; return undefined; }, getPrototypeOf() { calls += 1; return null; } });
      const holder = { proxy };
      const make = () => { calls += 1; return { made: 1 }; };
    `);
    expect(await completions("careful.touched.|")).toEqual([]);
    expect(await completions("careful.pl|")).toEqual(["plain"]);
    expect(await completions("careful.plain.in|")).toEqual(["inner"]);
    expect(await completions("careful['plain'].in|")).toEqual(["inner"]);
    expect(await completions("proxy.|")).toEqual([]);
    expect(await completions("holder.proxy.|")).toEqual([]);
    expect(await completions("make().|")).toEqual([]);
    expect(await completions("careful.plain!.in|")).toEqual(["inner"]);
    expect(await completions("careful?.plain?.in|")).toEqual(["inner"]);
    await run("if (calls !== 0) throw new Error(String(calls))").then((ended) => expect(ended).toBe("ok"));
  });

  it("knows bindings of modules, also of bundles that export by getters", async () => {
    await run('import * as area from "./lib/area.ts"; import { kind } from "esm-only"; const bundle = {}; Object.defineProperty(bundle, "layers", { get: () => ({ dense: 1 }), enumerable: true });');
    expect(await completions("area.he|")).toEqual(["here"]);
    expect(await completions("kind.startsW|")).toEqual(["startsWith"]);
    expect(await completions("bundle.layers.|")).toContain("dense");
  });

  it("offers nothing in strings, templates' texts, comments and after numbers", async () => {
    for (const code of ["'Mat|'", "`Mat|`", "// Mat|", "/* Mat| */", "1.|", "/Mat|/", "|", "nothing.|"]) {
      expect(await completions(code), code).toEqual([]);
    }
    expect(await completions("`${Math.hyp|}`")).toEqual(["hypot"]);
  });

  it("completes in code that is not a program yet, names of the code too", async () => {
    expect(await completions("function f(width) { if (wid|")).toContain("width");
    expect(await completions("for (const epoch of epo|")).toEqual(["epoch"]);
    expect(await completions("const a = [Math.hyp|")).toEqual(["hypot"]);
    expect(await completions("awa|")).toContain("await");
    expect(await completions("console.log(Math.|hypot)")).toContain("hypot");
  });

  it("leaves no code unanswered, however strange", async () => {
    for (const code of ["(".repeat(5000), "\u0000\ud800", "a.".repeat(3000), "`${".repeat(500)]) {
      await kernel.askAboutCode({ kind: "complete", code, cursor: code.length }).catch((error: Error) => expect(error.message).not.toBe(""));
    }
    expect(await completions("Math.hyp|")).toEqual(["hypot"]);
  });
});

describe("inspection", () => {
  it("tells types, values, parameters and sources", async () => {
    await run("const few = new Map([[1, 2]]); class Layer { constructor(units) {} } const arrow = async (a, { b } = { b: (1) }) => a; const one = a => a; function area(w: number, h = 1) { return w * h; }");
    expect(await told("fe|w")).toBe("few: Map\nMap(1) { 1 => 2 }");
    expect(await told("Layer|")).toBe("[class Layer]");
    expect(await told("arrow|")).toBe("function arrow(a, { b } = { b: (1) })");
    expect(await told("one|")).toBe("function one(a)");
    expect(await told("area(1, |")).toBe("function area(w, h = 1)");
    expect(await told("Math.max(|")).toMatch(/^function Math\.max/);
    expect(await told("area|", true)).toContain("return w * h");
    expect(await told("unknown|")).toBeNull();
    expect(await told("1 + |")).toBeNull();
  });
});

describe("completeness", () => {
  it("follows the kernel's own compiler", async () => {
    for (const code of ["", "const a = 1", "{ a: 1 }", "{ 'a': 1 }", "let b: number", "<T>(x: T) => x", "await 1", "if (1) 2"]) {
      expect(await status(code), code).toBe("complete");
    }
    for (const code of ["class A {", "[1,", "{ 'a': 1,", "`a ${", "/* a", "f(1,", "x =>", "if (1)", "const a =", "@dec"]) {
      expect(await status(code), code).toBe("incomplete");
    }
    for (const code of ["const 1", ")", "'a", "1 1", "let a = 1 2;\n{", "/a"]) {
      expect(await status(code), code).toBe("invalid");
    }
  });

  it("is answered while a cell awaits", async () => {
    const cell = kernel.execute("await new Promise((go) => { globalThis.goOn = go; })", { cell: 1, executionCount: 1 }, () => {});
    expect(await status("1")).toBe("complete");
    kernel.interrupt();
    expect(await cell).toBe("interrupted");
  });
});

it("a question to a kernel that dies, or is gone, is told so", async () => {
  const other = await bench.start();
  void other.execute("for (;;) {}", { cell: 1, executionCount: 1 }, () => {});
  const asked = other.askAboutCode({ kind: "completeness", code: "1" });
  process.kill(other.pid, "SIGKILL");
  await expect(asked).rejects.toThrow("SIGKILL");
  await expect(other.askAboutCode({ kind: "completeness", code: "1" })).rejects.toThrow("SIGKILL");
});
