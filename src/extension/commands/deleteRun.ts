import * as vscode from "vscode";
import { deleteRun as deleteRunDirectory } from "../../runs/readRun.js";
import type { ListedRun } from "../runs/runList.js";
import type { Services } from "../services.js";

/** Deletes a run directory after a modal question; never one that is being trained. */
export async function deleteRun({ runs }: Services, run: ListedRun): Promise<void> {
  await runs.refresh(run.dir);
  if (runs.get(run.dir)?.summary.state === "running") {
    throw new Error(`${run.summary.name} is being trained; stop it before you delete it.`);
  }
  const detail = `${run.dir}\nThe checkpoint, the model and ROM files in it go too. This cannot be undone.`;
  const answer = await vscode.window.showWarningMessage(`Delete the run ${run.summary.name}?`, { modal: true, detail }, "Delete");
  if (answer === "Delete") {
    await deleteRunDirectory(run.dir);
    await runs.refresh(run.dir);
  }
}
