import vm from "node:vm";
import { describe, expect, it } from "vitest";
import { summaryOf } from "../../../kernel/variables/summary.js";
import { wholeText } from "../../../kernel/variables/shortText.js";
import { emptyLedger } from "./ledger.js";

class Network {
  units = 4;
  weights = new Float32Array(6);
}

const summary = (value: unknown) => summaryOf(value, emptyLedger);

describe("a value in a few words", () => {
  it.each<[unknown, ReturnType<typeof summary>]>([
    [undefined, { kind: "nothing", type: "undefined", size: "", value: "undefined", bytes: null }],
    [null, { kind: "nothing", type: "null", size: "", value: "null", bytes: null }],
    [true, { kind: "boolean", type: "boolean", size: "", value: "true", bytes: null }],
    [-0, { kind: "number", type: "number", size: "", value: "-0", bytes: null }],
    [NaN, { kind: "number", type: "number", size: "", value: "NaN", bytes: null }],
    [Math.PI, { kind: "number", type: "number", size: "", value: "3.14159", bytes: null }],
    [12n, { kind: "number", type: "bigint", size: "", value: "12n", bytes: null }],
    ["two\nlines", { kind: "string", type: "string", size: "9 characters", value: '"two\\nlines"', bytes: null }],
    [[1, 2, 3], { kind: "array", type: "Array", size: "3 elements", value: "[1, 2, 3]", bytes: null }],
    // eslint-disable-next-line no-sparse-arrays
    [[1, , 3], { kind: "array", type: "Array", size: "3 elements", value: "[1, empty, 3]", bytes: null }],
    [new Float32Array(9), { kind: "array", type: "Float32Array", size: "9 elements", value: "[0, 0, 0, 0, 0, 0, 0, 0, … 1 more]", bytes: 36 }],
    [new Map([["a", [1]]]), { kind: "array", type: "Map", size: "1 entry", value: '{ "a" => [1] }', bytes: null }],
    [new Set([1, "b"]), { kind: "array", type: "Set", size: "2 members", value: '{ 1, "b" }', bytes: null }],
    [{ a: 1, b: { c: { d: 2 } } }, { kind: "object", type: "Object", size: "2 properties", value: "{ a: 1, b: { c: {…} } }", bytes: null }],
    [new Network(), { kind: "object", type: "Network", size: "2 properties", value: "Network { units: 4, weights: [0, 0, 0, 0, 0, 0] }", bytes: 24 }],
    [Object.create(null), { kind: "object", type: "Object without prototype", size: "0 properties", value: "{}", bytes: null }],
    [new Date(0), { kind: "object", type: "Date", size: "", value: "1970-01-01T00:00:00.000Z", bytes: null }],
    [/a+/gu, { kind: "object", type: "RegExp", size: "", value: "/a+/gu", bytes: null }],
    [new TypeError("wrong"), { kind: "object", type: "TypeError", size: "", value: "TypeError: wrong", bytes: null }],
    [Promise.resolve(1), { kind: "object", type: "Promise", size: "", value: "await it to see its value", bytes: null }],
    [Symbol("s"), { kind: "boolean", type: "symbol", size: "", value: "Symbol(s)", bytes: null }],
  ])("%o", (value, expected) => {
    expect(summary(value)).toEqual(expected);
  });

  it("functions show their head, classes their name", () => {
    expect(summary((x: number) => x * 2)).toMatchObject({ kind: "function", value: "(x) => x * 2" });
    expect(summary(Network)).toMatchObject({ kind: "class", type: "class", value: "class Network" });
  });

  it("objects of another realm are told by their own classes", () => {
    expect(summary(vm.runInNewContext("new Map([[1, 2]])"))).toMatchObject({ type: "Map", size: "1 entry" });
  });

  it("a dataset and a run tell their names, of which the class alone would say nothing", () => {
    class Run {
      spec = { name: "whale", steps: 60 };
      dir = "/runs/whale";
    }
    expect(summary(new Run()).value).toBe("whale, steps 60, in /runs/whale");
  });
});

describe("no code of a value runs", () => {
  const ran: string[] = [];
  const note = (what: string) => () => {
    ran.push(what);
    return 1;
  };
  const trap = new Proxy({}, { get: (_, name) => note(`trap ${String(name)}`) });

  class Sneaky extends Map<string, number> {
    override get size() {
      return note("size")();
    }
    override forEach() {
      note("forEach")();
    }
    override get [Symbol.toStringTag]() {
      return String(note("tag")());
    }
  }

  it.each<[string, unknown, string]>([
    ["a getter", Object.defineProperty({}, "a", { enumerable: true, get: note("getter") }), "{ a: (getter) }"],
    ["an element with a getter", Object.defineProperty([1, 2], 1, { get: note("element") }), "[1, (getter)]"],
    ["a proxy", new Proxy({}, trap), "Proxy"],
    ["a proxy of a function", new Proxy(() => 1, trap), "Proxy"],
    ["a proxy of an array", [new Proxy([], trap)], "[Proxy]"],
    ["a prototype that is a proxy", Object.create(new Proxy({}, trap)), "Object {}"],
    ["a class with its own size", new Sneaky([["k", 1]]), '{ "k" => 1 }'],
    ["a constructor with a getter for its name", { constructor: Object.defineProperty(() => 1, "name", { get: note("name") }) }, "{ constructor: () => 1 }"],
    ["a typed array with its own length", Object.defineProperty(new Uint8Array(2), "length", { get: note("length") }), "[0, 0]"],
    ["its own conversions", { toJSON: note("toJSON"), toString: note("toString"), [Symbol.toPrimitive]: note("toPrimitive") }, ""],
    ["what looks like a tensor", { dataId: {}, id: 1, dtype: "float32", shape: [{ valueOf: note("valueOf") }], size: 1, isDisposedInternal: true }, ""],
  ])("%s", (_title, value, text) => {
    expect(summary(value).value).toContain(text);
    wholeText(value, undefined);
    expect(ran).toEqual([]);
  });

  it("the stack of an error stays unmade, since a program may have set what makes it", () => {
    const before = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
    Error.prepareStackTrace = note("prepareStackTrace");
    try {
      expect(summary(new Error("x")).value).toBe("Error: x");
      wholeText(new Error("x"), undefined);
      expect(ran).toEqual([]);
    } finally {
      Reflect.deleteProperty(Error, "prepareStackTrace");
      if (before) {
        Object.defineProperty(Error, "prepareStackTrace", before);
      }
    }
  });

  it("a circle ends", () => {
    const circle: Record<string, unknown> = { name: "circle" };
    circle.self = circle;
    expect(summary(circle).value).toBe('{ name: "circle", self: { name: "circle", self: {…} } }');
    expect(wholeText(circle, undefined).length).toBeLessThan(1_000);
  });

  it("huge values take neither long nor much room", () => {
    const huge = [
      "m".repeat(1e8),
      new Array(1e6).fill(0.5),
      Object.assign([], { length: 2 ** 32 - 1 }),
      10n ** 100_000n,
      Object.fromEntries(Array.from({ length: 1e5 }, (_, index) => [`key ${index}`, index])),
    ];
    for (const value of huge) {
      expect(summary(value).value.length).toBeLessThanOrEqual(100);
    }
    expect(() => wholeText(huge[1], undefined)).toThrow("too long to copy. Write it to a file in a cell.");
    expect(() => wholeText(huge[2], undefined)).toThrow(RangeError);
  });
});

describe("the whole value as text", () => {
  it.each<[unknown, string]>([
    ["a\nb", "a\nb"],
    [0.1 + 0.2, "0.30000000000000004"],
    [-0, "-0"],
    [[1, [2, [3]]], "[1, [2, [3]]]"],
    [{ a: "x".repeat(50) }, `{ a: "${"x".repeat(50)}" }`],
    [Float32Array.of(1, 2), "[1, 2]"],
    [Array.from({ length: 20 }, (_, index) => index), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]"],
  ])("%o", (value, text) => {
    expect(wholeText(value, undefined)).toBe(text);
  });
});
