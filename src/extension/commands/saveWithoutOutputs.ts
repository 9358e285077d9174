import * as vscode from "vscode";

/**
 * Clears the outputs of the notebook on top and saves it. The file is written by VS Code's own serializer, which keeps what the editor
 * shows: so the outputs go from the editor too.
 */
export async function saveWithoutOutputs(): Promise<void> {
  const notebook = vscode.window.activeNotebookEditor?.notebook;
  if (notebook === undefined) {
    throw new Error("Clear Outputs and Save: open a notebook and run the command again.");
  }
  await vscode.commands.executeCommand("notebook.clearAllCellsOutputs");
  await vscode.workspace.save(notebook.uri);
}
