import * as vscode from "vscode";
import type { ListedRun, RunList } from "../runs/runList.js";

/** All runs of the workspace; while they are being looked for, says so and waits. */
export async function searchedRuns(runs: RunList): Promise<readonly ListedRun[]> {
  if (!runs.isSearched) {
    const progress = { location: vscode.ProgressLocation.Notification, title: "Tritloom: looking for runs…" };
    await vscode.window.withProgress(progress, () => runs.whenSearched());
  }
  return runs.all();
}
