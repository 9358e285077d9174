import vm from "node:vm";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type * as TensorFlow from "@tensorflow/tfjs";
import { Scope } from "../../../kernel/scope.js";
import { Variables } from "../../../kernel/variables/variables.js";

/** With TensorFlow.js itself, loaded after the ledger waits for it, as in a kernel. */
let tf: typeof TensorFlow;
let cell = 1;
const scope = new Scope();
const libraries = new Set<object>();
const ownModules = new Set<object>();
const variables = new Variables({ scope, libraries: () => libraries, ownModules: () => ownModules, runningCell: () => cell });

beforeAll(async () => {
  variables.install();
  tf = await import("@tensorflow/tfjs");
  libraries.add(tf);
  await tf.setBackend("cpu");
});

afterEach(async () => {
  scope.places.clear();
  tf.engine().reset();
  await tf.setBackend("cpu");
  cell = 1;
});

function declare(values: Record<string, unknown>, of = cell): void {
  Object.assign(scope.declarations({}, { cell: of, executionCount: of }), values);
}

const leaks = () => variables.list().leaks;
const row = (name: string) => variables.list().rows.find((each) => each.name === name);

describe("tensors among the variables", () => {
  it("tell shape, bytes and, of small ones, values; of a variable its name", () => {
    const t = tf.tensor2d([[1, 2], [3, 4.5]]);
    declare({ t, w: tf.variable(tf.zeros([3], "int32"), true, "steps"), large: tf.ones([100, 100]), flag: tf.tensor1d([true, false]), words: tf.tensor1d(["a", "b"]) });
    expect(row("t")).toMatchObject({ kind: "tensor", type: "Tensor float32", size: "[2, 2]", value: "[1, 2, 3, 4.5]", bytes: 16 });
    expect(row("w")).toMatchObject({ type: "Variable int32", size: "[3]", bytes: 12 });
    expect(row("large")).toMatchObject({ size: "[100, 100]", value: "", bytes: 40_000 });
    expect(row("flag")).toMatchObject({ type: "Tensor bool", bytes: 2 });
    t.dispose();
    expect(row("t")).toMatchObject({ value: "disposed", bytes: 0 });
  });

  it("of a model are counted at the model", () => {
    const model = tf.sequential({ layers: [tf.layers.lstm({ units: 4, inputShape: [5, 3] }), tf.layers.dense({ units: 2 })] });
    declare({ model });
    expect(row("model")).toMatchObject({ type: "Sequential", bytes: 4 * model.countParams() });
    expect(leaks()).toEqual([]);
  });

  it("open by what they are, with the numbers that TensorFlow.js reads", () => {
    const t = tf.randomUniform([30, 40], -1, 1, "float32", 7);
    declare({ t, w: tf.variable(tf.ones([4]), false, "bias") });
    const view = variables.view({ name: "t", path: [], way: null, first: 0, firstColumn: 0 })!;
    expect(view.ways).toEqual(["heat map", "histogram", "table"]);
    const table = variables.view({ name: "t", path: [], way: "table", first: 10, firstColumn: 30 })!.shown;
    expect(table).toMatchObject({ kind: "table", rowRange: { first: 10, shown: 20, total: 30 }, columnRange: { first: 30, shown: 10, total: 40 } });
    const numbers = (table as { rows: { cells: string[] }[] }).rows.map(({ cells }) => cells.map(Number));
    const expected = (t.arraySync() as number[][]).slice(10).map((line) => line.slice(30).map((value) => Number(value.toPrecision(6))));
    expect(numbers).toEqual(expected);
    expect(variables.view({ name: "w", path: [], way: null, first: 0, firstColumn: 0 })!.facts).toContainEqual({ name: "name", value: "bias" });
  });

  it("copy as their numbers", () => {
    declare({ t: tf.tensor2d([[1, 2], [3, 0.1]]) });
    expect(variables.answer({ about: "text", name: "t" })).toEqual({ about: "text", text: `[[1, 2], [3, ${Math.fround(0.1)}]]` });
  });

  it("of texts, of complex numbers, and without elements are told in words", () => {
    declare({ words: tf.tensor1d(["ä", "b"]), complex: tf.complex([1], [2]), none: tf.zeros([0, 3]) });
    const shown = (name: string) => variables.view({ name, path: [], way: null, first: 0, firstColumn: 0 })!.shown;
    expect(shown("words")).toMatchObject({ kind: "text", text: "ä\nb" });
    expect(shown("complex")).toMatchObject({ kind: "text", text: "A tensor of complex64 [1] has no numbers to show." });
    expect(shown("none")).toMatchObject({ kind: "text" });
  });
});

describe("leaked tensors", () => {
  it("are those that no variable leads to, counted for the cells that made them", () => {
    declare({ kept: tf.ones([10]) });
    tf.ones([100]);
    cell = 4;
    tf.ones([5]);
    tf.ones([6], "int32");
    tf.ones([8], "bool");
    expect(leaks()).toEqual([
      { cell: 1, tensors: 1, bytes: 400 },
      { cell: 4, tensors: 3, bytes: 52 },
    ]);
  });

  it("appear when a variable gets another value, and go when they are disposed of", () => {
    const old = tf.ones([10]);
    declare({ t: old });
    expect(leaks()).toEqual([]);
    cell = 2;
    declare({ t: tf.ones([20]) });
    expect(leaks()).toEqual([{ cell: 1, tensors: 1, bytes: 40 }]);
    old.dispose();
    expect(leaks()).toEqual([]);
  });

  it("are none of those that tidy disposes of, and of variables one that nobody holds", () => {
    declare({ sum: tf.tidy(() => tf.ones([3]).mul(2).add(1)) });
    expect(leaks()).toEqual([]);
    tf.variable(tf.ones([2]));
    // The variable, and the tensor that it began with, which shares its numbers.
    expect(leaks()).toEqual([{ cell: 1, tensors: 2, bytes: 8 }]);
  });

  it("a variable that is assigned to stays of the cell that made it", () => {
    const initial = tf.ones([2]);
    const w = tf.variable(initial);
    initial.dispose();
    cell = 3;
    const next = tf.zeros([2]);
    w.assign(next as typeof w);
    next.dispose();
    expect(leaks()).toEqual([{ cell: 1, tensors: 1, bytes: 8 }]);
  });

  it("of a model that was made again are its old weights", () => {
    const make = () => tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
    declare({ model: make() });
    cell = 2;
    declare({ model: make() });
    expect(leaks()).toEqual([{ cell: 1, tensors: 2, bytes: 32 }]);
  });

  /** Functions of the text, so that their closures hold the tensor and nothing of this file. */
  const holders: Record<string, string> = {
    "an object": "(t) => ({ deep: { deeper: [{ t }] } })",
    "a Map's value": '(t) => new Map([["k", [t]]])',
    "a Map's key": "(t) => new Map([[t, 1]])",
    "a Set": "(t) => new Set([t])",
    "a property that is not enumerable": '(t) => Object.defineProperty({}, "t", { value: t })',
    "a symbol's property": '(t) => ({ [Symbol("t")]: t })',
    "a prototype": "(t) => Object.create({ t })",
    "a property of a function": "(t) => Object.assign(() => 1, { t })",
    "a static field": "(t) => class { static t = t; }",
    "a closure": "(t) => () => t",
    "a closure of a closure": "(t) => () => () => [t]",
    "a method's closure": "(t) => ({ step() { return t; } })",
    "a getter's closure": "(t) => ({ get t() { return t; } })",
    "a private field": "(t) => new (class { #weights = t; read() { return this.#weights; } })()",
    "a promise": "(t) => Promise.resolve({ t })",
    "a bound argument": "(t) => ((x) => x).bind(null, t)",
    "a bound this": "(t) => function () { return this; }.bind(t)",
    "a waiting generator": "(t) => { const g = (function* () { yield 1; yield t; })(); g.next(); return g; }",
    "a proxy's target": "(t) => new Proxy({ t }, {})",
    "a WeakMap of a key that lives": "(t) => new WeakMap([[globalThis, t]])",
  };

  it.each(Object.entries(holders))("are none of those that a variable holds in %s", (_title, source) => {
    const hold = vm.runInThisContext(source) as (tensor: unknown) => unknown;
    declare({ holder: hold(tf.ones([3])) });
    expect(leaks()).toEqual([]);
    declare({ holder: hold(1) });
    expect(leaks()).toEqual([{ cell: 1, tensors: 1, bytes: 12 }]);
  });

  it("are none of those among the globals, nor of what a cell imported from a file of its own", () => {
    const tensor = tf.ones([3]);
    (globalThis as { held?: unknown }).held = tensor;
    expect(leaks()).toEqual([]);
    delete (globalThis as { held?: unknown }).held;
    ownModules.add({ weights: tensor });
    expect(leaks()).toEqual([]);
    ownModules.clear();
    expect(leaks()).toHaveLength(1);
  });

  it("are not kept alive by being counted", async () => {
    const gc = await collector();
    let collected = 0;
    const registry = new FinalizationRegistry(() => (collected += 1));
    (() => {
      for (let index = 0; index < 20; index++) {
        registry.register(tf.ones([1000]), index);
      }
    })();
    expect(leaks()).toEqual([{ cell: 1, tensors: 20, bytes: 80_000 }]);
    await expect.poll(() => (gc(), collected)).toBeGreaterThan(15);
  });

  it("are found beside large maps, sets and texts, whose entries the engine is not asked for", () => {
    const entries = Array.from({ length: 300_000 }, (_, index) => index);
    declare({ counts: new Map(entries.map((index) => [`gram ${index}`, index])), seen: new Set(entries), text: "x".repeat(2_000_000) });
    tf.ones([2]);
    expect(leaks()).toEqual([{ cell: 1, tensors: 1, bytes: 8 }]);
    declare({ corpus: new (class Corpus { text = "x".repeat(2_000_000); units = 1; })() });
    expect(leaks()).toBeNull();
  });

  it("are not counted where there are too many objects to look through", () => {
    tf.ones([1]);
    declare({ numbers: Array.from({ length: 1_000_000 }, () => 0) });
    expect(leaks()).toHaveLength(1);
    declare({ many: Array.from({ length: 600_000 }, () => ({})) });
    expect(leaks()).toBeNull();
  });

  it("are forgotten with the engine's reset", () => {
    tf.ones([3]);
    tf.engine().reset();
    expect(leaks()).toEqual([]);
  });
});

/** The garbage collector, which Node gives when it is asked. */
async function collector(): Promise<() => void> {
  const { setFlagsFromString } = await import("node:v8");
  const { runInNewContext } = await import("node:vm");
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}
