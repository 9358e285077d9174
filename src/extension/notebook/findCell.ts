import * as vscode from "vscode";
import type { CellRequest } from "../../../kernel/keeper/contract.js";

/** The id that the notebook file gives a cell; files before nbformat 4.5 give none. */
export function cellId({ metadata }: vscode.NotebookCell): string | undefined {
  const { id } = metadata as { id?: unknown };
  return typeof id === "string" ? id : undefined;
}

/** The address of the cell that ran a text; of one that is gone an address that no cell has. */
export function uriOfCell(notebook: vscode.NotebookDocument, request: CellRequest): vscode.Uri {
  return findCell(notebook, request, () => true)?.document.uri ?? notebook.uri.with({ fragment: request.execution });
}

/**
 * The cell of a notebook that an execution of an earlier window belongs to: cells may have been edited, moved or deleted
 * since. By its id; without ids by its text, the nearest of several, or by its place when no cell came or went.
 * @param isFree whether no other execution belongs to a cell
 */
export function findCell(notebook: vscode.NotebookDocument, request: CellRequest, isFree: (cell: vscode.NotebookCell) => boolean): vscode.NotebookCell | undefined {
  const all = notebook.getCells();
  const cells = all.filter((cell) => cell.kind === vscode.NotebookCellKind.Code && isFree(cell));
  const identified = request.cellId === undefined ? undefined : cells.find((cell) => cellId(cell) === request.cellId);
  if (identified) {
    return identified;
  }
  const distance = ({ index }: vscode.NotebookCell): number => Math.abs(index - request.index);
  const [nearest] = cells.filter(({ document }) => document.getText() === request.code).sort((one, other) => distance(one) - distance(other));
  const inPlace = cells.find((cell) => cell.index === request.index && cellId(cell) === undefined);
  return nearest ?? (all.length === request.of ? inPlace : undefined);
}
