import path from "node:path";
import * as vscode from "vscode";
import { notificationText } from "../notificationText.js";

export interface FileToSave {
  suggestedName: string;
  encoding: "utf8" | "base64";
  data: string;
}

/**
 * Saves what a view made (a picture, a table) where the user says, whole or not at all; the dialog asks before it replaces
 * a file. One message tells that the file is there, or why it is not.
 */
export async function saveFile({ suggestedName, encoding, data }: FileToSave): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = path.basename(suggestedName);
  const defaultUri = folder ? vscode.Uri.joinPath(folder, name) : undefined;
  const target = await vscode.window.showSaveDialog({ defaultUri, title: `Save ${name}` });
  if (target) {
    await write(target, Buffer.from(data, encoding)).then(
      () => void vscode.window.showInformationMessage(notificationText(`Saved ${target.fsPath}.`)),
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        void vscode.window.showErrorMessage(notificationText(`${target.fsPath} was not saved: ${reason}. Choose another place.`));
      },
    );
  }
}

/** Files that are not on this machine's disk can only be written as the editor does it. */
async function write(target: vscode.Uri, bytes: Uint8Array): Promise<void> {
  if (target.scheme === "file") {
    const { writeFileAtomically } = await import("../../files/atomicFile.js");
    await writeFileAtomically(target.fsPath, bytes);
  } else {
    await vscode.workspace.fs.writeFile(target, bytes);
  }
}
