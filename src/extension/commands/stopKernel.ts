import * as vscode from "vscode";
import { endKernel, nameOf } from "../../../kernel/keeper/connection.js";
import type { ListedKernel } from "../../../kernel/keeper/listKernels.js";
import { notificationText } from "../notificationText.js";
import type { Services } from "../services.js";
import { requireTrust } from "./requireTrust.js";

/** Ends a kernel, after a question when a cell runs in it. That of this window's notebook is not told as a death. */
export async function stopKernel({ kernel, kernels }: Pick<Services, "kernel" | "kernels">, { record, outlook }: ListedKernel): Promise<void> {
  requireTrust("Stopping a kernel");
  const { running } = outlook ?? {};
  if (running) {
    const stop = "Stop Kernel";
    const question = `Cell ${running.cell} of ${nameOf(record)} is running. A training writes its checkpoint; variables are lost.`;
    if ((await vscode.window.showWarningMessage(notificationText(question), { modal: true }, stop)) !== stop) {
      return;
    }
  }
  const session = kernel.allSessions().find(({ pid }) => pid === record.kernel.pid);
  if (session) {
    session.stop();
  } else {
    await endKernel(record);
  }
  await kernels.look();
}
