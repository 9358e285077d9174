import { existsSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import { KernelClient } from "../../../kernel/client.js";
import type { ProductPaths } from "../productPaths.js";
import { askUser } from "./askUser.js";

/** The notebook's own folder, or for one that was never saved the workspace's first. */
function workingFolder(notebook: vscode.NotebookDocument): string {
  if (notebook.uri.scheme === "file") {
    return path.dirname(notebook.uri.fsPath);
  }
  return vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? os.homedir();
}

function environment(paths: ProductPaths): Record<string, string> {
  const isInstalled = existsSync(paths.tensorFlow);
  return {
    // VS Code's own program is Electron, which is a plain Node only when told so.
    ELECTRON_RUN_AS_NODE: "1",
    ...(isInstalled ? { TRITLOOM_TENSORFLOW: paths.tensorFlow } : {}),
  };
}

/** Starts a kernel process for a notebook, with the Node of the setting `tritloom.nodePath` or VS Code's own. */
export function startKernel(notebook: vscode.NotebookDocument, paths: ProductPaths): Promise<KernelClient> {
  const nodePath = vscode.workspace.getConfiguration("tritloom").get<string>("nodePath") || undefined;
  const notebookPath = notebook.uri.scheme === "file" ? notebook.uri.fsPath : undefined;
  const options = { cwd: workingFolder(notebook), kernelPath: paths.kernel, env: environment(paths) };
  return KernelClient.start({ ...options, nodePath, notebookPath, askUser });
}
