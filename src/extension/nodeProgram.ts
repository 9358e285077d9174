import { existsSync } from "node:fs";
import * as vscode from "vscode";
import type { ProductPaths } from "./productPaths.js";

/** What runs kernels and trainings: the Node of the setting `tritloom.nodePath`, or VS Code's own. */
export function nodeProgram(paths: ProductPaths): { readonly program: string; readonly env: Record<string, string> } {
  const program = vscode.workspace.getConfiguration("tritloom").get<string>("nodePath") || process.execPath;
  const isInstalled = existsSync(paths.tensorFlow);
  const env = {
    // VS Code's own program is Electron, which is a plain Node only when told so.
    ELECTRON_RUN_AS_NODE: "1",
    ...(isInstalled ? { TRITLOOM_TENSORFLOW: paths.tensorFlow } : {}),
  };
  return { program, env };
}
