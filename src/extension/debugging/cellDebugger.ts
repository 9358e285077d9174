import type * as vscode from "vscode";
import type { FromKernel } from "../../../kernel/contract.js";
import type { Kernel } from "../notebook/kernel.js";
import type { AttachDebugger, Attachment } from "./attachDebugger.js";

/** The debugger of the cell that runs, where it has one. */
export class CellDebugger {
  private attachment: Attachment | undefined;

  constructor(private readonly attachDebugger: AttachDebugger) {}

  /** Brings a debugger to the kernel, which waits for it. */
  async attach(kernel: Pick<Kernel, "tellDebugger">, cell: vscode.NotebookCell, { id, url }: Extract<FromKernel, { type: "inspector" }>): Promise<void> {
    try {
      const attachment = await this.attachDebugger(cell, url);
      this.attachment = attachment;
      attachment.onEnd(() => {
        this.attachment = undefined;
        kernel.tellDebugger({ id, state: "detached" });
      });
      kernel.tellDebugger({ id, state: "attached" });
    } catch (error) {
      kernel.tellDebugger({ id, state: "detached", reason: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Lets a paused cell go on, which could not obey otherwise, and detaches. */
  stop(): void {
    this.attachment?.stop();
  }
}
