import * as vscode from "vscode";
import { endKernel } from "../../../kernel/keeper/connection.js";
import { lossInWords } from "../../../kernel/keeper/inWords.js";
import type { ListedKernel } from "../../../kernel/keeper/listKernels.js";
import { notificationText } from "../notificationText.js";
import type { Services } from "../services.js";
import { requireTrust } from "./requireTrust.js";

/** Ends a kernel, after a question when a cell runs in it. That of this window's notebook is not told as a death. */
export async function stopKernel({ kernel, kernels }: Pick<Services, "kernel" | "kernels">, listed: ListedKernel): Promise<void> {
  requireTrust("Stopping a kernel");
  const { record } = listed;
  const loss = lossInWords(listed);
  if (loss !== undefined) {
    const stop = "Stop Kernel";
    if ((await vscode.window.showWarningMessage(notificationText(loss), { modal: true }, stop)) !== stop) {
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
