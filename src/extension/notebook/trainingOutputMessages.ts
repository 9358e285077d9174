import * as vscode from "vscode";
import type { RunEvidence } from "../../../webview/contract.js";
import { DisposableOwner } from "../disposable.js";
import { trainingRendererId } from "../ids.js";
import type { RunList } from "../runs/runList.js";

/** Answers outputs of trainings, which may be of another day, that ask what became of their runs. */
export class TrainingOutputMessages extends DisposableOwner {
  private readonly messaging = vscode.notebooks.createRendererMessaging(trainingRendererId);

  /** @param onFault told of a message that fits no schema */
  constructor(
    private readonly runs: Pick<RunList, "get" | "refresh">,
    private readonly onFault: (error: unknown) => void,
  ) {
    super();
    this.track(this.messaging.onDidReceiveMessage(({ editor, message }) => void this.answer(editor, message)));
  }

  /** Only runs of the workspace are told of: an output that somebody else wrote may name any directory. */
  private async answer(editor: vscode.NotebookEditor, data: unknown): Promise<void> {
    const { askRunSchema } = await import("../../../webview/contract.js");
    const message = askRunSchema.safeParse(data);
    if (!message.success) {
      this.onFault(new Error(`The output of a cell sent a message that is not valid: ${message.error.message}`));
      return;
    }
    const { dir } = message.data;
    if (this.runs.get(dir) !== undefined) {
      await this.runs.refresh(dir);
    }
    const answer: RunEvidence = { type: "run-evidence", dir, run: this.runs.get(dir)?.snapshot ?? null };
    await this.messaging.postMessage(answer, editor);
  }
}
