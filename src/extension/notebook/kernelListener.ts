import type * as vscode from "vscode";
import type { CellError } from "../../../kernel/contract.js";

/** A text as the kernel ran it, and the cell that it came from. */
export interface ExecutedCell {
  readonly cell: vscode.Uri;
  readonly text: string;
}

/** What of a kernel concerns the language server, and of the language server the kernel. */
export interface KernelListener {
  /** Whether `refusal` is worth waiting for. */
  mayRefuse(): boolean;
  /** Why a cell is not to run; undefined: it may. */
  refusal(cell: vscode.NotebookCell): Promise<CellError | undefined>;
  cellRan(notebook: vscode.NotebookDocument, executed: ExecutedCell): void;
  /** What earlier cells declared is gone, with the process that knew it. */
  variablesLost(notebook: vscode.NotebookDocument): void;
}
