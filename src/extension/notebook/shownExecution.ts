import type * as vscode from "vscode";
import type { ExecutionNews } from "../../../kernel/keeper/attachedKernel.js";
import type { CellRequest, Execution, ExecutionEnd } from "../../../kernel/keeper/contract.js";
import type { CellError, FromKernel } from "../../../kernel/contract.js";
import { CellOutputs, type Displays } from "./cellOutputs.js";
import { EndedCell } from "./endedCell.js";

type Start = NonNullable<Execution["start"]>;

/** An execution of the kernel in its cell: waiting, running, or ended with outputs that may still come. */
export class ShownExecution {
  private execution: vscode.NotebookCellExecution | undefined;
  private outputs: CellOutputs | undefined;
  private started: Start | undefined;
  private ending: Promise<void> | undefined;
  private isDropped = false;
  private markFinished: () => void = () => {};
  /** Resolves when the cell shows how it ended. */
  readonly finished = new Promise<void>((resolve) => {
    this.markFinished = resolve;
  });

  /** From here on the editor shows that the cell waits. */
  constructor(
    private readonly controller: vscode.NotebookController,
    readonly cell: vscode.NotebookCell,
    readonly request: CellRequest,
    private readonly displays: Displays,
  ) {
    this.execution = controller.createNotebookCellExecution(cell);
  }

  /** The [n] of this run; undefined while it waits. */
  get executionCount(): number | undefined {
    return this.started?.executionCount;
  }

  /** Execution number of a cell that runs. */
  get runningCount(): number | undefined {
    return this.isRunning ? this.executionCount : undefined;
  }

  get isRunning(): boolean {
    return this.started !== undefined && !this.isEnded;
  }

  get isEnded(): boolean {
    return this.ending !== undefined || this.execution === undefined;
  }

  /** Makes the cell show what the kernel's keeper knows. */
  take(news: Extract<ExecutionNews, { type: "execution" }>): void {
    if (this.isDropped) {
      return;
    }
    if (this.ending && this.execution) {
      void this.ending.then(() => this.take(news));
      return;
    }
    const { execution: { start, end }, isWhole, messages } = news;
    if (start) {
      this.show(start, isWhole);
      messages.forEach((message) => this.add(message));
    }
    if (end) {
      this.end(end);
    }
  }

  start(start: Start): void {
    this.show(start, true);
  }

  add(message: FromKernel): void {
    if (message.type === "stream" || message.type === "display" || message.type === "result" || message.type === "error") {
      this.outputs?.add(message);
    }
  }

  /** Shows what still waits and then the end; what timers print later joins the outputs. */
  end({ status, endTime }: ExecutionEnd): void {
    const success = status === "skipped" || status === "cancelled" ? undefined : status === "ok";
    this.ending = this.finish(success, endTime);
  }

  /** Ends it for a reason of this side, which the cell shows where it runs, or would have run next. */
  fail(error: CellError): void {
    if (this.isDropped) {
      return this.cancel();
    }
    if (this.started === undefined) {
      this.start({ startTime: Date.now() });
    }
    this.outputs!.add({ type: "error", error });
    this.end({ status: "error", endTime: Math.max(this.started!.startTime, Date.now()) });
  }

  cancel(): void {
    this.end({ status: "cancelled", endTime: Date.now() });
  }

  /** Resolves when the editor has taken all that came so far. */
  async settled(): Promise<void> {
    await this.ending;
    await this.outputs?.flush();
  }

  /** Shows nothing more: another execution has its cell, or another window its kernel. */
  forget(): void {
    this.outputs?.dispose();
  }

  /** Writes nothing more into the notebook, neither what waits nor why it fails. */
  drop(): void {
    this.isDropped = true;
    this.outputs?.drop();
  }

  private show(start: Start, clears: boolean): void {
    this.outputs?.dispose();
    const isAnew = this.started === undefined || this.isEnded;
    this.execution ??= this.controller.createNotebookCellExecution(this.cell);
    this.ending = undefined;
    this.started = start;
    if (isAnew) {
      this.execution.executionOrder = start.executionCount;
      this.execution.start(start.startTime);
    }
    if (clears) {
      void this.execution.clearOutput();
    }
    this.outputs = new CellOutputs(this.execution, this.displays);
  }

  private async finish(success: boolean | undefined, endTime: number): Promise<void> {
    const { execution, outputs, started } = this;
    if (execution === undefined) {
      return;
    }
    await outputs?.end();
    execution.end(success, success === undefined ? undefined : endTime);
    this.execution = undefined;
    if (outputs && started) {
      const { executionCount: executionOrder, startTime } = started;
      outputs.continueIn(new EndedCell(this.controller, this.cell, { executionOrder, success, startTime, endTime }));
    }
    this.markFinished();
  }
}
