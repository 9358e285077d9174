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
  const script = vscode.window.activeTextEditor?.document;
  const document = notebook ?? (script !== undefined && isScriptName(script.uri.path) ? script : undefined);
  if (document === undefined) {
    throw new Error(`${action}: open a notebook, or a .ts file whose cells begin at // %% marks, and run the command again.`);
  }
  const uri = document.isDirty || document.isUntitled ? await vscode.workspace.save(document.uri) : document.uri;
  if (uri !== undefined && uri.scheme !== "file") {
    throw new Error(`${action}: ${uri.toString()} is not on this machine's disk; save it there first.`);
  }
  return uri && { file: uri.fsPath, form: notebook === undefined ? "script" : "notebook" };
}
