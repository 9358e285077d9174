import * as vscode from "vscode";
import type { CellError } from "../../../kernel/contract.js";
import type { Kernel } from "../notebook/kernel.js";
import type { ExecutedCell } from "./executedCells.js";

/** What of a language server concerns a kernel. */
export interface KernelListener {
  /** Why a cell is not to run; undefined: it may. */
  refusal(cell: vscode.NotebookCell): Promise<CellError | undefined>;
  cellRan(notebook: vscode.NotebookDocument, executed: ExecutedCell): void;
  /** What earlier cells declared is gone, with the process that knew it. */
  variablesLost(notebook: vscode.NotebookDocument): void;
}

/** A process takes a moment to end, and the next kernel may have run cells by then. */
const latest = new WeakMap<vscode.NotebookDocument, Kernel>();

/** The kernel that has just started for a notebook, which from now on asks before it runs a cell and tells what it has run. */
export function typedKernel<K extends Kernel>(kernel: K, notebook: vscode.NotebookDocument, listener: KernelListener): K {
  const execute = kernel.execute.bind(kernel);
  latest.set(notebook, kernel);
  listener.variablesLost(notebook);
  kernel.onExit(() => latest.get(notebook) === kernel && listener.variablesLost(notebook));
  return Object.assign(kernel, {
    execute: async (...[code, place, onMessage]: Parameters<Kernel["execute"]>) => {
      const cell = codeCell(notebook, place.cell);
      const error = await listener.refusal(cell);
      if (error !== undefined) {
        onMessage({ type: "error", id: cell.document.uri.toString(), error });
        return "error" as const;
      }
      const status = await execute(code, place, onMessage);
      if (status !== "died") {
        // A cell that failed or was stopped has declared what stands before that.
        listener.cellRan(notebook, { cell: cell.document.uri, text: code });
      }
      return status;
    },
  });
}

/** @param number 1-based place among the code cells */
function codeCell(notebook: vscode.NotebookDocument, number: number): vscode.NotebookCell {
  return notebook.getCells().filter(({ kind }) => kind === vscode.NotebookCellKind.Code)[number - 1]!;
}
