import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FromKernel } from "../../kernel/contract.js";
import { type KernelBench, prepareKernel } from "./kernelBuild.js";

/** What a tsconfig.json says that changes what code means. Each project is a folder with a kernel of its own. */
let bench: KernelBench;
beforeAll(async () => {
  bench = await prepareKernel();
});
afterAll(() => bench.remove());

async function inProject(files: Record<string, unknown>, cells: readonly string[]): Promise<{ values: string[]; printed: string }> {
  const folder = join(bench.directory, "projects", String(Math.random()).slice(2));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  const kernel = await bench.start({ cwd: folder });
  const messages: FromKernel[] = [];
  for (const [index, code] of cells.entries()) {
    await kernel.execute(code, { cell: index + 1, executionCount: 1 }, (message) => messages.push(message));
  }
  await kernel.dispose();
  const printed = messages.map((message) => (message.type === "stream" ? message.text : "")).join("");
  const values = messages.flatMap((message) =>
    message.type === "result" ? [message.data["text/plain"] as string] : message.type === "error" ? [message.error.message] : [],
  );
  return { values, printed };
}

const decorated = `
  const seen: unknown[] = [];
  (Reflect as any).metadata = (key: string, value: unknown) => () => { seen.push([key, value]); };
  class Service {}
  function inject(target: object, key: string | undefined) { seen.push(["inject", key]); }
  class Client { @inject service!: Service; @inject run(count: number): string { return ""; } }
  seen`;
const derived = `
  class Base { constructor() { this.set(); } set() {} }
  class Derived extends Base { value!: number; set() { this.value = 5; } }
  new Derived().value`;

describe("tsconfig.json", () => {
  it("with decorators of the old kind and their metadata, by extends, in cells and files", async () => {
    const file = `export const decorate = () => { ${decorated.replace(/seen$/, "return seen;")} };`;
    const { values, printed } = await inProject(
      {
        "tsconfig.json": { extends: "./base.json" },
        "base.json": { compilerOptions: { experimentalDecorators: true, emitDecoratorMetadata: true } },
        "decorated.ts": file,
      },
      [decorated, 'import { decorate } from "./decorated"; decorate()'],
    );
    const isDecorated = values.map((value) => ["'design:type', [class Service]", "'inject', 'service'", "'design:paramtypes', [ [Function: Number] ]"].every((part) => value.includes(part)));
    expect(isDecorated, values.join("\n")).toEqual([true, true]);
    expect(printed).toBe("");
  });

  it("with what it says about class fields, and what its target implies, as in tsc: each file by its own nearest one", async () => {
    const options = {
      none: {},
      assigned: { useDefineForClassFields: false },
      implied: { target: "ES2017" },
      explicit: { target: "ES2017", useDefineForClassFields: true },
    };
    const file = derived.replace(/(?=new Derived)/, "export const value = ");
    const files = Object.entries(options).flatMap(([folder, compilerOptions]) => [
      [`${folder}/derived.ts`, file],
      [`${folder}/tsconfig.json`, { compilerOptions }],
    ]);
    const cells = Object.keys(options).map((folder) => `String((await import("./${folder}/derived")).value)`);
    const { values } = await inProject(Object.fromEntries([...files, ["tsconfig.json", { compilerOptions: options.assigned }]]), [...cells, derived]);
    expect(values).toEqual(["'undefined'", "'5'", "'5'", "'undefined'", "5"]);
  });

  it("with a factory of JSX, in cells and .tsx files", async () => {
    const { values } = await inProject(
      {
        "tsconfig.json": { compilerOptions: { jsx: "react", jsxFactory: "h", jsxFragmentFactory: "F" } },
        "h.ts": 'export const F = "F"; export const h = (tag: unknown, _: unknown, ...children: unknown[]) => [tag, ...children];',
        "part.tsx": 'import { h, F } from "./h"; export const part = <><b>file</b></>;',
      },
      ['import { h, F } from "./h"; import { part } from "./part"; [part, <i>{1 + 1}</i>, <></>]'],
    );
    expect(values).toEqual(["[ [ 'F', [ 'b', 'file' ] ], [ 'i', 2 ], [ 'F' ] ]"]);
  });

  it("with the automatic runtime of JSX", async () => {
    const { values } = await inProject(
      {
        "tsconfig.json": { compilerOptions: { jsx: "react-jsx", jsxImportSource: "tiny" } },
        "node_modules/tiny/package.json": { name: "tiny", exports: { "./jsx-runtime": "./runtime.mjs" } },
        "node_modules/tiny/runtime.mjs": "export const jsx = (tag, properties) => [tag, properties]; export const jsxs = jsx;",
      },
      ["<b>text</b>"],
    );
    expect(values).toEqual(["[ 'b', { children: 'text' } ]"]);
  });

  it("that is broken is told once, and cells run", async () => {
    const { values, printed } = await inProject({ "tsconfig.json": '{ "extends": "./nowhere.json", "compilerOptions": { "jsx": "reactt" } }' }, ["1", "2"]);
    expect(values).toEqual(["1", "2"]);
    expect(printed).toMatch(/^Warning: .*tsconfig\.json: .*\n(Warning: .*\n)?$/);
    expect(printed).toContain("nowhere.json");
  });

  it("whose options contradict one another is told", async () => {
    const { values, printed } = await inProject({ "tsconfig.json": { compilerOptions: { emitDecoratorMetadata: true } } }, ["1"]);
    expect(values).toEqual(["1"]);
    expect(printed).toMatch(/^Warning: tsconfig\.json: .*experimentalDecorators.*\n$/);
  });
});
