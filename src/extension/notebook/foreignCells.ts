import path from "node:path";
import * as vscode from "vscode";
import { notebookType } from "../ids.js";

/** Raw cells of a notebook file, which no kernel runs, are code cells of the language "raw" in the editor. */
const notForeign: readonly string[] = ["typescript", "javascript", "raw"];

/** Code cells that this kernel cannot run, as the editor leaves them out without a word. */
function foreignCells(notebook: vscode.NotebookDocument): vscode.NotebookCell[] {
  return notebook.getCells().filter(({ kind, document }) => kind === vscode.NotebookCellKind.Code && !notForeign.includes(document.languageId));
}

/**
 * Tells that cells of a notebook for which our kernel was chosen are in another language, and offers what can be done: their
 * language can be set, which is all that an empty cell needs; code is not translated.
 */
export async function offerLanguage(notebook: vscode.NotebookDocument): Promise<void> {
  const cells = notebook.notebookType === notebookType ? foreignCells(notebook) : [];
  if (cells.length === 0) {
    return;
  }
  const setLanguage = "Set Cells to TypeScript";
  const selectKernel = "Select Another Kernel";
  const answer = await vscode.window.showWarningMessage(question(notebook, cells), setLanguage, selectKernel);
  if (answer === setLanguage) {
    await Promise.all(foreignCells(notebook).map(({ document }) => vscode.languages.setTextDocumentLanguage(document, "typescript")));
  } else if (answer === selectKernel) {
    await vscode.commands.executeCommand("notebook.selectKernel");
  }
}

function question(notebook: vscode.NotebookDocument, cells: readonly vscode.NotebookCell[]): string {
  const languages = [...new Set(cells.map(({ document }) => languageName(document.languageId)))].join(" and ");
  const count = cells.length === 1 ? "1 cell" : `${cells.length} cells`;
  const verb = cells.length === 1 ? "is" : "are";
  const name = path.posix.basename(notebook.uri.path);
  const isEmpty = cells.every(({ document }) => document.getText().trim() === "");
  const remark = isEmpty ? "" : " Setting the language does not translate the code.";
  return `${count} of ${name} ${verb} in ${languages}; Tritloom runs TypeScript and JavaScript and leaves out the rest.${remark}`;
}

function languageName(id: string): string {
  return id.charAt(0).toUpperCase() + id.slice(1);
}
