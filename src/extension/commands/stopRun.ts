import * as vscode from "vscode";
import type { Services } from "../services.js";
import { notificationText } from "../notificationText.js";

/** Interrupts the kernel that trains a run; its checkpoint and all variables stay. */
export async function stopRun({ runs, kernel }: Pick<Services, "runs" | "kernel">, dir: string): Promise<void> {
  await runs.refresh(dir);
  const run = runs.get(dir);
  if (run?.snapshot.state !== "running") {
    return;
  }
  const session = kernel.allSessions().find(({ pid }) => pid !== undefined && pid === run.owner);
  if (session) {
    session.interrupt();
    return;
  }
  const message = `${run.snapshot.name} is trained by process ${run.owner}, which is no kernel of this window. Stop it where it was started.`;
  await vscode.window.showWarningMessage(notificationText(message));
}
