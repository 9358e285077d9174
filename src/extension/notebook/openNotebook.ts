import * as vscode from "vscode";
import { notebookType } from "../ids.js";
import { type CellText, notebookMetadata } from "./notebookTemplate.js";

function cellData({ kind, text, tags }: CellText): vscode.NotebookCellData {
  const data =
    kind === "code"
      ? new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, "typescript")
      : new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, text, "markdown");
  data.metadata = tags && { metadata: { tags } };
  return data;
}

/** Opens an unsaved notebook for our kernel. */
export async function openNotebook(cells: readonly CellText[]): Promise<void> {
  const data = new vscode.NotebookData(cells.map(cellData));
  data.metadata = notebookMetadata;
  const notebook = await vscode.workspace.openNotebookDocument(notebookType, data);
  await vscode.window.showNotebookDocument(notebook);
}
