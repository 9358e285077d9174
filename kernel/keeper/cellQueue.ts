import type { ExecutionStatus } from "../client.js";

export interface QueuedCell {
  /** A cell with the tag `raises-exception`: its error does not stop the cells after it. */
  readonly mayFail: boolean;
  /** Never rejects: whatever happens is shown in the cell and told as its status. */
  run(): Promise<ExecutionStatus>;
  /** The cell is not going to run. */
  cancel(): void;
}

/** The cells of one notebook that wait for their turn: one at a time, in order; an error cancels the rest. */
export class CellQueue {
  private waiting: QueuedCell[] = [];
  private running = false;

  get isBusy(): boolean {
    return this.running;
  }

  /** @returns when the queue has come to rest */
  async add(cells: readonly QueuedCell[]): Promise<void> {
    cells.forEach((cell) => this.waiting.push(cell));
    if (this.running) {
      return;
    }
    this.running = true;
    for (let cell = this.waiting.shift(); cell !== undefined; cell = this.waiting.shift()) {
      const status = await cell.run();
      const isExpected = status === "ok" || (status === "error" && cell.mayFail);
      if (!isExpected) {
        this.cancelWaiting();
      }
    }
    this.running = false;
  }

  cancelWaiting(): void {
    this.waiting.splice(0).forEach((cell) => cell.cancel());
  }
}
