import * as vscode from "vscode";
import { nameOf } from "../../../kernel/keeper/connection.js";
import type { ListedKernel } from "../../../kernel/keeper/listKernels.js";

/** Shows the notebook of a kernel. @throws Error for one that was never saved and is not open here */
export async function openKernelNotebook({ record }: ListedKernel): Promise<void> {
  const { path, uri } = record.notebook;
  const open = vscode.workspace.notebookDocuments.find((notebook) => notebook.uri.toString() === uri);
  if (path === null && open === undefined) {
    throw new Error(`${nameOf(record)} was never saved, and is open in another window only.`);
  }
  await vscode.window.showNotebookDocument(open ?? (await vscode.workspace.openNotebookDocument(vscode.Uri.file(path!))));
}
