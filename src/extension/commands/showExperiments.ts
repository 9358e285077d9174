import * as vscode from "vscode";
import type { Services } from "../services.js";
import { searchedRuns } from "./searchedRuns.js";

/** Opens the table of experiments. */
export async function showExperiments({ runs, panels }: Services): Promise<void> {
  if ((await searchedRuns(runs)).length === 0) {
    await vscode.window.showInformationMessage("There is no run in this workspace yet: run a cell that trains first.");
    return;
  }
  panels.table.show();
}
