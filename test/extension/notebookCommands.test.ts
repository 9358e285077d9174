import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { convertNotebook } from "../../src/extension/commands/convertNotebook.js";
import { runWithParameters } from "../../src/extension/commands/runWithParameters.js";
import { withTag } from "../../src/extension/notebook/notebookMetadata.js";
import { productPaths } from "../../src/extension/productPaths.js";
import type { Services } from "../../src/extension/services.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { answers, executed, fake, resetFake, shown, workspaceState } from "./fakeVscode.js";

vi.mock("vscode", async () => (await import("./fakeVscode.js")).fake);

const root = temporaryFolder();
let services: Services;
let file: string;
const windowOf = fake.window as { activeNotebookEditor: unknown; activeTextEditor: unknown };

beforeEach(async () => {
  resetFake();
  services = { paths: productPaths(process.cwd(), root.path) } as Services;
  file = path.join(root.path, "notes.ipynb");
  const cell = (source: string, metadata: object) => ({ cell_type: "code", metadata, source, execution_count: null, outputs: [] });
  const cells = [cell("const a = 1, b = 2;", { tags: ["parameters"] }), cell("console.log(a + b)", {})];
  await writeFile(file, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
  windowOf.activeNotebookEditor = { notebook: { uri: fake.Uri.file(file), isDirty: false, isUntitled: false } };
});
afterEach(() => {
  windowOf.activeNotebookEditor = undefined;
  windowOf.activeTextEditor = undefined;
});

interface Item {
  label: string;
  name?: string;
}
const pick = (label: string) => async (items: Item[]) => items.find((item) => item.label === label);

test("Convert Notebook… writes the form and the file that are chosen", async () => {
  answers.quickPick = pick("HTML page");
  answers.save = async ({ defaultUri }: { defaultUri: unknown }) => defaultUri;
  await convertNotebook(services);
  expect(shown.at(-1)).toMatchObject({ kind: "information", text: `Wrote ${path.join(root.path, "notes.html")}.` });
  expect(await readFile(path.join(root.path, "notes.html"), "utf8")).toContain("<!DOCTYPE html>");
});

test("Convert Notebook… makes a notebook of a script on top", async () => {
  const script = path.join(root.path, "script.ts");
  await writeFile(script, "// %%\nconst a = 1;\n");
  windowOf.activeNotebookEditor = undefined;
  windowOf.activeTextEditor = { document: { uri: fake.Uri.file(script), isDirty: false, isUntitled: false } };
  answers.quickPick = pick("Notebook");
  answers.save = async ({ defaultUri }: { defaultUri: unknown }) => defaultUri;
  await convertNotebook(services);
  expect(JSON.parse(await readFile(path.join(root.path, "script.ipynb"), "utf8")).cells).toMatchObject([{ source: ["const a = 1;"] }]);
});

test("giving up at a question writes nothing, and without a notebook the remedy is told", async () => {
  await convertNotebook(services);
  answers.quickPick = pick("Markdown");
  await convertNotebook(services);
  expect(await readdir(root.path)).toEqual(["notes.ipynb"]);
  windowOf.activeNotebookEditor = undefined;
  await expect(convertNotebook(services)).rejects.toThrow("open a notebook, or a .ts file");
});

test("Run Notebook with Parameters… asks for values, executes a copy and opens it", async () => {
  const picks = ["b", "$(play) Run"];
  answers.quickPick = async (items: Item[]) => items.find((item) => item.label === picks[0] && picks.shift());
  answers.input = async () => "40";
  await runWithParameters(services);
  const { cells } = JSON.parse(await readFile(path.join(root.path, "notes.executed.ipynb"), "utf8"));
  expect(cells[2].outputs).toMatchObject([{ text: ["41\n"] }]);
  expect(executed).toEqual(["vscode.openWith"]);
});

test("Run Notebook with Parameters… needs trust, and a cell with the tag", async () => {
  workspaceState.isTrusted = false;
  await expect(runWithParameters(services)).rejects.toThrow("Manage Workspace Trust");
  workspaceState.isTrusted = true;
  await writeFile(file, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [] }));
  await expect(runWithParameters(services)).rejects.toThrow("Tag Cell as Parameters");
});

test("a tag is given and taken, and all other metadata stay", () => {
  const plain = { id: "a", metadata: { editable: false } };
  const tagged = { id: "a", metadata: { editable: false, tags: ["parameters"] } };
  expect(withTag(plain, "parameters", true)).toEqual(tagged);
  expect(withTag({}, "parameters", true)).toEqual({ metadata: { tags: ["parameters"] } });
  expect(withTag(tagged, "parameters", true)).toBeUndefined();
  expect(withTag(tagged, "parameters", false)).toEqual({ id: "a", metadata: { editable: false, tags: [] } });
  expect(withTag(plain, "parameters", false)).toBeUndefined();
});
