import { createHash } from "node:crypto";
import os from "node:os";
import path from "node:path";
import * as vscode from "vscode";

/** A cell as a debugger is to show it. */
export interface ShownCell {
  readonly uri: string;
  readonly name: string;
}

const fileName = "cell as it ran.ts";

/**
 * The path by which debuggers know a cell with its present text, below the path of the notebook, where no file can be. It holds a
 * digest of cell and text, so that it tells by itself whether a script is still what the editor shows: breakpoints of a cell that
 * was edited since it ran, or frames of it, would be on the wrong lines.
 */
export function pathOfCell({ notebook, document }: vscode.NotebookCell): string {
  const { uri } = notebook;
  const file = uri.scheme === "file" ? uri.fsPath : path.join(os.homedir(), path.posix.basename(uri.path));
  return path.join(file, digest(document), fileName);
}

/** The path of the cell with this address; undefined when no notebook that is open has it. */
export function pathOfUri(uri: string): string | undefined {
  const cell = allCells().find(({ document }) => document.uri.toString() === uri);
  return cell && pathOfCell(cell);
}

/** The cell that has such a path now; undefined for files, and for a cell whose text has changed. */
export function cellAtPath(shown: string): ShownCell | undefined {
  if (path.basename(shown) !== fileName) {
    return undefined;
  }
  const wanted = path.basename(path.dirname(shown));
  const cell = allCells().find(({ document }) => digest(document) === wanted);
  return cell && { uri: cell.document.uri.toString(), name: `cell ${numberOfCell(cell)}` };
}

/** 1-based place among the code cells of the notebook, as error messages count. */
export function numberOfCell(cell: vscode.NotebookCell): number {
  const before = cell.notebook.getCells().slice(0, cell.index + 1);
  return before.filter((other) => other.kind === cell.kind).length;
}

function allCells(): vscode.NotebookCell[] {
  return vscode.workspace.notebookDocuments.flatMap((notebook) => notebook.getCells());
}

function digest(document: vscode.TextDocument): string {
  return createHash("sha256").update(`${document.uri.toString()}\0${document.getText()}`).digest("hex").slice(0, 16);
}
