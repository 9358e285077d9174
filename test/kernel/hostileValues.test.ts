import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wayOfShowingSchema } from "../../src/variables/contract.js";
import type { ExecutionStatus, KernelClient } from "../../kernel/client.js";
import type { FromKernel } from "../../kernel/contract.js";
import { type KernelBench, prepareKernel } from "./kernelBuild.js";

/** Whatever a cell throws, gives or displays: an output says so, the cell ends, and the next cell runs. One kernel for all. */
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

interface Ran {
  status: ExecutionStatus;
  messages: FromKernel[];
}

async function run(code: string, onMessage: (message: FromKernel) => void = () => {}): Promise<Ran> {
  const messages: FromKernel[] = [];
  const status = await kernel.execute(code, { cell: 1, executionCount: 1 }, (message) => {
    messages.push(message);
    onMessage(message);
  });
  return { status, messages };
}

function errorOf({ messages }: Ran): { name: string; message: string; stack: string } | undefined {
  return messages.flatMap((one) => (one.type === "error" ? [one.error] : []))[0];
}

function printed({ messages }: Ran): string {
  return messages.map((one) => (one.type === "stream" ? one.text : "")).join("");
}

async function expectNextCellRuns(): Promise<void> {
  expect((await run("20 + 1")).messages).toMatchObject([{ type: "result", data: { "text/plain": "21" } }, { type: "done" }]);
}

const revoked = "(() => { const { proxy, revoke } = Proxy.revocable(new Error('x'), {}); revoke(); return proxy; })()";
const withProperty = (key: string, descriptor: string): string =>
  `Object.defineProperty(new Error("x"), ${key}, { configurable: true, ${descriptor} })`;
const fails = 'get() { throw new Error("from a getter"); }';

/** Expressions for values that resist being read. */
const values: Record<string, string> = {
  "a stack that throws": withProperty('"stack"', fails),
  "a message that throws": withProperty('"message"', fails),
  "a name that throws": withProperty('"name"', fails),
  "a cause that throws": withProperty('"cause"', fails),
  "errors that throw": 'Object.defineProperty(new AggregateError([], "x"), "errors", { get() { throw 1; } })',
  "errors that are none": 'Object.assign(new AggregateError([], "x"), { errors: 7 })',
  "a toString that throws": 'Object.assign(new Error("x"), { toString() { throw 1; }, [Symbol.toPrimitive]() { throw 2; } })',
  "an inspection that throws a revoked proxy": `({ [Symbol.for("nodejs.util.inspect.custom")]() { throw ${revoked}; } })`,
  "a toJSON that throws": "({ toJSON() { throw 1; } })",
  "a name that is a bigint": 'Object.assign(new Error("x"), { name: 10n })',
  "a name that is a symbol": 'Object.assign(new Error("x"), { name: Symbol("s"), message: Symbol("m") })',
  "a message without a prototype": 'Object.assign(new Error("x"), { message: Object.create(null) })',
  "an error without a prototype": 'Object.setPrototypeOf(new Error("bare"), null)',
  "a stack that is a number": 'Object.assign(new Error("x"), { stack: 5 })',
  "a revoked proxy": revoked,
  "a proxy that throws at everything": "new Proxy({}, new Proxy({}, { get() { return () => { throw new Error('trap'); }; } }))",
  "causes in a circle": '(() => { const a: any = new Error("a"), b = new Error("b", { cause: a }); a.cause = b; return a; })()',
  "a chain of 50,000 causes": '(() => { let error: any; for (let i = 0; i < 5e4; i++) error = new Error(String(i), { cause: error }); return error; })()',
  "5,000 errors in one": 'new AggregateError(Array.from({ length: 5000 }, (_, i) => new Error("e" + i)), "many")',
  "a message of 100 MB": 'new Error("m".repeat(1e8))',
  "an error of another realm": 'require("node:vm").runInNewContext("new TypeError(\'elsewhere\')")',
};

describe.each(Object.entries(values))("%s", (_title, value) => {
  it("thrown, and rejected, is an error of moderate length", async () => {
    for (const code of [`throw ${value}`, `await Promise.reject(${value})`, `await (async () => { await null; throw ${value}; })()`]) {
      const ran = await run(code);
      expect(ran.status).toBe("error");
      expect(JSON.stringify(errorOf(ran)).length).toBeLessThan(300_000);
      expect(ran.messages.at(-1)?.type).toBe("done");
    }
    await expectNextCellRuns();
  });

  it("displayed, given and printed ends the cell", async () => {
    for (const code of [`display(${value}); 1`, `(${value})`, `[${value}]`, `console.log(${value})`, `display({ "application/json": ${value} })`]) {
      const ran = await run(code);
      expect(["ok", "error"]).toContain(ran.status);
      expect(ran.messages.length).toBeGreaterThan(1);
    }
    await expectNextCellRuns();
  });

  it("declared is listed, shown in each way and copied, or said to be too long", async () => {
    await run(`var hostile = ${value}; var within = [${value}, { part: ${value} }];`);
    const listed = await kernel.ask({ about: "variables" });
    expect(listed).toMatchObject({ about: "variables", list: { rows: expect.arrayContaining([expect.objectContaining({ name: "hostile" })]) } });
    expect(JSON.stringify(listed).length).toBeLessThan(5_000);
    for (const name of ["hostile", "within"]) {
      for (const way of [null, ...wayOfShowingSchema.options]) {
        const shown = await kernel.ask({ about: "value", look: { name, path: [], way, first: 0, firstColumn: 0 } });
        expect(shown).toMatchObject({ about: "value", view: { shown: { kind: expect.any(String) } } });
        expect(JSON.stringify(shown).length).toBeLessThan(200_000);
      }
      expect(["text", "problem"]).toContain((await kernel.ask({ about: "text", name }))?.about);
    }
    await expectNextCellRuns();
  });

  it("thrown by a timer and by a forgotten promise is told in the cell's stderr", async () => {
    const ran = await run(`setTimeout(() => { throw ${value}; }, 1); Promise.reject(${value}); await new Promise((resolve) => setTimeout(resolve, 60));`);
    expect(ran.status).toBe("ok");
    expect(printed(ran)).toMatch(/Uncaught .*[\s\S]*Uncaught /);
    await expectNextCellRuns();
  });
});

describe("errors tell what can be told", () => {
  it.each([
    [withProperty('"stack"', fails), { name: "Error", message: "x" }],
    ['Object.assign(new Error("x"), { name: 10n })', { name: "10", message: "x" }],
    ['Object.assign(new TypeError("x"), { message: { a: 1 } })', { name: "TypeError", message: "{ a: 1 }" }],
    ['Object.setPrototypeOf(new Error("bare"), null)', { name: "Error", message: "bare" }],
    ['require("node:vm").runInNewContext("new TypeError(\'elsewhere\')")', { name: "TypeError", message: "elsewhere" }],
    [revoked, { name: "Thrown value", message: "<Revoked Proxy>" }],
    ['new Error("m".repeat(1e8))', { message: expect.stringMatching(/^m{100000} \[… 99,900,000 more characters\]$/) }],
    [
      'new AggregateError(Array.from({ length: 5000 }, (_, i) => new Error("e" + i)), "many")',
      { message: "many", stack: expect.stringMatching(/Error 1: Error: e0[\s\S]*and 4,981 more errors$/) },
    ],
  ])("%s", async (value, expected) => {
    expect(errorOf(await run(`throw ${value}`))).toMatchObject(expected);
  });

  it("a getter that loops is ended by Stop", async () => {
    const ran = await run(`throw ${withProperty('"message"', 'get() { console.log("go"); for (;;) {} }')}`, (message) => {
      if (message.type === "stream") {
        kernel.interrupt();
      }
    });
    expect(ran.status).toBe("interrupted");
    await expectNextCellRuns();
  });
});

describe("display of what cannot be carried is an error that names the type", () => {
  it.each([
    ['{ "application/json": "{bad" }', /"application\/json" is text that is not JSON/],
    ['{ "application/vnd.x+json": "" }', /"application\/vnd\.x\+json" is text that is not JSON/],
    ['{ "application/json": (() => { const a: any = {}; a.a = a; return a; })() }', /cannot be written as JSON: Converting circular/],
    ['{ "text/html": 10n }', /"text\/html" cannot be written as JSON/],
  ])("%s", async (bundle, message) => {
    const ran = await run(`display(${bundle})`);
    expect(ran.status).toBe("error");
    expect(errorOf(ran)?.message).toMatch(message);
    await expectNextCellRuns();
  });

  it.each(['{ "a/": 1 }', '{ "/": 1 }', '{ "text/html; charset=utf-8": "x" }', '{ "__proto__/x": "1" }', '{ "x/y": undefined }'])(
    "odd types end no cell: %s",
    async (bundle) => {
      expect((await run(`display(${bundle});`)).status).toBe("ok");
      await expectNextCellRuns();
    },
  );
});

describe("halves of surrogate pairs become U+FFFD", () => {
  it.each([
    'console.log("\\ud800")',
    'console.error("a\\udfffb")',
    '"\\ud800"',
    '({ "text\\ud800": "\\udc00" })',
    'display({ "text/plain": "\\ud800", "text/html": "<b>\\ud800</b>" })',
    'display({ "application/json": { "\\ud800": ["\\udfff"] } })',
    'display({ "application/json": \'["\\\\ud800", "\\\\ud83d\\\\ude00"]\' })',
    'throw new Error("\\ud800")',
    'throw Object.assign(new Error("x"), { name: "N\\ud800" })',
    'throw "\\ud800"',
    'throw new Error("x", { cause: "\\ud800" })',
    'setTimeout(() => { throw new Error("\\ud800"); }, 1); await new Promise((resolve) => setTimeout(resolve, 20));',
    'const é\\ud800 = 1;',
    'process.stdout.write("\\ud83d"); process.stdout.write("\\ude00");',
  ])("%s", async (code) => {
    const { messages } = await run(code);
    const strings: string[] = [];
    const collect = (_key: string, value: unknown): unknown => {
      strings.push(_key, String(value));
      return value;
    };
    for (const message of messages) {
      JSON.stringify(message, collect);
      if (message.type === "display") {
        Object.entries(message.data).forEach(([type, text]) => type.endsWith("json") && JSON.parse(text, collect));
      }
    }
    expect(strings.filter((text) => !text.isWellFormed())).toEqual([]);
    expect(strings.join("")).toMatch(/\ufffd|\\ud800|Invalid character/);
  });

  it("whole pairs stay", async () => {
    const ran = await run('display({ "application/json": \'["\\\\ud800", "\\\\ud83d\\\\ude00"]\' }); console.log("\\ud83d\\ude00");');
    expect(ran.messages).toMatchObject([{ data: { "application/json": '["\ufffd","\u{1f600}"]' } }, { text: "\u{1f600}\n" }, {}]);
  });
});
