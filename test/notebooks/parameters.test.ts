import { describe, expect, it } from "vitest";
import { declaredNames, declaredVariables } from "../../src/notebooks/declaredNames.js";
import { cellSource, type Notebook } from "../../src/notebooks/notebookFile.js";
import { declaredParameters, readParameter, readParameterFile, withParameters } from "../../src/notebooks/parameters.js";

describe("names that a cell declares", () => {
  it.each([
    ["const steps = 1200; // const no = 1", { steps: "const" }],
    ["let a = 1, b: number = 2\nvar c", { a: "let", b: "let", c: "let" }],
    ["export const x: { y: number } = { y: 1 }, z = [1, 2]", { x: "const", z: "const" }],
    ["const { a, b: c, ...rest } = o, [d, , e = 1] = l", { a: "const", c: "const", rest: "const", d: "const", e: "const" }],
    ["const f = (p, q) => { const inner = 1; return p }, g = 2;", { f: "const", g: "const" }],
    ["const f = function (p) {}, g = 2", { f: "const", g: "const" }],
    ["const s = `const ${`t = ${{ u: 1 }.u}`}, v = 1`, w = 'const x'", { s: "const", w: "const" }],
    ["function f(a, b) { let c }\nclass D { e = 1; static g }\nfor (const i of []) { const j = 1 }", {}],
    ["const r = /const y = 1, [,;]/, type = 2\nenum E { A, B }\nconst enum F { C }", { r: "const", type: "const" }],
    ["import * as tl from 'tritloom';\nconst größe = 1, $a = 2, _b = 3", { größe: "const", $a: "const", _b: "const" }],
    ["const a = 1\nexport { a, b }\nif (x) y, z", { a: "const" }],
    ["const a = new Map<string, number>(), b: Record<string, number[]> = {}, c = 1", { a: "const", b: "const", c: "const" }],
    ["", {}],
  ])("%j", (code, names) => {
    expect(Object.fromEntries(declaredNames(code))).toEqual(names);
  });

  it.each([
    ["const x: number = 1, y = 2, z:string", [["x", "number"], ["y", undefined], ["z", "string"]]],
    ["let o: Record<string, number[]> = {}, n: null | string = null", [["o", "Record<string, number[]>"], ["n", "null | string"]]],
    ["let f: (a: number, b?: { c: string }) => void = g\nlet u: 'a' |\n  'b'\nlet v: Array<() => number>\n[1].map(h); let w: import('m').T = 1", [["f", "(a: number, b?: { c: string }) => void"], ["u", "'a' |\n  'b'"], ["v", "Array<() => number>"], ["w", "import('m').T"]]],
  ])("%j have types", (code, types) => {
    expect([...declaredVariables(code)].map(([name, { type }]) => [name, type])).toEqual(types);
  });
});

describe("a parameter", () => {
  it.each([
    ["steps=400", "steps", "400"],
    ["rate= 1e-3 ", "rate", "1e-3"],
    ['name="a\\nb"', "name", '"a\\nb"'],
    ["corpus=moby-dick", "corpus", '"moby-dick"'],
    ["list=[1, {}]", "list", "[1, {}]"],
    ["on=true", "on", "true"],
    ["none=null", "none", "null"],
    ["empty=", "empty", '""'],
    ["x=a=b", "x", '"a=b"'],
    ["x=NaN", "x", '"NaN"'],
    ['x="$(`${1}`)', "x", '"\\"$(`${1}`)"'],
  ])("%s", (text, name, value) => {
    expect(readParameter(text)).toEqual([name, value]);
  });

  it.each(["steps", "=4", "a b=4", "1a=4", "a.b=4", ""])("%j is none", (text) => {
    expect(() => readParameter(text)).toThrow(`--param ${text}: write name=value`);
  });

  it("cannot change what an object is", () => {
    const [, value] = readParameter('x={"__proto__": {"y": 1}}');
    expect((new Function(`return ${value}`) as () => object)()).not.toHaveProperty("y");
  });
});

describe("a file of parameters", () => {
  it("is JSON or YAML", () => {
    const values = new Map([["steps", "400"], ["text", '"a b"'], ["list", "[1,2]"]]);
    expect(readParameterFile('{ "steps": 400, "text": "a b", "list": [1, 2] }', "p.json")).toEqual(values);
    expect(readParameterFile("steps: 400\ntext: a b\nlist: [1, 2]\n", "p.yaml")).toEqual(values);
  });

  it.each([
    ["[1]", "p.json must hold one object"],
    ["", "p.json must hold one object"],
    ["{", "p.json is neither JSON nor YAML"],
    ['{ "a b": 1 }', 'p.json: "a b" is not the name of a variable'],
  ])("%j is none", (text, message) => {
    expect(() => readParameterFile(text, "p.json")).toThrow(message);
  });
});

const code = (source: string, ...tags: string[]) => ({ cell_type: "code" as const, metadata: { tags }, source, execution_count: null, outputs: [] });
const notebook = (...cells: Notebook["cells"]): Notebook => ({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells });

describe("a notebook with parameters", () => {
  it("gets a cell after that which declares them, of the same kind of variables", () => {
    const given = notebook(code("1"), code("const a = 1;\nlet b = 2;", "parameters"), code("a + b"));
    const changed = withParameters(given, new Map([["b", "3"], ["a", '"x"']]));
    expect(changed.cells.map(cellSource)).toEqual(["1", "const a = 1;\nlet b = 2;", '// Parameters of this execution\nlet b = 3;\nconst a = "x";', "a + b"]);
    expect(changed.cells[2]!.metadata.tags).toEqual(["injected-parameters"]);
    const again = withParameters(changed, new Map([["a", "7"]]));
    expect(again.cells.map(cellSource)).toEqual(["1", "const a = 1;\nlet b = 2;", "// Parameters of this execution\nconst a = 7;", "a + b"]);
  });

  it("keeps the types that the variables are declared with", () => {
    const changed = withParameters(notebook(code("const a: number = 1, b: Map<string, number> | null = null;", "parameters")), new Map([["a", "2"], ["b", "null"]]));
    expect(cellSource(changed.cells[1]!)).toBe("// Parameters of this execution\nconst a: number = 2;\nconst b: Map<string, number> | null = null;");
  });

  it("that does not declare them gets them after its own, or first where it declares none", () => {
    const values = new Map([["c", "1"], ["a", "2"]]);
    const some = notebook(code("0"), code("let a = 1, b = 2", "parameters"));
    expect(withParameters(some, values).cells.map(cellSource)).toEqual(["0", "let a = 1, b = 2", "// Parameters of this execution\nconst c = 1;\nlet a = 2;"]);
    expect(declaredParameters(some, values)).toEqual({ declared: ["a", "b"], undeclared: ["c"] });
    const none = notebook(code("let a = 1"));
    expect(withParameters(none, values).cells.map(cellSource)).toEqual(["// Parameters of this execution\nconst c = 1;\nconst a = 2;", "let a = 1"]);
    expect(declaredParameters(none, values)).toEqual({ declared: undefined, undeclared: ["c", "a"] });
  });
});
