import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ServedNotebooks } from "../../../src/extension/languageServer/servedNotebooks.js";
import { NotebookTabs } from "../../../src/extension/notebook/notebookTabs.js";
import { fake, folderUri, happenings, openNotebooks, resetFake, tabGroups, undisposed } from "../fakeVscode.js";
import { namedNotebook } from "./namedNotebook.js";

vi.mock("vscode", async () => (await import("../fakeVscode.js")).fake);

let served: ServedNotebooks;
let tabs: NotebookTabs;
let changes: number;
beforeEach(() => {
  resetFake();
  tabs = new NotebookTabs();
  served = new ServedNotebooks(tabs);
  changes = 0;
  served.onChange(() => (changes += 1));
});
afterEach(() => {
  served.dispose();
  tabs.dispose();
  expect([...undisposed.values()]).toEqual([]);
});

const ours = { name: "tritloom", language: "typescript" };

test.each([
  ["our kernel", { kernelspec: ours }, true],
  ["our kernel under another language, as other programs may write it", { kernelspec: { name: "tritloom" } }, true],
  ["no kernel, and our language", { language_info: { name: "typescript" } }, true],
  ["another kernel of our language", { kernelspec: { name: "deno", language: "typescript" } }, false],
  ["Python", { kernelspec: { name: "python3", language: "python" }, language_info: { name: "python" } }, false],
  ["nothing", {}, false],
])("a file that names %s, before the editor tells of a kernel", (_, metadata, isServed) => {
  const notebook = namedNotebook("/work/a.ipynb", metadata);
  openNotebooks.push(notebook);
  expect(served.all()).toEqual(isServed ? [notebook] : []);
});

test("what the user chooses counts, whatever the file names", () => {
  const python = namedNotebook("/work/python.ipynb", { kernelspec: { name: "python3" } });
  const typescript = namedNotebook("/work/typescript.ipynb", { kernelspec: ours });
  openNotebooks.push(python, typescript);
  served.choose(python, true);
  served.choose(typescript, false);
  expect(served.all()).toEqual([python]);
  expect(changes).toBe(2);
  served.choose(python, true);
  expect(changes).toBe(2);
});

test.each([
  ["of another type", { notebookType: "interactive" }],
  ["of a comparison", { scheme: "git" }],
  ["that is closed", { isClosed: true }],
])("a notebook %s is not served, though our kernel was chosen", (_, differs) => {
  const notebook = namedNotebook("/work/a.ipynb", { kernelspec: ours }, differs);
  openNotebooks.push(notebook);
  served.choose(notebook, true);
  expect(served.all()).toEqual([]);
});

test("a cell is known by its notebook's path, and no other document is a cell", () => {
  openNotebooks.push(namedNotebook("/work/a.ipynb", { kernelspec: ours }));
  const uri = (scheme: string, path: string) => ({ scheme, path }) as never;
  expect(served.hasCell(uri("vscode-notebook-cell", "/work/a.ipynb"))).toBe(true);
  expect(served.hasCell(uri("vscode-notebook-cell", "/work/b.ipynb"))).toBe(false);
  expect(served.hasCell(uri("file", "/work/a.ipynb"))).toBe(false);
});

test("it tells of notebooks that come and go and of another kernel in the file, not of every keystroke", () => {
  happenings.openNotebook.fire({});
  happenings.closeNotebook.fire({});
  happenings.changeNotebook.fire({ metadata: {} });
  expect(changes).toBe(3);
  happenings.changeNotebook.fire({ contentChanges: [] });
  expect(changes).toBe(3);
});

test("a notebook without a tab is served and not shown: VS Code keeps its document for a while", () => {
  const notebook = { ...namedNotebook("/work/a.ipynb", { kernelspec: ours }), uri: Object.assign(folderUri("/work/a.ipynb"), { scheme: "file" }), isDirty: false, getCells: () => [] } as never;
  openNotebooks.push(notebook);
  const tab = { input: new fake.TabInputNotebook(folderUri("/work/a.ipynb"), "jupyter-notebook") };
  tabGroups.push({ tabs: [tab] });
  expect(served.isShown(notebook)).toBe(true);
  tabGroups.length = 0;
  happenings.changeTabs.fire({ closed: [tab], opened: [] });
  expect([served.has(notebook), served.isShown(notebook), changes]).toEqual([true, false, 1]);
  tabGroups.push({ tabs: [tab] });
  happenings.changeTabs.fire({ closed: [], opened: [tab] });
  expect([served.isShown(notebook), changes]).toEqual([true, 2]);
});
