import * as vscode from "vscode";
import type { ChipOfRun } from "../chipOfRun.js";
import { DisposableOwner } from "../disposable.js";
import { scheduleRendererId } from "../ids.js";

/** Listens to the buttons in outputs of cells. */
export class OpenChipMessages extends DisposableOwner {
  /** @param onFault told of a message that fits no schema */
  constructor(
    private readonly onOpen: (chip: ChipOfRun) => void,
    private readonly onFault: (error: unknown) => void,
  ) {
    super();
    const messaging = vscode.notebooks.createRendererMessaging(scheduleRendererId);
    this.track(messaging.onDidReceiveMessage(({ message }) => void this.receive(message)));
  }

  /** The contract is loaded with the first message. */
  private async receive(data: unknown): Promise<void> {
    const { openChipSchema } = await import("../../../webview/contract.js");
    const message = openChipSchema.safeParse(data);
    if (message.success) {
      this.onOpen(message.data);
    } else {
      this.onFault(new Error(`The output of a cell sent a message that is not valid: ${message.error.message}`));
    }
  }
}
