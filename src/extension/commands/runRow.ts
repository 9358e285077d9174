import * as vscode from "vscode";
import type { ListedRun } from "../runs/runList.js";
import type { Services } from "../services.js";

/** Opens the pipeline with the chip of one run. */
export function openRunPipeline({ pipeline, panels }: Services, run: ListedRun): void {
  pipeline.choose(run.dir);
  panels.pipeline.show();
}

/** Shows the run's directory among the files of the workspace. */
export async function revealRun(_: Services, run: ListedRun): Promise<void> {
  await vscode.commands.executeCommand("revealInExplorer", vscode.Uri.file(run.dir));
}

/** Puts the run's directory on the clipboard, for a cell or a command line. */
export async function copyRunPath(_: Services, run: ListedRun): Promise<void> {
  await vscode.env.clipboard.writeText(run.dir);
}
