import { endingSignals, type EndingSignal } from "../files/leftovers.js";
import type { InterruptReason } from "../runs/contract.js";
import { TrainingInterruption } from "../runs/interruption.js";

/** What a signal that ends a process means for the run that it trains. */
export const reasonsOfSignals: Readonly<Record<EndingSignal, InterruptReason>> = {
  SIGINT: "stopped",
  SIGTERM: "terminated",
  SIGHUP: "terminal-closed",
};

/** A plain program that trains, without a notebook around it: a signal that asks it to end ends it after the checkpoint. */
export class ProcessEnd {
  private readonly controller = new AbortController();
  private received: EndingSignal | undefined;
  private readonly listener = (signal: EndingSignal): void => {
    this.received = signal;
    this.controller.abort(new TrainingInterruption(reasonsOfSignals[signal]));
    // A second one ends the process at once.
    this.stopListening();
  };

  constructor() {
    endingSignals.forEach((signal) => process.on(signal, this.listener));
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The run is closed: the process may end. */
  release(): void {
    this.stopListening();
    if (this.received !== undefined) {
      process.kill(process.pid, this.received);
    }
  }

  private stopListening(): void {
    endingSignals.forEach((signal) => process.off(signal, this.listener));
  }
}
