import type * as vscode from "vscode";
import { beforeEach, expect, test, vi } from "vitest";
import { offerLanguage } from "../../src/extension/notebook/foreignCells.js";
import { answers, executed, resetFake, shown } from "./fakeVscode.js";

vi.mock("vscode", async () => (await import("./fakeVscode.js")).fake);

beforeEach(resetFake);

function notebook(...cells: readonly (readonly [languageId: string, text: string])[]) {
  const documents = cells.map(([languageId, text]) => ({ languageId, getText: () => text }));
  const markdown = { kind: 1, document: { languageId: "markdown", getText: () => "# title" } };
  const all = [markdown, ...documents.map((document) => ({ kind: 2, document }))];
  const opened = { notebookType: "jupyter-notebook", uri: { path: "/project/a.ipynb" }, getCells: () => all };
  return { opened: opened as unknown as vscode.NotebookDocument, languages: () => documents.map(({ languageId }) => languageId) };
}

test("a notebook in our languages is not asked about", async () => {
  await offerLanguage(notebook(["typescript", "1"], ["javascript", "2"], ["raw", "text"]).opened);
  expect(shown).toEqual([]);
});

test("cells in Python are named, and set to TypeScript when the user wants that", async () => {
  answers.warning = async () => "Set Cells to TypeScript";
  const python = notebook(["python", "import numpy as np"], ["typescript", "1"], ["python", ""]);
  await offerLanguage(python.opened);
  expect(shown.map(({ text }) => text)).toEqual([
    "2 cells of a.ipynb are in Python; Tritloom runs TypeScript and JavaScript and leaves out the rest. Setting the language does not translate the code.",
  ]);
  expect(python.languages()).toEqual(["typescript", "typescript", "typescript"]);
});

test("the empty cell of a new notebook needs no remark, and another kernel can be chosen", async () => {
  answers.warning = async () => "Select Another Kernel";
  const fresh = notebook(["python", " "]);
  await offerLanguage(fresh.opened);
  expect(shown[0]?.text).toBe("1 cell of a.ipynb is in Python; Tritloom runs TypeScript and JavaScript and leaves out the rest.");
  expect(fresh.languages()).toEqual(["python"]);
  expect(executed).toEqual(["notebook.selectKernel"]);
});

test("a dismissed question changes nothing", async () => {
  const python = notebook(["python", "x"]);
  await offerLanguage(python.opened);
  expect(python.languages()).toEqual(["python"]);
  expect(executed).toEqual([]);
});
