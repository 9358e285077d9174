import path from "node:path";
import * as vscode from "vscode";
import type { KernelExit } from "../../../kernel/client.js";
import type { Disposable } from "../disposable.js";
import type { NotebookSession } from "./notebookSession.js";
import { notificationText } from "../notificationText.js";

/** A stopped cell that has not ended after this long is not going to end by itself. */
const patienceMilliseconds = 5_000;

/** What the kernel asks and tells outside the notebook; one notification at a time. */
export class KernelDialogs implements Disposable {
  private patience: NodeJS.Timeout | undefined;
  private asking = false;

  /** @returns whether the user wants a fresh kernel */
  async died(notebook: vscode.NotebookDocument, { code, signal }: KernelExit): Promise<boolean> {
    const name = path.posix.basename(notebook.uri.path);
    const how = signal ? `signal ${signal}` : `exit code ${code}`;
    const restart = "Restart Kernel";
    const message = `The kernel of ${name} died (${how}); its variables are lost.`;
    return (await vscode.window.showErrorMessage(notificationText(message), restart)) === restart;
  }

  notStarted(error: unknown): void {
    void vscode.window.showErrorMessage(notificationText(error instanceof Error ? error.message : String(error)));
  }

  /** Offers to end a kernel whose running cell does not answer to Stop. */
  watchInterrupt(session: NotebookSession): void {
    const stopped = session.runningCell;
    if (stopped !== undefined && !this.asking) {
      this.asking = true;
      this.patience = setTimeout(() => void this.offerKill(session, stopped), patienceMilliseconds);
    }
  }

  dispose(): void {
    clearTimeout(this.patience);
  }

  private async offerKill(session: NotebookSession, stopped: number): Promise<void> {
    const kill = "Kill Kernel (variables are lost)";
    if (session.runningCell === stopped) {
      const answer = await vscode.window.showWarningMessage("The running cell does not stop.", kill, "Keep Waiting");
      if (answer === kill && session.runningCell === stopped) {
        session.stop();
      }
    }
    this.asking = false;
  }
}
