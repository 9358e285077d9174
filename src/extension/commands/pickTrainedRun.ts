import * as vscode from "vscode";
import type { ListedRun } from "../runs/runList.js";
import { runDescription, startText } from "../runs/runText.js";
import type { Services } from "../services.js";
import { searchedRuns } from "./searchedRuns.js";

/**
 * Asks for one of the workspace's runs that an accelerator can be made of; undefined when the user gives up or there is none.
 * @param command as the user knows it, for the title
 */
export async function pickTrainedRun({ runs }: Pick<Services, "runs">, command: string): Promise<ListedRun | undefined> {
  const trained = (await searchedRuns(runs)).filter(({ isExportable }) => isExportable);
  if (trained.length === 0) {
    await vscode.window.showInformationMessage("There is no trained run in this workspace yet: run a cell that trains first.");
    return undefined;
  }
  const items = trained.map((run) => ({
    label: run.summary.name,
    description: runDescription(run.summary, startText(run.startedAt, Date.now() / 1000)),
    detail: run.dir,
    run,
  }));
  return (await vscode.window.showQuickPick(items, { title: `${command}: run` }))?.run;
}
