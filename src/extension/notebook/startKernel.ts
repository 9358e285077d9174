import os from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import { KernelClient } from "../../../kernel/client.js";
import { nodeProgram } from "../nodeProgram.js";
import type { ProductPaths } from "../productPaths.js";
import { askUser } from "./askUser.js";

/** The notebook's own folder, or for one that was never saved the workspace's first. */
function workingFolder(notebook: vscode.NotebookDocument): string {
  if (notebook.uri.scheme === "file") {
    return path.dirname(notebook.uri.fsPath);
  }
  return vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? os.homedir();
}

/** Starts a kernel process for a notebook, with the Node of the setting `tritloom.nodePath` or VS Code's own. */
export function startKernel(notebook: vscode.NotebookDocument, paths: ProductPaths): Promise<KernelClient> {
  const { program: nodePath, env } = nodeProgram(paths);
  const notebookPath = notebook.uri.scheme === "file" ? notebook.uri.fsPath : undefined;
  const options = { cwd: workingFolder(notebook), kernelPath: paths.kernel, env };
  return KernelClient.start({ ...options, nodePath, notebookPath, askUser, hostGone: "window-closed" });
}
