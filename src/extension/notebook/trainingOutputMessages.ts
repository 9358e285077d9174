import * as vscode from "vscode";
import type { RunEvidence } from "../../../webview/contract.js";
import { noCurves } from "../../runs/curvesIncrement.js";
import { cellPoints, curvesOf } from "../../runs/runCurves.js";
import type { RunSnapshot } from "../../runs/runViews.js";
import { DisposableOwner } from "../disposable.js";
import { trainingRendererId } from "../ids.js";
import type { RunList } from "../runs/runList.js";

/** Answers outputs of trainings, which may be of another day, that ask what became of their runs. */
export class TrainingOutputMessages extends DisposableOwner {
  /** Runs of outputs that asked and still train. */
  private readonly training = new Set<string>();
  private readonly messaging = vscode.notebooks.createRendererMessaging(trainingRendererId);

  /** @param onFault told of a message that fits no schema */
  constructor(
    private readonly runs: Pick<RunList, "get" | "refresh" | "wantCurves">,
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
    const answer: RunEvidence = { type: "run-evidence", dir, run: await this.snapshot(dir) };
    await this.messaging.postMessage(answer, editor);
  }

  /** A run's snapshot. The curves of a run that trains are kept, as the output asks again. */
  private async snapshot(dir: string): Promise<RunSnapshot | null> {
    if (this.runs.get(dir) === undefined) {
      return null;
    }
    this.runs.wantCurves(this, [...this.training.add(dir)]);
    await this.runs.refresh(dir);
    const run = this.runs.get(dir);
    if (run?.summary.state !== "running") {
      this.training.delete(dir);
      this.runs.wantCurves(this, [...this.training]);
    }
    return run ? { ...run.summary, ...(run.course ? curvesOf(run.course, cellPoints) : noCurves) } : null;
  }
}
