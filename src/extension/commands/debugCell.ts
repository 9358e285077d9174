import * as vscode from "vscode";
import { requireDebugger } from "../debugging/attachDebugger.js";
import type { Services } from "../services.js";
import { requireTrust } from "./requireTrust.js";

/**
 * Runs a cell with VS Code's JavaScript debugger.
 * @param target the cell in whose menu the command was chosen; without it the selected one
 * @throws Error that says what is missing
 */
export async function debugCell({ kernel }: Services, target: unknown): Promise<void> {
  requireTrust("Debugging a cell");
  requireDebugger();
  const cell = isCell(target) ? target : selectedCell();
  if (cell?.kind !== vscode.NotebookCellKind.Code) {
    throw new Error("No code cell is selected: click into the cell that is to be debugged, and try again.");
  }
  await kernel.debug(cell);
}

function isCell(target: unknown): target is vscode.NotebookCell {
  return typeof target === "object" && target !== null && "notebook" in target && "document" in target;
}

function selectedCell(): vscode.NotebookCell | undefined {
  const editor = vscode.window.activeNotebookEditor;
  return editor && editor.notebook.getCells(editor.selection)[0];
}
