import type * as vscode from "vscode";

/** How an execution went, as its cell shows it. */
export interface ExecutionRecord {
  /** Absent, as the success, for a cell that was skipped. */
  readonly executionOrder: number | undefined;
  readonly success: boolean | undefined;
  /** Milliseconds since the epoch, by one clock that nobody sets: the end is never before the start. */
  readonly startTime: number;
  readonly endTime: number;
}

/** A cell that has run. The editor takes outputs only from an execution, so adding to it later takes another, short one. */
export class EndedCell {
  constructor(
    private readonly controller: vscode.NotebookController,
    private readonly cell: vscode.NotebookCell,
    private readonly record: ExecutionRecord,
  ) {}

  /** Nothing is shown in it, for example since the user cleared it. */
  get isEmpty(): boolean {
    return this.cell.outputs.length === 0;
  }

  /** Lets `write` add outputs, and leaves number, success and duration as they were. Does nothing where none belong. */
  reopen(write: (execution: vscode.NotebookCellExecution) => void): void {
    const { executionOrder, success, startTime, endTime } = this.record;
    const execution = this.tryExecution();
    if (execution) {
      execution.executionOrder = executionOrder;
      execution.start(startTime);
      write(execution);
      execution.end(success, endTime);
    }
  }

  /** The editor throws for a cell that waits to run again or is deleted, and for a notebook that has another kernel now. */
  private tryExecution(): vscode.NotebookCellExecution | undefined {
    try {
      return this.controller.createNotebookCellExecution(this.cell);
    } catch {
      return undefined;
    }
  }
}
