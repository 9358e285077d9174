import * as vscode from "vscode";
import type { Disposable } from "../disposable.js";
import { Throttle } from "../throttle.js";
import type { EndedCell } from "./endedCell.js";
import { OutputBuffer, type OutputChange } from "./outputBuffer.js";
import { bundleItems, errorItem, streamItem } from "./outputItems.js";

/** Outputs shown under a display id, of all cells of a notebook: a later cell may update an earlier one's picture. */
export type Displays = Map<string, vscode.NotebookCellOutput>;

/** Each change costs a message to the window and a redraw there, so bursts are merged for this long. */
const mergeMilliseconds = 50;

/**
 * Cells that have run for long change less often, up to this: VS Code closes a notebook without saving only if nothing in it
 * changes while the file is read back, and that takes longer than 50 ms on a remote or busy machine.
 */
const longMergeMilliseconds = 500;

/** After the cell's end each change is an execution of its own, which makes the cell blink. */
const lateMergeMilliseconds = 250;

/**
 * Writes what the kernel sends into the outputs of one cell, in the kernel's order: while it runs, and after its end
 * what timers and other work of it still print, until it is disposed.
 */
export class CellOutputs implements Disposable {
  private readonly buffer = new OutputBuffer();
  private readonly since = Date.now();
  private throttle: Throttle | undefined = new Throttle(() => this.send(), () => this.pause());
  private settled: Promise<unknown> = Promise.resolve();
  private ended: EndedCell | undefined;
  private disposed = false;
  private openStream: { name: "stdout" | "stderr"; output: vscode.NotebookCellOutput } | undefined;

  constructor(
    private execution: vscode.NotebookCellExecution,
    private readonly displays: Displays,
  ) {}

  add(change: OutputChange): void {
    if (this.disposed) {
      return;
    }
    this.buffer.add(change);
    this.throttle?.request();
  }

  /** Shows what still waits. @returns when the editor has taken everything */
  async flush(): Promise<void> {
    if (this.throttle) {
      this.apply();
    }
    await this.settled;
  }

  /** The same, and holds back what comes then. */
  async end(): Promise<void> {
    this.throttle?.dispose();
    this.throttle = undefined;
    this.apply();
    await this.settled;
  }

  /** Shows what comes after `end`, now that the execution has ended. */
  continueIn(cell: EndedCell): void {
    this.ended = cell;
    this.apply();
    this.throttle = new Throttle(() => this.send(), lateMergeMilliseconds);
  }

  /** Shows what still waits and takes nothing more: a kernel that was let go may still be talking. */
  dispose(): void {
    this.disposed = true;
    this.throttle?.dispose();
    if (this.ended) {
      this.apply();
    }
  }

  /** Shows nothing more, not even what waits. */
  drop(): void {
    this.disposed = true;
    this.throttle?.dispose();
    this.buffer.take();
  }

  /** A twentieth of the time that the cell has run. */
  private pause(): number {
    return Math.min(Math.max(mergeMilliseconds, (Date.now() - this.since) / 20), longMergeMilliseconds);
  }

  /** @returns when the editor has taken all that was sent */
  private send(): Promise<unknown> {
    this.apply();
    return this.settled;
  }

  private sent(change: Thenable<void>): void {
    this.settled = Promise.all([this.settled, change]);
  }

  private apply(): void {
    const changes = this.buffer.take();
    if (this.ended === undefined) {
      changes.forEach((change) => this.show(change));
    } else if (changes.length > 0) {
      this.showLate(changes, this.ended);
    }
  }

  private showLate(changes: readonly OutputChange[], cell: EndedCell): void {
    if (cell.isEmpty) {
      this.openStream = undefined;
    }
    cell.reopen((execution) => {
      this.execution = execution;
      changes.forEach((change) => this.show(change));
    });
  }

  private show(change: OutputChange): void {
    switch (change.type) {
      case "stream":
        return this.showText(change.name, change.text);
      case "display":
        return this.showDisplay(change);
      case "result": {
        const { executionOrder } = this.execution;
        this.append(bundleItems(change.data), { outputType: "execute_result", executionCount: executionOrder });
        return;
      }
      case "error":
        this.append([errorItem(change.error)], { outputType: "error" });
    }
  }

  private showText(name: "stdout" | "stderr", text: string): void {
    const item = streamItem(name, text);
    if (this.openStream?.name === name) {
      this.sent(this.execution.appendOutputItems(item, this.openStream.output));
      return;
    }
    const output = new vscode.NotebookCellOutput([item], { outputType: "stream" });
    this.sent(this.execution.appendOutput(output));
    this.openStream = { name, output };
  }

  private showDisplay({ displayId, update, data }: Extract<OutputChange, { type: "display" }>): void {
    const items = bundleItems(data);
    const shown = update ? this.displays.get(displayId) : undefined;
    if (shown !== undefined) {
      this.sent(this.execution.replaceOutputItems(items, shown));
      return;
    }
    this.displays.set(displayId, this.append(items, { outputType: "display_data" }));
  }

  private append(items: vscode.NotebookCellOutputItem[], metadata: Record<string, unknown>): vscode.NotebookCellOutput {
    const output = new vscode.NotebookCellOutput(items, metadata);
    this.openStream = undefined;
    this.sent(this.execution.appendOutput(output));
    return output;
  }
}
