import path from "node:path";
import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { KernelClient } from "../../../kernel/client.js";
import type { FromKernel } from "../../../kernel/contract.js";
import type { VariableList } from "../../../src/variables/contract.js";
import { type KernelBench, prepareKernel } from "../kernelBuild.js";

/** A kernel of its own with the product's API, asked between cells as the editor does it. */
let bench: KernelBench;
let kernel: KernelClient;
beforeAll(async () => {
  bench = await prepareKernel();
});
beforeEach(async () => {
  kernel = await bench.start({ env: { TRITLOOM_API_DIR: path.resolve("dist/api") } });
  return () => kernel.dispose();
});
afterAll(() => bench.remove());

let runs = 0;
async function run(code: string, cell = 1, onMessage: (message: FromKernel) => void = () => {}): Promise<string> {
  runs += 1;
  return kernel.execute(code, { cell, executionCount: runs }, onMessage);
}

async function list(): Promise<VariableList> {
  const answer = await kernel.ask({ about: "variables" });
  if (answer?.about !== "variables") {
    throw new Error(`no list but ${JSON.stringify(answer)}`);
  }
  return answer.list;
}

const names = async () => (await list()).rows.map(({ name }) => name);

describe("the variables of a kernel", () => {
  it("are what cells declared, with the cell that did it last; imports and the kernel's own names are none", async () => {
    expect(await list()).toEqual({ rows: [], omitted: 0, leaks: [] });
    await run('import path from "node:path"; const rate = 0.01; let { a, b: [c] } = { a: 1, b: [2] }; var v; function f() {} class K {}', 3);
    const first = runs;
    await run("let a = 5; c = 7;", 8);
    const { rows } = await list();
    expect(rows.map(({ name, value, place }) => [name, value, place.cell, place.executionCount])).toEqual([
      ["v", "undefined", 3, first],
      ["f", "function f() { }", 3, first],
      ["rate", "0.01", 3, first],
      ["a", "5", 8, first + 1],
      ["c", "7", 3, first],
      ["K", "class K", 3, first],
    ]);
  });

  it("of functions show their source as it was written, without types", async () => {
    await run("let scale = 2; async function f(x: number) { for (const y of [x]) { try { await g(y * scale); } catch (error) { throw error; } } scale = 3; return 1; } function g(z: number) { return z; } const h = (q: number) => g(q);");
    const answer = await kernel.ask({ about: "value", look: { name: "f", path: [], way: null, first: 0, firstColumn: 0 } });
    const { shown } = (answer as { view: { shown: { text: string } } }).view;
    expect(shown.text.replaceAll(/\s+/g, " ")).toBe(
      "async function f(x) { for (const y of [x]) { try { await g(y * scale); } catch (error) { throw error; } } scale = 3; return 1; }",
    );
    expect((await list()).rows.find(({ name }) => name === "h")?.value).toBe("(q) => (g(q))");
  });

  it("are there after an error and after Stop", async () => {
    await run('const before = 1; throw new Error("x");');
    expect(await names()).toEqual(["before"]);
    await run('let counted = 0; console.log("go"); for (;;) counted++;', 2, ({ type }) => void (type === "stream" && kernel.interrupt()));
    expect(await names()).toEqual(["before", "counted"]);
  });

  it("come between cells: after those that were sent before, before those after", async () => {
    const first = run("await new Promise((resolve) => setTimeout(resolve, 50)); const one = 1;");
    const between = names();
    const second = run("const two = 2;");
    expect(await between).toEqual(["one"]);
    await Promise.all([first, second]);
    expect(await names()).toEqual(["one", "two"]);
  });

  it("of a kernel that ends before it answers are told to be gone", async () => {
    void run("process.exit(1)");
    expect(await kernel.ask({ about: "variables" })).toBeUndefined();
    expect(await kernel.ask({ about: "variables" })).toBeUndefined();
  });

  it("tell of leaked tensors of the product's own library, and not of what cells hold in closures, modules and shown values", async () => {
    await writeFile(path.join(bench.directory, "held.ts"), 'import * as tf from "@tensorflow/tfjs";\nconst held = tf.ones([2]);\nexport const read = () => held;\n');
    await run('import * as tf from "@tensorflow/tfjs"; import * as tl from "tritloom"; import { read } from "./held.ts"; import fs from "node:fs";');
    await run("const net = (() => { const w = tf.variable(tf.tidy(() => tf.zeros([4])), true, 'w'); return { predict: (x: tf.Tensor) => { for (;;) return x.mul(w); } }; })();", 2);
    await run("const handle = display('x'); const timer = setTimeout(() => {}, 0); const lib = fs;", 3);
    const kept = (await list()).leaks;
    await run("tf.ones([1000]); tf.ones([1000]); 1", 7);
    expect((await list()).leaks).toEqual([...(kept ?? []), { cell: 7, tensors: 2, bytes: 8000 }]);
    // The tensor that the variable began with.
    expect(kept).toEqual([{ cell: 2, tensors: 1, bytes: 0 }]);
  });

  it("a training leaves no tensor behind", async () => {
    await run('import * as tl from "tritloom"; const text = tl.data.fromString("fox", "the quick brown fox jumps over the lazy dog; ".repeat(200));');
    await run(`const run = await tl.ternaryCharacterModel(text, { units: 8, steps: 3 }).train({ runs: ${JSON.stringify(path.join(bench.directory, "runs"))} }); const score = await run.evaluate("test");`, 2);
    const { rows, leaks } = await list();
    expect(leaks).toEqual([]);
    expect(rows.map(({ name, type }) => [name, type])).toEqual([["text", "Text"], ["run", "Run"], ["score", "Evaluation"]]);
    expect(rows[1]!.value).toMatch(/^fox ternary 8, steps 3, in /);
    expect(rows[0]!.value).toMatch(/^fox, characters 9,?000/);
  });
});
