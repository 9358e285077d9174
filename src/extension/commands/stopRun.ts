import * as vscode from "vscode";
import { requestStop } from "../../runs/stopRequest.js";
import type { Services } from "../services.js";
import { notificationText } from "../notificationText.js";

/** A training that has not stopped after this long is in a very slow step, or does not listen. */
const patienceMilliseconds = 20_000;
const lookMilliseconds = 250;

/**
 * Stops the training of a run; its checkpoint stays. One of this window is interrupted as its cell's stop button does, so that
 * all variables stay; of any other, in another window or a terminal, it is asked by way of the run's directory.
 */
export async function stopRun({ runs, kernel }: Pick<Services, "runs" | "kernel">, dir: string): Promise<void> {
  await runs.refresh(dir);
  const run = runs.get(dir);
  if (run?.summary.state !== "running") {
    return;
  }
  const session = kernel.allSessions().find(({ pid }) => pid !== undefined && pid === run.owner);
  if (session) {
    session.interrupt();
    return;
  }
  await requestStop(dir);
  const options = { location: vscode.ProgressLocation.Window, title: notificationText(`Stopping ${run.summary.name} after this step`) };
  if (!(await vscode.window.withProgress(options, () => hasStopped(runs, dir)))) {
    const message = `${run.summary.name} is trained by process ${run.owner}, which has not stopped yet. It stops when its present step has ended.`;
    await vscode.window.showWarningMessage(notificationText(message));
  }
}

async function hasStopped(runs: Services["runs"], dir: string): Promise<boolean> {
  for (const until = performance.now() + patienceMilliseconds; performance.now() < until; ) {
    await new Promise((resolve) => setTimeout(resolve, lookMilliseconds));
    await runs.refresh(dir);
    if (runs.get(dir)?.summary.state !== "running") {
      return true;
    }
  }
  return false;
}
