import { Worker } from "node:worker_threads";
import type { InterruptReason } from "../src/runs/contract.js";
import { CellInterrupted, currentExecution, type Execution } from "./execution.js";
import { graceMilliseconds, InterruptState } from "./interruptState.js";

/** Time that a cell's `finally` blocks have before the kernel reports the cell as interrupted and goes on. */
const cleanUpMilliseconds = 1000;

/**
 * Stops the running cell, mildly first: its AbortSignal, then a rejection of what it awaits, then an exception in its
 * loops; variables are kept. Code that resists all of these can only be ended with its process.
 */
export class Interrupter {
  readonly state = new InterruptState();
  /** Interruptions that a loop has obeyed before the message of the same interruption could arrive. */
  private obeyed = 0;

  /** @param watcherPath the bundle of the watching thread */
  startWatcher(watcherPath: string): void {
    new Worker(watcherPath, { workerData: this.state.words, stdin: false }).unref();
  }

  /** Called by loops and functions of cells when their poll says so. */
  readonly check = (): void => {
    if (this.state.takeStop()) {
      this.obeyed += 1;
      currentExecution()?.stopped();
      throw new CellInterrupted();
    }
  };

  /** The host's message has arrived. */
  interrupt(running: Execution | undefined, why: InterruptReason): void {
    this.state.acknowledge();
    if (this.obeyed > 0) {
      this.obeyed -= 1;
      return;
    }
    if (!running) {
      return;
    }
    const isRepeated = running.interrupted;
    running.abort(why);
    setTimeout(() => running.breakAwaits(), isRepeated ? 0 : running.cooperative ? graceMilliseconds(true) : 0);
  }

  /** Rejects some time after the interruption of `execution`, for cells that do not end by themselves. */
  async outlasted(execution: Execution): Promise<never> {
    await execution.broken;
    await new Promise((resolve) => setTimeout(resolve, cleanUpMilliseconds));
    execution.abandon();
    throw new CellInterrupted();
  }
}
