import * as vscode from "vscode";
import { parametersTag } from "../../notebooks/parameters.js";
import { withTag } from "../notebook/notebookMetadata.js";

/** Gives the cell that is selected the tag `parameters`, and takes it from any other: the first cell that has it counts. */
export async function tagParameters(): Promise<void> {
  const editor = vscode.window.activeNotebookEditor;
  const selected = editor?.notebook.cellAt(editor.selection.start);
  if (editor === undefined || selected?.kind !== vscode.NotebookCellKind.Code) {
    throw new Error("Tag Cell as Parameters: select the code cell that declares the parameters, and run the command again.");
  }
  const edit = new vscode.WorkspaceEdit();
  const changes = editor.notebook.getCells().flatMap((cell) => {
    const metadata = withTag(cell.metadata, parametersTag, cell === selected);
    return metadata === undefined ? [] : [vscode.NotebookEdit.updateCellMetadata(cell.index, metadata)];
  });
  edit.set(editor.notebook.uri, changes);
  await vscode.workspace.applyEdit(edit);
}
