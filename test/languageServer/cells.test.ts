import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Diagnostic, DiagnosticSeverity, DiagnosticTag, type TextEdit } from "vscode-languageserver/node";
import { temporaryFolder } from "../temporaryFolder.js";
import { Editor, type Notebook, textIn } from "./editor.js";

/** What people complain about in notebooks of TypeScript (types, imports, kernel); one server for all. */
const folder = temporaryFolder();
let editor: Editor;
let workspace: string;
beforeAll(async () => {
  workspace = await mkdtemp(path.join(tmpdir(), "tritloom-workspace-"));
  await writeFile(path.join(workspace, "beside.ts"), "export const beside = 1;");
  editor = await Editor.start({ workspace: { configuration: true } }, workspace);
});
afterEach(() => editor.closeAll());
afterAll(async () => {
  editor.connection.dispose();
  await rm(workspace, { recursive: true });
});

const open = (name: string, ...cells: Parameters<Editor["open"]>[1]): Promise<Notebook> => editor.open(path.join(folder.path, name), cells);

async function file(name: string, text: string): Promise<string> {
  const place = path.join(folder.path, name);
  await mkdir(path.dirname(place), { recursive: true });
  await writeFile(place, text);
  return place;
}

const greyed = (diagnostics: readonly Diagnostic[] | undefined): Diagnostic[] =>
  (diagnostics ?? []).filter(({ tags }) => tags?.includes(DiagnosticTag.Unnecessary));

describe("names of cells", () => {
  it("1: an import in the first cell is known in the second", async () => {
    const notebook = await open("a.ipynb", 'import * as path from "node:path";', 'const joined = path.join("a", "b");');
    expect(await notebook.errors(1)).toEqual([]);
    expect(await notebook.hover(1, "joi|ned")).toContain("const joined: string");
  });

  it("2: the same constant in two cells is no error, and the nearest one before wins", async () => {
    const notebook = await open("a.ipynb", "const model = 1;", "model.toFixed();", 'const model = "two";', "model.toUpperCase();");
    for (const cell of [0, 1, 2, 3]) {
      expect(await notebook.errors(cell)).toEqual([]);
    }
    expect(await notebook.hover(1, "mod|el")).toContain("const model: 1");
    expect(await notebook.hover(3, "mod|el")).toContain('const model: "two"');
  });

  it("3: a constant made of the one that it replaces is no error, as it is none when it runs", async () => {
    const notebook = await open("a.ipynb", "const data = [1, 2];", "const data = data.map((x: number) => x + 1);");
    expect(await notebook.errors(1)).toEqual([]);
    await notebook.edit(0, "const other = [1, 2];");
    expect(await notebook.errors(1)).not.toEqual([]);
  });

  it("3: such a constant has the type that it has when it runs, and a function that runs later means the new one", async () => {
    const text = [
      "console.log(data.length);",
      "const data = data.map((x) => `${x / data.length}`), options = { ...options, more: data };",
      "const count = (n: number): string => (n > 0 ? count(n - 1) : data[n]!);",
      "const inner = [1].map((data) => data.toFixed());",
    ].join("\n");
    const notebook = await open("a.ipynb", "const data = [1, 2], options = { units: 3 }, count = 1;", text, "data[0]!.at(0);\noptions.units.toFixed();\noptions.more.missing;");
    expect(await notebook.errors(1)).toEqual([]);
    expect(await notebook.errors(2)).toEqual(["Property 'missing' does not exist on type 'string[]'."]);
    expect(await notebook.hover(1, "= da|ta.map")).toContain("const data: number[]");
    await notebook.edit(1, "const data = data.map((x) => x.missing);");
    expect(await notebook.errors(1)).toEqual(["Property 'missing' does not exist on type 'number'."]);
  });

  it("3: a type takes no value away, and a value no type", async () => {
    const cells = ["const Layer = { units: 3 };", "type Layer = typeof Layer;", "const other: Layer = { units: Layer.units };"];
    const generic = ["interface Run<T = number> { loss: T }", 'const Run: Run<string> = { loss: "low" };', "const run: Run = { loss: Run.loss.length };"];
    const notebook = await open("a.ipynb", ...cells, ...generic, "type Layer = { name: string };", 'const last: Layer = { name: "a" };\nLayer.units.missing;');
    for (const cell of [0, 1, 2, 3, 4, 5, 6]) {
      expect(await notebook.errors(cell)).toEqual([]);
    }
    expect(await notebook.errors(7)).toEqual(["Property 'missing' does not exist on type 'number'."]);
  });

  it("4: a variable of another cell can be assigned, with a value of its type", async () => {
    const notebook = await open("a.ipynb", "let epoch = 0;\nconst most = 3;\nfunction f() {}", 'epoch += 1;\nepoch = "x";\nmost = 4;\nf = 1;');
    expect(await notebook.errors(1)).toEqual([
      "Type 'string' is not assignable to type 'number'.",
      "Cannot assign to 'most' because it is a constant.",
      "Cannot assign to 'f' because it is a function.",
    ]);
  });

  it("5: classes, generic functions, interfaces, enums and destructured names are known with their types", async () => {
    const declared = [
      "class Box<T> { constructor(readonly value: T) {} }",
      "interface Shape { width: number }",
      "enum Colour { Red, Blue }",
      "function first<T>(list: T[]): T { return list[0]!; }",
      'const { left, ...rest } = { left: 1, right: "r" }, [head = 0] = [1];',
      "for (var index = 0; index < 3; index++) {}",
    ];
    const used = 'const box: Box<Shape> = new Box({ width: Colour.Red });\nconst all: [number, string, number, number] = [left, rest.right, first([head]), index];';
    const notebook = await open("a.ipynb", declared.join("\n"), used);
    expect(await notebook.errors(1)).toEqual([]);
    expect(await notebook.hover(1, "b|ox:")).toContain("const box: Box<Shape>");
  });

  it("6: a name of a later cell is unknown until that cell has run, and the error says where it is", async () => {
    const notebook = await open("a.ipynb", "later + 1;", "const later = 1;");
    expect(await notebook.errors(0)).toEqual(["Cannot find name 'later'. It is declared in a later cell: run that one first, or move it up."]);
    await notebook.ran(1);
    expect(await notebook.errors(0)).toEqual([]);
  });

  it("7: two notebooks of equal names in two folders, and two in one, do not see each other", async () => {
    await mkdir(path.join(folder.path, "other"));
    const first = await open("a.ipynb", "const secret = 1;");
    const second = await open("other/a.ipynb", "secret;");
    const third = await open("b.ipynb", "secret;");
    expect(await first.errors(0)).toEqual([]);
    expect(await second.errors(0)).toEqual(["Cannot find name 'secret'."]);
    expect(await third.errors(0)).toEqual(["Cannot find name 'secret'."]);
  });

  it("8: a deleted cell takes its names along, a cell put in between gives its own", async () => {
    const notebook = await open("a.ipynb", "const gone = 1;", "gone;");
    await notebook.insert(1, 'const gone = "text";');
    expect(await notebook.hover(2, "go|ne")).toContain('const gone: "text"');
    await notebook.remove(1);
    await notebook.remove(0);
    expect(await notebook.errors(0)).toEqual(["Cannot find name 'gone'."]);
  });

  it("9: a cell that is moved up is seen by those that are now behind it", async () => {
    const notebook = await open("a.ipynb", "value;", "const value = 1;");
    expect(await notebook.errors(0)).toHaveLength(1);
    await notebook.swap(0);
    expect(await notebook.errors(1)).toEqual([]);
  });

  it("10: what a deleted cell declared when it ran stays known with its type until the kernel restarts", async () => {
    const notebook = await open("a.ipynb", 'const kept = { loss: 1 };\nimport { sep } from "node:path";', "kept.loss.toFixed();\nsep;");
    await notebook.ran(0);
    await notebook.remove(0);
    expect(await notebook.errors(0)).toEqual([]);
    expect(await notebook.hover(0, "kept.lo|ss")).toContain("(property) loss: number");
    await notebook.kernelRestarted();
    expect(await notebook.errors(0)).toEqual(["Cannot find name 'kept'.", "Cannot find name 'sep'."]);
  });

  it("11: what a cell declared when it ran stays known when its text has changed", async () => {
    const notebook = await open("a.ipynb", "const before = 1;", "before.toFixed();\nafter;");
    await notebook.ran(0);
    await notebook.edit(0, "const after = before;");
    expect(await notebook.errors(0)).toEqual([]);
    expect(await notebook.errors(1)).toEqual([]);
    await notebook.ran(0);
    expect(await notebook.errors(1)).toEqual([]);
  });

  it("12: a syntax error in one cell leaves the others typed, and itself too", async () => {
    const notebook = await open("a.ipynb", "const fine = 1;", "const half = fine +;\nfunction (", "/* never closed", "`${", "fine.toFixed();");
    expect((await notebook.errors(1))[0]).toBe("Expression expected.");
    expect(await notebook.errors(4)).toEqual([]);
    expect(await notebook.hover(1, "fi|ne")).toContain("const fine: 1");
    expect(await notebook.hover(4, "fi|ne")).toContain("const fine: 1");
  });

  it("13: a renamed notebook, which is closed and opened, is as it was", async () => {
    const notebook = await open("a.ipynb", "const one = 1;", "one + two;");
    await notebook.close();
    const renamed = await open("b.ipynb", "const one = 1;", "one + two;");
    expect(await renamed.errors(1)).toEqual(["Cannot find name 'two'."]);
  });
});

describe("what a cell may say", () => {
  it("14: await at the top level, using, and decorators are no errors", async () => {
    const text = [
      "const value = await Promise.resolve(1);",
      "for await (const one of [value]) { one.toFixed(); }",
      "using resource = { [Symbol.dispose]() {} };",
      "function logged(_target: unknown, _context: ClassMethodDecoratorContext) {}",
      "class Model { @logged fit() {} }",
    ];
    const notebook = await open("a.ipynb", text.join("\n"), "new Model().fit();\nresource;\nvalue.toFixed();");
    expect(await notebook.errors(0)).toEqual([]);
    expect(await notebook.errors(1)).toEqual([]);
  });

  it("15: JavaScript cells have completions and no type errors; other languages and Markdown are left alone", async () => {
    const notebook = await open(
      "a.ipynb",
      { text: "const options = {};\noptions.more = 1;\nfunction twice(x) { return 2 * x; }", language: "javascript" },
      { text: "this is prose", isMarkdown: true },
      { text: "import numpy as np", language: "python" },
      "twice(2).toFixed();",
    );
    for (const cell of [0, 1, 2, 3]) {
      expect(await notebook.errors(cell)).toEqual([]);
    }
    expect(await notebook.hover(3, "twi|ce")).toContain("function twice(x: any): number");
  });

  it("16: an object literal alone is an object, as the kernel has it", async () => {
    const notebook = await open("a.ipynb", "const loss = 0.5;", "{ loss: loss, other: unknownName }");
    const errors = await notebook.errorList(1);
    expect(errors.map(({ message, range }) => [message, range.start.character])).toEqual([["Cannot find name 'unknownName'.", 21]]);
  });

  it("16: a block alone is a block", async () => {
    const notebook = await open("a.ipynb", "{ const half = 1; console.log(half) }", "half;");
    expect(await notebook.errors(0)).toEqual([]);
    expect(await notebook.errors(1)).toEqual(["Cannot find name 'half'."]);
  });

  it("17: places are right behind emoji and with Windows' line breaks", async () => {
    const text = 'const mood = "🙂🙂"; missing;\r\nmood.toFixed();\r\n';
    const notebook = await open("a.ipynb", text);
    const errors = await notebook.errorList(0);
    expect(errors.map(({ range }) => textIn(text, range))).toEqual(["missing", "toFixed"]);
  });

  it("18: a cell of 2,000 lines is checked to its end", async () => {
    const lines = Array.from({ length: 2000 }, (_, index) => `const value${index} = ${index === 0 ? "1" : `value${index - 1} + 1`};`);
    const notebook = await open("a.ipynb", lines.join("\n"), "value1999.toFixed();\nvalue1999.missing;");
    expect(await notebook.errors(0)).toEqual([]);
    expect(await notebook.errors(1)).toEqual(["Property 'missing' does not exist on type 'number'."]);
  });

  it("19: Python and names of other kernels are told what there is here", async () => {
    const notebook = await open("a.ipynb", "import numpy as np", "print(1);", "document.body;");
    expect((await notebook.errors(0))[0]).toContain("This looks like Python");
    expect((await notebook.errors(1))[0]).toContain("console.log(value) prints here");
    expect((await notebook.errors(2))[0]).toContain("not in a page");
    await notebook.edit(0, "def scale(x):\n    return 2 * x");
    expect(await notebook.errors(0)).toEqual([expect.stringContaining("This looks like Python")]);
  });

  it("19: a command of a shell or of another kernel is one error, and what stands beside it has its types", async () => {
    const commands = ["%time 1", "!ls -la", "!pip install numpy", "npm install d3", "$ npm install d3", "%%bash\necho hi\n}\nls | wc -l", "#!javascript\nfoo bar"];
    const notebook = await open("a.ipynb", ...commands, 'const size = 1;\n  %pip install "x";\nsize.missing;\nconst text = `\nnpm install d3\n`;', "size.toFixed();\nsize\n  %size;\n!size;", "export const wrong = ;", "!nobody");
    for (const cell of commands.keys()) {
      expect(await notebook.errors(cell)).toEqual([expect.stringContaining("a command of a shell or of another kernel")]);
    }
    const found = await notebook.errorList(7);
    expect(found.map(({ range: { start } }) => [start.line, start.character])).toEqual([[1, 2], [2, 5]]);
    expect(await notebook.errors(8)).toEqual([]);
    expect(await notebook.errors(9)).toEqual(["Expression expected."]);
    expect(await notebook.errors(10)).toEqual([expect.stringContaining("run commands in a terminal: nobody")]);
    const edits = await notebook.askCell<TextEdit[]>("textDocument/formatting", 7, { options: { tabSize: 2, insertSpaces: true } });
    expect(notebook.applied(7, edits)).toContain('%pip install "x";');
  });
});

describe("modules and types", () => {
  it("20: tritloom, TensorFlow.js, Node and display have their types where nothing is installed", async () => {
    const text = [
      'import * as tl from "tritloom";',
      'import * as tf from "@tensorflow/tfjs";',
      'import { readFileSync } from "node:fs";',
      "const layer: tl.LstmSpec = tl.lstm({ units: 8 });",
      "declare const made: tl.Experiment;",
      "const tensor: tf.Tensor2D = tf.zeros([2, 3]);",
      'const shown = display({ "text/plain": readFileSync("a", "utf8") });',
      "shown.update(tensor);",
      "const tooFew: tl.Experiment = tl.experiment({ nonsense: 1 });",
    ];
    const notebook = await open("a.ipynb", text.join("\n"), "made.train().then;\nlayer.units.toFixed();\ntensor.shape[0].toFixed();");
    const errors = await notebook.errors(0);
    expect(errors).toEqual([expect.stringContaining("'nonsense' does not exist")]);
    expect(await notebook.errors(1)).toEqual([]);
  });

  it("20: Node's rarer modules have their names before a cell imports them, and their types when it does", async () => {
    const notebook = await open("a.ipynb", 'import "node:htt";', "");
    expect((await notebook.complete(0, "node:htt|")).map(({ label }) => label)).toEqual(expect.arrayContaining(["node:http", "node:http2", "node:https"]));
    await notebook.edit(0, 'import { connect } from "node:http2";\nimport { Session } from "inspector";\nimport { get } from "https";\nimport { missing } from "node:v8";');
    await notebook.edit(1, 'connect("https://localhost").close().missing;\nnew Session().connect();\nget("https://localhost").end();\nprocess.getBuiltinModule("http2").connect;');
    expect(await notebook.errors(0)).toEqual([expect.stringContaining("no exported member 'missing'")]);
    expect(await notebook.errors(1)).toEqual(["Property 'missing' does not exist on type 'void'."]);
    expect(await notebook.hover(0, "{ connect| }")).toContain("Returns a `ClientHttp2Session` instance.");
  });

  it("21: a package that is an ES module only has its types", async () => {
    const manifest = { name: "only-esm", version: "1.0.0", type: "module", exports: { ".": { types: "./index.d.ts", import: "./index.js" } } };
    await file("node_modules/only-esm/package.json", JSON.stringify(manifest));
    await file("node_modules/only-esm/index.d.ts", "/** Scales a number. */\nexport declare function scale(value: number): number;");
    const notebook = await open("a.ipynb", 'import { scale } from "only-esm";', "const scaled = scale(1);");
    expect(await notebook.errors(1)).toEqual([]);
    expect(await notebook.hover(1, "scale|(1)")).toContain("Scales a number.");
  });

  it("22: what the user installed wins over what comes along", async () => {
    await file("node_modules/@tensorflow/tfjs/package.json", JSON.stringify({ name: "@tensorflow/tfjs", version: "9.0.0", types: "index.d.ts" }));
    await file("node_modules/@tensorflow/tfjs/index.d.ts", 'export declare const version: "nine";\nexport declare class Tensor { own: 1 }');
    const notebook = await open("a.ipynb", 'import { version } from "@tensorflow/tfjs";', "version;");
    expect(await notebook.hover(1, "ver|sion")).toContain('const version: "nine"');
    await file("node_modules/@types/node/package.json", JSON.stringify({ name: "@types/node", version: "99.0.0", types: "index.d.ts" }));
    await file("node_modules/@types/node/index.d.ts", 'declare module "node:http2" { export const own: "own"; }');
    await editor.fileEvent(path.join(folder.path, "node_modules/@types/node/index.d.ts"), 1);
    await notebook.edit(1, 'import { own } from "node:http2";\nown;');
    expect(await notebook.hover(1, "\now|n")).toContain('const own: "own"');
  });

  it("23: a module of the user's is seen as it is in the editor, and as it is on disk when it is closed", async () => {
    const place = await file("util.ts", "export const size = 1;");
    const notebook = await open("a.ipynb", 'import { size } from "./util";', "size;");
    expect(await notebook.hover(1, "si|ze")).toContain("const size: 1");
    await editor.openFile(place, "export const size = 2;");
    expect(await notebook.hover(1, "si|ze")).toContain("const size: 2");
    await editor.changeFile(place, 'export const size = "three";');
    expect(await notebook.hover(1, "si|ze")).toContain('const size: "three"');
    await editor.closeFile(place);
    expect(await notebook.hover(1, "si|ze")).toContain("const size: 1");
  });

  it("24: a module that changes on disk is seen at once, one that comes or goes when the editor tells", async () => {
    const place = await file("util.ts", "export const size = 1;");
    const notebook = await open("a.ipynb", 'import { size } from "./util";\nimport { more } from "./late";', "size;");
    expect(await notebook.errors(0)).toEqual(["Cannot find module './late' or its corresponding type declarations."]);
    await writeFile(place, "export const sizes = 22;");
    expect((await notebook.errors(0)).join()).toMatch(/has no exported member/);
    await editor.fileEvent(await file("late.ts", "export const more = 1;"), 1);
    expect(await notebook.errors(0)).toHaveLength(1);
    await rm(place);
    await editor.fileEvent(place, 3);
    expect(await notebook.errors(0)).toEqual(["Cannot find module './util' or its corresponding type declarations."]);
  });

  it("25: paths and strictness of the nearest tsconfig.json are honoured, also when it changes", async () => {
    const config = await file("tsconfig.json", JSON.stringify({ compilerOptions: { strict: false, paths: { "@lib/*": ["./lib/*"] } } }));
    await file("lib/scale.ts", "export const scale = 3;");
    await mkdir(path.join(folder.path, "notebooks"));
    const notebook = await open("notebooks/a.ipynb", 'import { scale } from "@lib/scale";\nfunction loose(x) { return x * scale; }');
    expect(await notebook.errors(0)).toEqual([]);
    await writeFile(config, JSON.stringify({ compilerOptions: { strict: true } }));
    await utimes(config, 1, 1);
    await editor.fileEvent(config, 2);
    expect(await notebook.errors(0)).toEqual([
      "Cannot find module '@lib/scale' or its corresponding type declarations.",
      "Parameter 'x' implicitly has an 'any' type.",
    ]);
  });

  it("26: a notebook that is not saved imports from the folder of the workspace", async () => {
    const notebook = await editor.open("untitled:Untitled-1.ipynb", ['import { beside } from "./beside";', "beside.toFixed();"]);
    expect(await notebook.errors(1)).toEqual([]);
  });
});

describe("what the server tells by itself", () => {
  it("27: an import is greyed when no cell uses it, and only then", async () => {
    const text = 'import { join, sep } from "node:path";\nimport * as os from "node:os";';
    const notebook = await open("a.ipynb", text, "join(os.tmpdir());");
    await expect.poll(() => greyed(notebook.published(0)).map(({ range }) => textIn(text, range))).toEqual(["sep"]);
    await notebook.edit(1, "1;");
    await expect.poll(() => greyed(notebook.published(0)).length).toBe(2);
  });

  it("28: an error is told once, and taken back when the cell is mended, deleted, or the notebook closed", async () => {
    const notebook = await open("a.ipynb", "missing;", "alsoMissing;", "1;");
    await expect.poll(() => notebook.published(0)?.map(({ message, severity }) => [message, severity])).toEqual([
      ["Cannot find name 'missing'.", DiagnosticSeverity.Error],
    ]);
    await notebook.edit(0, "2;");
    await expect.poll(() => notebook.published(0)).toEqual([]);
    const uri = notebook.cellUri(1);
    await expect.poll(() => editor.published.get(uri)?.length).toBe(1);
    await notebook.remove(1);
    await expect.poll(() => editor.published.get(uri)).toEqual([]);
  });

  it("29: types are not checked when the user says so, and syntax is", async () => {
    await editor.configure({ checkTypes: "off" });
    const notebook = await open("a.ipynb", "missing;", "const = 1;");
    await expect.poll(() => notebook.published(1)?.length).toBeGreaterThan(0);
    expect(notebook.published(0)).toEqual([]);
    expect(await notebook.errors(0)).toEqual(["Cannot find name 'missing'."]);
    await editor.configure({ checkTypes: "show" });
    await expect.poll(() => notebook.published(0)?.length).toBe(1);
  });
});
