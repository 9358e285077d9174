import { reasonsOfSignals } from "../jobs/processEnd.js";
import type { InterruptReason } from "../runs/contract.js";
import { endingSignals, type EndingSignal, exitCodeOf } from "../files/leftovers.js";

/** A signal asked the program to end, and its work ended in good order before it was done. */
export class EndedBySignalError extends Error {
  override readonly name = "EndedBySignal";
  constructor(
    message: string,
    readonly signal: EndingSignal,
  ) {
    super(message);
  }
}

/** Listens to the signals that ask a program to end, for work that saves what it has. */
export class Interruption {
  private first: EndingSignal | undefined;
  private readonly listener = (signal: EndingSignal): void => {
    const isFirst = this.first === undefined;
    this.first ??= signal;
    this.onSignal(reasonsOfSignals[signal], isFirst);
  };

  /** @param onSignal called for each signal */
  constructor(private readonly onSignal: (why: InterruptReason, isFirst: boolean) => void) {
    endingSignals.forEach((signal) => process.on(signal, this.listener));
  }

  get isAsked(): boolean {
    return this.first !== undefined;
  }

  /** The signal, unless it is a person's Ctrl+C: that stops a training, and the program ends as after any other failure. */
  get ending(): Exclude<EndingSignal, "SIGINT"> | undefined {
    return this.first === "SIGINT" ? undefined : this.first;
  }

  /** Undefined where no signal came that tells the exit code. */
  get exitCode(): number | undefined {
    return this.ending && exitCodeOf(this.ending);
  }

  stopListening(): void {
    endingSignals.forEach((signal) => process.off(signal, this.listener));
  }
}
