import { randomUUID } from "node:crypto";
import type * as vscode from "vscode";
import type { CellRequest } from "../../../kernel/keeper/contract.js";
import { numberOfCell, pathOfCell } from "../debugging/cellPaths.js";
import { cellId } from "./findCell.js";
import { isSkipped, mayFail } from "./notebookMetadata.js";

/** What a kernel's keeper needs to run a cell as it is now. @param isDebugged whether it waits for a debugger when its turn comes */
export function requestFor(cell: vscode.NotebookCell, isDebugged: boolean): CellRequest {
  const id = cellId(cell);
  return {
    execution: randomUUID(),
    ...(id !== undefined && { cellId: id }),
    index: cell.index,
    of: cell.notebook.getCells().length,
    cell: numberOfCell(cell),
    code: cell.document.getText(),
    source: pathOfCell(cell),
    isDebugged,
    mayFail: mayFail(cell.metadata),
    isSkipped: isSkipped(cell.metadata),
  };
}
