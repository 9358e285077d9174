import { mkdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  CancellationTokenSource,
  type CodeAction,
  type CompletionItem,
  CompletionItemKind,
  type DocumentHighlight,
  type DocumentSymbol,
  type Location,
  type LocationLink,
  LSPErrorCodes,
  type SignatureHelp,
  SymbolKind,
  type TextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver/node";
import { temporaryFolder } from "../temporaryFolder.js";
import { applyEdits, Editor, type Notebook } from "./editor.js";

/** Completion, navigation, rename and repairs across cells and modules; one server for all. */
const folder = temporaryFolder();
let editor: Editor;
beforeAll(async () => {
  editor = await Editor.start({}, tmpdir());
});
afterEach(() => editor.closeAll());
afterAll(() => editor.connection.dispose());

const open = (name: string, ...cells: Parameters<Editor["open"]>[1]): Promise<Notebook> => editor.open(path.join(folder.path, name), cells);

async function file(name: string, text: string): Promise<string> {
  const place = path.join(folder.path, name);
  await mkdir(path.dirname(place), { recursive: true });
  await writeFile(place, text);
  return place;
}

async function definitions(notebook: Notebook, cell: number, marked: string): Promise<Location[]> {
  return (await notebook.ask<Location[] | LocationLink[]>("textDocument/definition", cell, marked)) as Location[];
}

const rename = (notebook: Notebook, cell: number, marked: string, newName: string): Promise<WorkspaceEdit> =>
  notebook.ask("textDocument/rename", cell, marked, { newName });

async function actions(notebook: Notebook, cell: number, only?: string): Promise<CodeAction[]> {
  const diagnostics = await notebook.errorList(cell);
  const range = diagnostics[0]?.range ?? { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  return notebook.askCell("textDocument/codeAction", cell, { range, context: { diagnostics, ...(only && { only: [only] }) } });
}

describe("completion and hover", () => {
  it("30: a name of an earlier cell is offered exactly once, with its kind, type and docstring", async () => {
    const notebook = await open("a.ipynb", "/** Counts epochs. */\nfunction epochCounter(start: number): number { return start; }", "epochCoun");
    const found = (await notebook.complete(1, "epochCoun|")).filter(({ label }) => label === "epochCounter");
    expect(found.map(({ kind }) => kind)).toEqual([CompletionItemKind.Function]);
    const resolved = await notebook.resolve(found[0]!);
    expect(resolved.detail).toBe("function epochCounter(start: number): number");
    expect(resolved.documentation).toEqual({ kind: "markdown", value: "Counts epochs." });
  });

  it("31: the members of a package that another cell imports are offered with their docstrings, also at the cell's very end", async () => {
    const notebook = await open("a.ipynb", 'import * as tl from "tritloom";', "tl.");
    const found = (await notebook.complete(1, "tl.|")).filter(({ label }) => label === "ternaryCharacterModel");
    expect(found).toHaveLength(1);
    const { documentation } = await notebook.resolve(found[0]!);
    expect(JSON.stringify(documentation)).toMatch(/character/i);
  });

  it("32: the options of a call are offered, with what they mean", async () => {
    const notebook = await open("a.ipynb", 'import * as tl from "tritloom";', "tl.lstm({ uni })");
    const found = (await notebook.complete(1, "uni|")).filter(({ label }) => /^units/.test(label));
    expect(found).toHaveLength(1);
    expect((await notebook.resolve(found[0]!)).documentation).toBeDefined();
  });

  it("33: a name of a package is offered with its import, which goes to the cell's beginning", async () => {
    const notebook = await open("a.ipynb", "const other = 1;", "// sizes\nconst place = basenam");
    const [item, ...more] = (await notebook.complete(1, "basenam|")).filter(({ label, labelDetails }) => label === "basename" && /^(node:)?path$/.test(labelDetails?.description ?? ""));
    expect(more.length).toBeLessThan(2);
    const { additionalTextEdits = [] } = await notebook.resolve(item!);
    expect(notebook.applied(1, additionalTextEdits)).toMatch(/^(\/\/ sizes\n)?import \{ basename \} from "(node:)?path";\n/);
  });

  it("34: imports complete modules of the folder", async () => {
    await file("helpers.ts", "export const helper = 1;");
    const notebook = await open("a.ipynb", 'import { helper } from "./help";');
    expect((await notebook.complete(0, "./help|")).map(({ label }) => label)).toContain("helpers");
  });

  it("35: a hover says nothing of how a name came into the cell", async () => {
    const notebook = await open("a.ipynb", "/** The loss. */\nconst loss: number = 1;\nlet best = loss;", "best = loss;");
    expect(await notebook.hover(1, "lo|ss")).toBe("```typescript\nconst loss: number\n```\n\nThe loss.");
    expect(await notebook.hover(1, "be|st")).toBe("```typescript\nlet best: number\n```");
  });

  it("36: the parameters of a call are shown with the one that is being written", async () => {
    const notebook = await open("a.ipynb", "/** Adds.\n * @param right the second */\nfunction add(left: number, right: number) { return left + right; }", "add(1, )");
    const help = await notebook.ask<SignatureHelp>("textDocument/signatureHelp", 1, "add(1, |)");
    expect(help.signatures.map(({ label }) => label)).toEqual(["add(left: number, right: number): number"]);
    expect(help.activeParameter).toBe(1);
    expect(help.signatures[0]!.parameters![1]!.documentation).toEqual({ kind: "markdown", value: "the second" });
  });
});

describe("where things are", () => {
  it("37: a definition is found in another cell, in a module, and in a package", async () => {
    const helper = "export const other = 0;\nexport function helper() {}";
    await file("helper.ts", helper);
    const notebook = await open("a.ipynb", 'const loss = 1;\nlet best = 2;\nimport { helper } from "./helper";\nimport * as tl from "tritloom";', "loss;\nbest += 1;\nhelper();\ntl.lstm;");
    expect((await definitions(notebook, 1, "lo|ss")).map((one) => notebook.shown(one))).toEqual(["cell 0:0: loss"]);
    expect((await definitions(notebook, 1, "be|st")).map((one) => notebook.shown(one))).toEqual(["cell 0:1: best"]);
    expect((await definitions(notebook, 1, "hel|per()")).map((one) => notebook.shown(one, { "helper.ts": helper }))).toEqual(["helper.ts:1: helper"]);
    const [inPackage] = await definitions(notebook, 1, "tl.ls|tm");
    expect(await readFile(new URL(inPackage!.uri), "utf8")).toContain("lstm");
  });

  it("38: the type of a value leads to where the type is declared", async () => {
    const notebook = await open("a.ipynb", "interface Run { loss: number }\nconst run: Run = { loss: 1 };", "run;");
    const found = await notebook.ask<Location[]>("textDocument/typeDefinition", 1, "ru|n");
    expect(found.map((one) => notebook.shown(one))).toEqual(["cell 0:0: Run"]);
  });

  it("39: references are found in all cells and modules, also of what is assigned and of what is imported", async () => {
    const helper = "export function helper() {}\nhelper();";
    await file("helper.ts", helper);
    const notebook = await open("a.ipynb", 'let step = 0;\nimport { helper } from "./helper";', "step += 1;\nhelper();", "step;");
    const all = async (cell: number, marked: string): Promise<string[]> => {
      const found = await notebook.ask<Location[]>("textDocument/references", cell, marked, { context: { includeDeclaration: true } });
      return found.map((one) => notebook.shown(one, { "helper.ts": helper })).sort();
    };
    const steps = ["cell 0:0: step", "cell 1:0: step", "cell 2:0: step"];
    expect(await all(0, "st|ep")).toEqual(steps);
    expect(await all(1, "st|ep")).toEqual(steps);
    expect(await all(2, "st|ep")).toEqual(steps);
    const uses = await notebook.ask<Location[]>("textDocument/references", 2, "st|ep", { context: { includeDeclaration: false } });
    expect(uses.map((one) => notebook.shown(one)).sort()).toEqual(steps.slice(1));
    expect(await all(1, "hel|per")).toEqual(["cell 0:1: helper", "cell 1:1: helper", "helper.ts:0: helper", "helper.ts:1: helper"]);
  });

  it("40: the uses of a name are marked in its cell, and the outline has what the cell declares", async () => {
    const notebook = await open("a.ipynb", "const size = 1;", "class Box { width = size; }\nconst area = size * size;");
    const marked = await notebook.ask<DocumentHighlight[]>("textDocument/documentHighlight", 1, "= si|ze;");
    expect(marked).toHaveLength(3);
    const outline = await notebook.askCell<DocumentSymbol[]>("textDocument/documentSymbol", 1);
    expect(outline.map(({ name, kind }) => [name, kind])).toEqual([
      ["area", SymbolKind.Constant],
      ["Box", SymbolKind.Class],
    ]);
    expect(outline[1]!.children!.map(({ name }) => name)).toEqual(["width"]);
  });
});

describe("rename", () => {
  it("41: changes every cell of the notebook and no other notebook", async () => {
    const other = await open("b.ipynb", "const model = 1;", "model;");
    const notebook = await open("a.ipynb", "const model = 1;", "use({ model }, model);", "function inner(model: number) { return model; }\nmodel;");
    for (const cell of [0, 1]) {
      const edit = await rename(notebook, cell, cell === 0 ? "mod|el" : ", mod|el", "network");
      expect(notebook.appliedToAll(edit)).toEqual([
        "const network = 1;",
        "use({ model: network }, network);",
        "function inner(model: number) { return model; }\nnetwork;",
      ]);
      expect(other.appliedToAll(edit)).toEqual(["const model = 1;", "model;"]);
    }
  });

  it("42: changes a variable that other cells assign, from wherever it is asked for", async () => {
    const notebook = await open("a.ipynb", "let best = 0;", "best = 1;", "best;\nconst best2 = best;");
    for (const [cell, marked] of [[0, "be|st"], [1, "be|st"], [2, "be|st;"]] as const) {
      expect(notebook.appliedToAll(await rename(notebook, cell, marked, "top"))).toEqual(["let top = 0;", "top = 1;", "top;\nconst best2 = top;"]);
    }
  });

  it("42: knows the value of before from the one that replaces it", async () => {
    const notebook = await open("a.ipynb", "const data = [1];", "const data = data.map((x) => x + data.length);", "data;");
    const before = ["const values = [1];", "const data = values.map((x) => x + values.length);", "data;"];
    expect(notebook.appliedToAll(await rename(notebook, 0, "da|ta", "values"))).toEqual(before);
    expect(notebook.appliedToAll(await rename(notebook, 1, "= da|ta", "values"))).toEqual(before);
    expect(notebook.appliedToAll(await rename(notebook, 2, "da|ta", "values"))).toEqual(["const data = [1];", "const values = data.map((x) => x + data.length);", "values;"]);
    expect((await definitions(notebook, 1, "= da|ta.map")).map((one) => notebook.shown(one))).toEqual(["cell 0:0: data"]);
    expect((await notebook.complete(1, "= data|.map")).map(({ label }) => label).filter((label) => /^.ata$/.test(label))).toEqual(["data"]);
  });

  it("43: changes what a module exports in the module, in the others that import it, and in the cells", async () => {
    const helper = "export function helper() {}\nhelper();";
    const user = 'import { helper } from "./helper";\nhelper();';
    const paths = { helper: await file("helper.ts", helper), user: await file("user.ts", user) };
    const notebook = await open("a.ipynb", 'import { helper } from "./helper";\nimport "./user";', "helper();");
    const edit = await rename(notebook, 1, "hel|per", "aid");
    expect(notebook.appliedToAll(edit)).toEqual(['import { aid } from "./helper";\nimport "./user";', "aid();"]);
    const editsOf = (place: string): TextEdit[] => Object.entries(edit.changes!).find(([uri]) => uri.endsWith(path.basename(place)))?.[1] ?? [];
    expect(applyEdits(helper, editsOf(paths.helper))).toBe("export function aid() {}\naid();");
    expect(applyEdits(user, editsOf(paths.user))).toBe('import { aid } from "./helper";\naid();');
  });

  it("44: gives what a package exports another name in the cells, and leaves the package alone", async () => {
    const notebook = await open("a.ipynb", 'import { join } from "node:path";\nimport * as tl from "tritloom";', 'join("a");\ntl.lstm;');
    expect(notebook.appliedToAll(await rename(notebook, 1, "jo|in", "glue"))).toEqual([
      'import { join as glue } from "node:path";\nimport * as tl from "tritloom";',
      'glue("a");\ntl.lstm;',
    ]);
    expect(notebook.appliedToAll(await rename(notebook, 1, "t|l.", "loom"))).toEqual([
      'import { join } from "node:path";\nimport * as loom from "tritloom";',
      'join("a");\nloom.lstm;',
    ]);
  });

  it("45: refuses names that are not the user's, and new names that are none", async () => {
    const notebook = await open("a.ipynb", 'import * as tl from "tritloom";\nconst own = 1;', "tl.lstm;\nconsole.log(own);");
    await expect(rename(notebook, 1, "tl.ls|tm", "x")).rejects.toThrow("Only names of this notebook and of its modules can be renamed.");
    await expect(rename(notebook, 1, "con|sole", "x")).rejects.toThrow("Only names of this notebook and of its modules can be renamed.");
    await expect(notebook.ask("textDocument/prepareRename", 1, "tl.ls|tm")).rejects.toThrow("Only names of this notebook");
    await expect(rename(notebook, 1, "ow|n", "2x")).rejects.toThrow('"2x" is not a name');
  });

  it("45: refuses words of the language, and names by which two things would become one", async () => {
    const notebook = await open("a.ipynb", "const own = { width: 1 };\nfunction scale(taken: number) { return own.width * taken; }", "own;", "const other = 1;", "[1].map((each) => own.width + each + other);");
    for (const [newName, reason] of [["class", "word of the language"], ["await", "word of the language"], ["let", "word of the language"], ["taken", "in code cell 1"], ["other", "declared already, in code cell 3"], ["each", "in code cell 4"]] as const) {
      await expect(rename(notebook, 1, "ow|n", newName)).rejects.toThrow(reason);
    }
    await expect(rename(notebook, 3, "ea|ch +", "other")).rejects.toThrow('"other" is used already in code cell 4');
    expect(notebook.appliedToAll(await rename(notebook, 3, "ea|ch +", "scale"))[3]).toBe("[1].map((scale) => own.width + scale + other);");
    expect(notebook.appliedToAll(await rename(notebook, 0, "wid|th", "class"))[0]).toContain("own.class");
  });
});

describe("repairs", () => {
  it("46: an unknown tf is imported, and a misspelt name of another cell corrected", async () => {
    const notebook = await open("a.ipynb", "const learningRate = 1;", "tf.zeros([1]);", "learningRat;");
    const [asPackage] = await actions(notebook, 1, "quickfix");
    expect(notebook.appliedToAll(asPackage!.edit!)[1]).toBe('import * as tf from "@tensorflow/tfjs";\ntf.zeros([1]);');
    const spelling = (await actions(notebook, 2, "quickfix")).find(({ title }) => title.includes("learningRate"));
    expect(notebook.appliedToAll(spelling!.edit!)[2]).toBe("learningRate;");
  });

  it("47: organised imports keep what another cell uses, and add nothing that nobody wrote", async () => {
    const notebook = await open("a.ipynb", 'import { sep, join } from "node:path";\nimport * as fs from "node:fs";\n1;', 'join("a");');
    const [organised] = await actions(notebook, 0, "source.organizeImports");
    expect(notebook.appliedToAll(organised!.edit!)[0]).toBe('import { join } from "node:path";\n1;');
    expect(await actions(notebook, 1, "source.organizeImports")).toEqual([]);
  });

  it("48: formatting keeps Windows' line breaks and the meaning of an object", async () => {
    const notebook = await open("a.ipynb", "const a=1;\r\nif(a){\r\nconsole.log( a )\r\n}", "{ a : a }");
    const options = { tabSize: 2, insertSpaces: true };
    const edits = await notebook.askCell<TextEdit[]>("textDocument/formatting", 0, { options });
    expect(notebook.applied(0, edits)).toBe("const a = 1;\r\nif (a) {\r\n  console.log(a)\r\n}");
    expect(notebook.applied(1, await notebook.askCell<TextEdit[]>("textDocument/formatting", 1, { options }))).toBe("{ a: a }");
  });
});

describe("the server", () => {
  it("49: answers for 50 notebooks that are open at once", async () => {
    const notebooks = [];
    for (let index = 0; index < 50; index++) {
      notebooks.push(await open(`n${index}.ipynb`, `const only${index} = ${index};`, `only${index}.missing;`));
    }
    for (const index of [49, 0, 25]) {
      expect(await notebooks[index]!.errors(1)).toEqual([`Property 'missing' does not exist on type '${index}'.`]);
    }
    await Promise.all(notebooks.map((notebook) => notebook.close()));
  });

  it("50: a request that is cancelled, or about a document that it does not have, harms nothing", async () => {
    const notebook = await open("a.ipynb", "const one = 1;");
    const params = { textDocument: { uri: "file:///nowhere.ts" }, position: { line: 0, character: 0 } };
    expect(await editor.connection.sendRequest("textDocument/hover", params)).toBeNull();
    await expect(editor.connection.sendRequest("textDocument/hover", { textDocument: { uri: notebook.cellUri(0) } })).rejects.toThrow();
    expect(await notebook.hover(0, "on|e")).toContain("const one: 1");
  });

  it("50: a completion that the next one replaces ends as cancelled, and the next is right", async () => {
    const notebook = await open("a.ipynb", "const table = { alpha: 1, beta: 2 };", "ta\ntable.");
    const textDocument = { uri: notebook.cellUri(1) };
    const replaced = new CancellationTokenSource();
    const first = editor.connection.sendRequest("textDocument/completion", { textDocument, position: { line: 0, character: 2 } }, replaced.token);
    replaced.cancel();
    const second = notebook.complete(1, "table.|");
    await expect(first).rejects.toMatchObject({ code: LSPErrorCodes.RequestCancelled });
    expect((await second).map(({ label }) => label)).toEqual(["alpha", "beta"]);
  });

  it("50: what is asked between many fast edits is answered for the newest text, or told to be out of date", async () => {
    const notebook = await open("a.ipynb", "const table = { alpha: 1, beta: 2 };", "");
    const asked: Promise<CompletionItem[]>[] = [];
    for (const end of "\n/* \u{1F642} */ table.".split("").keys()) {
      await notebook.edit(1, "\n/* \u{1F642} */ table.".slice(0, end + 1));
      asked.push(notebook.complete(1, `${"\n/* \u{1F642} */ table.".slice(0, end + 1)}|`));
    }
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.map((one) => one.status === "rejected" && (one.reason as { code: number }).code)).toContain(LSPErrorCodes.ContentModified);
    const last = outcomes.at(-1) as PromiseFulfilledResult<CompletionItem[]>;
    expect(last.value.map(({ label }) => label)).toEqual(["alpha", "beta"]);
  });
});
