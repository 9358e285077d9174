import type { InterruptReason } from "../src/runs/contract.js";
import { type EndingSignal, exitCodeOf } from "../src/files/leftovers.js";
import type { Execution } from "./execution.js";
import { holdMilliseconds, type InterruptState } from "./interruptState.js";

/** Those that ask this process alone to end; Ctrl+C is its host's business. */
const signals: ReadonlyMap<EndingSignal, InterruptReason> = new Map([
  ["SIGTERM", "terminated"],
  ["SIGHUP", "terminal-closed"],
]);

/** The end of the kernel process, which waits, for a limited time, until trainings have written their checkpoints. */
export class Ending {
  private readonly held = new Set<{ readonly execution: Execution | undefined }>();
  private exitCode: number | undefined;

  constructor(private readonly state: InterruptState) {}

  /** Whether a training is going on. */
  get isHeld(): boolean {
    return this.held.size > 0;
  }

  /** @returns to be called once, when the training's run is closed */
  hold(execution: Execution | undefined): () => void {
    const holder = { execution };
    if (this.held.size === 0) {
      // Only now: while nothing is to be saved a signal ends the process whatever its cell does.
      signals.forEach((_, signal) => process.on(signal, this.onSignal));
    }
    this.held.add(holder);
    this.state.hold(1);
    return () => this.release(holder);
  }

  /** Stops the trainings and ends the process after them; at once where there is none. */
  begin(why: InterruptReason, exitCode: number): void {
    this.exitCode ??= exitCode;
    if (this.held.size === 0) {
      process.exit(this.exitCode);
    }
    this.held.forEach(({ execution }) => execution?.abort(why));
    setTimeout(() => process.exit(this.exitCode), holdMilliseconds);
  }

  private readonly onSignal = (signal: EndingSignal): void => {
    this.begin(signals.get(signal)!, exitCodeOf(signal));
  };

  private release(holder: { readonly execution: Execution | undefined }): void {
    this.held.delete(holder);
    this.state.hold(-1);
    if (this.held.size > 0) {
      return;
    }
    signals.forEach((_, signal) => process.off(signal, this.onSignal));
    if (this.exitCode !== undefined) {
      process.exit(this.exitCode);
    }
  }
}
