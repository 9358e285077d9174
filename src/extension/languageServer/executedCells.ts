import type * as vscode from "vscode";
import type { ExecutedCell } from "../notebook/kernelListener.js";

/**
 * What the present kernel of each notebook has run, in order. The kernel goes on knowing what it declared although the cells have
 * changed since, and a language server that has just started is told so.
 */
export class ExecutedCells {
  private readonly executed = new WeakMap<vscode.NotebookDocument, ExecutedCell[]>();

  of(notebook: vscode.NotebookDocument): readonly ExecutedCell[] {
    return this.executed.get(notebook) ?? [];
  }

  /** A text that a cell runs again counts from its last time only. */
  add(notebook: vscode.NotebookDocument, { cell, text }: ExecutedCell): void {
    const others = this.of(notebook).filter((earlier) => earlier.text !== text || earlier.cell.toString() !== cell.toString());
    this.executed.set(notebook, [...others, { cell, text }]);
  }

  forget(notebook: vscode.NotebookDocument): void {
    this.executed.delete(notebook);
  }
}
