import path from "node:path";
import * as vscode from "vscode";
import type { Exit } from "../../../kernel/keeper/contract.js";
import type { Disposable } from "../disposable.js";
import type { NotebookSession } from "./notebookSession.js";
import type { LostExecution } from "./sessionEvents.js";
import { notificationText } from "../notificationText.js";
import type { KernelRefusedError } from "../../../kernel/keeper/connection.js";

/** A stopped cell that has not ended after this long is not going to end by itself. */
const patienceMilliseconds = 5_000;

/** What the kernel asks and tells outside the notebook; one notification at a time. */
export class KernelDialogs implements Disposable {
  private patience: NodeJS.Timeout | undefined;
  private asking = false;

  /** @returns whether the user wants a fresh kernel */
  async died(notebook: vscode.NotebookDocument, exit: Exit | undefined): Promise<boolean> {
    const name = nameOf(notebook);
    const how = exit === undefined ? "the process that keeps it was ended" : exit.signal ? `signal ${exit.signal}` : `exit code ${exit.code}`;
    const restart = "Restart Kernel";
    const message = `The kernel of ${name} died (${how}); its variables are lost.`;
    return (await vscode.window.showErrorMessage(notificationText(message), restart)) === restart;
  }

  /** @returns whether the user wants to have the kernel here, or the old one ended */
  async refused(error: unknown): Promise<boolean> {
    // Not by its class: this is loaded when the window opens, the class when a kernel is first looked for.
    const { reason, message } = error as Partial<KernelRefusedError>;
    if (reason === undefined || message === undefined) {
      return false;
    }
    const remedy = reason === "attached" ? "Take Over" : "End the Old Kernel (variables are lost)";
    return (await vscode.window.showWarningMessage(notificationText(message), remedy)) === remedy;
  }

  /** @returns whether the user wants it back */
  async taken(notebook: vscode.NotebookDocument, by: string): Promise<boolean> {
    const back = "Take Back";
    const message = `The kernel of ${nameOf(notebook)} has moved to ${by}; cells of this window are no longer run by it.`;
    return (await vscode.window.showInformationMessage(notificationText(message), back)) === back;
  }

  /** Tells of outputs whose cell is gone, which can be read in a text of their own. */
  async lost(notebook: vscode.NotebookDocument, { request, messages }: LostExecution): Promise<void> {
    const show = "Show Its Output";
    const message = `Cell ${request.cell} of ${nameOf(notebook)} ran while no window was attached, and is no longer in the notebook.`;
    if ((await vscode.window.showWarningMessage(notificationText(message), show)) === show) {
      const { textOfOutputs } = await import("./outputsAsText.js");
      const document = await vscode.workspace.openTextDocument({ content: textOfOutputs(request.code, messages) });
      await vscode.window.showTextDocument(document);
    }
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

function nameOf(notebook: vscode.NotebookDocument): string {
  return path.posix.basename(notebook.uri.path);
}
