import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { InterruptReason } from "../src/runs/contract.js";
import { CellInterrupted, currentExecution, type Execution } from "./execution.js";
import { graceMilliseconds, InterruptState } from "./interruptState.js";

/** Time that a cell's `finally` blocks have before the kernel reports the cell as interrupted and goes on. */
const cleanUpMilliseconds = 1000;

/**
 * Stops the running cell, mildly first: its AbortSignal, then a rejection of what it awaits, then an exception in its
 * loops; variables are kept. Code that resists all of these can only be ended with its process.
 *
 * The host tells each interruption twice, as a message and as a byte to the watching thread, and either may come first.
 */
export class Interrupter {
  readonly state = new InterruptState();
  /** Interruptions that a loop has obeyed before the message of the same interruption could arrive. */
  private obeyed = 0;
  /** Interruptions whose message has arrived and that have not been thrown into their cell yet. */
  private open = 0;

  /**
   * @param watcherPath the bundle of the watching thread
   * @returns where that thread posts the user's answers
   */
  startWatcher(watcherPath: string): MessagePort {
    const { port1, port2 } = new MessageChannel();
    const workerData = { words: this.state.words, port: port2 };
    new Worker(watcherPath, { workerData, transferList: [port2], stdin: false }).unref();
    return port1;
  }

  /** Called by loops and functions of cells when their poll says so. */
  readonly check = (): void => {
    if (this.state.takeStop()) {
      this.obey();
    }
  };

  /** The same for a main thread that sleeps while it waits for an answer. */
  checkNow(): void {
    if (this.state.isStopRequested) {
      this.obey();
    }
  }

  /**
   * The host's message has arrived.
   * @param target the cell that shall stop, running or next in the queue; undefined when it has ended already
   * @param why what a training that ends by it notes in its run
   */
  interrupt(target: Execution | undefined, why: InterruptReason): void {
    const isObeyed = this.obeyed > 0;
    if (isObeyed) {
      this.obeyed -= 1;
      this.state.acknowledge();
    }
    // The loop that obeyed may have been a timer's of another cell.
    if (target === undefined || (isObeyed && target.interrupted)) {
      this.ignore(isObeyed);
      return;
    }
    this.open += isObeyed ? 0 : 1;
    const isRepeated = target.interrupted;
    target.abort(why);
    if (isRepeated || !target.cooperative) {
      target.breakAwaits();
    } else {
      setTimeout(() => target.breakAwaits(), graceMilliseconds(true));
    }
  }

  /** The interruption has been thrown into its cell, or the cell has ended: loops need not look out for it any more. */
  readonly settle = (): void => {
    for (; this.open > 0; this.open -= 1) {
      this.state.acknowledge();
    }
  };

  /** Rejects some time after the interruption of `execution`, for cells that do not end by themselves. */
  async outlasted(execution: Execution): Promise<never> {
    await execution.broken;
    await new Promise((resolve) => setTimeout(resolve, cleanUpMilliseconds));
    execution.abandon();
    throw new CellInterrupted();
  }

  private obey(): never {
    if (this.open === 0) {
      this.obeyed += 1;
    }
    currentExecution()?.stopped();
    this.settle();
    throw new CellInterrupted();
  }

  private ignore(isAcknowledged: boolean): void {
    if (!isAcknowledged) {
      this.state.acknowledge();
    }
  }
}
