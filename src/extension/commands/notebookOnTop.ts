import * as vscode from "vscode";
import { isScriptName } from "../../notebooks/scriptName.js";

/** A file on this machine's disk with what the editor shows. */
export interface SavedFile {
  readonly file: string;
  readonly form: "notebook" | "script";
}

/**
 * The notebook, or the script, that is on top, saved.
 * @returns undefined where the user does not save it
 * @throws Error where neither is on top, or it is not on this machine's disk
 */
export async function savedOnTop(action: string): Promise<SavedFile | undefined> {
  const notebook = vscode.window.activeNotebookEditor?.notebook;
  const document = notebook ?? activeScript();
  if (document === undefined) {
    throw new Error(`${action}: open a notebook, or a .ts file whose cells begin at // %% marks, and run the command again.`);
  }
  const uri = await saved(document);
  if (uri !== undefined && uri.scheme !== "file") {
    throw new Error(`${action}: ${uri.toString()} is not on this machine's disk; save it there first.`);
  }
  return uri && { file: uri.fsPath, form: notebook === undefined ? "script" : "notebook" };
}

function activeScript(): vscode.TextDocument | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document !== undefined && isScriptName(document.uri.path) ? document : undefined;
}

/** Where the document is once its changes are saved; one that has no file yet gets the one that the user names. */
async function saved({ uri, isDirty, isUntitled }: vscode.NotebookDocument | vscode.TextDocument): Promise<vscode.Uri | undefined> {
  return isDirty || isUntitled ? vscode.workspace.save(uri) : uri;
}
