import { constants } from "node:os";

/** Signals that ask a process to end. Windows knows them too: Ctrl+C is SIGINT there, a closed console SIGHUP. */
export const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
export type EndingSignal = (typeof endingSignals)[number];

/** The exit code of a program that a signal ended, as shells tell it. */
export function exitCodeOf(signal: EndingSignal): number {
  return 128 + constants.signals[signal];
}

/** Each removes something that must not outlive this process: a half-written file, a folder, a program that it started. */
const leftovers = new Set<() => void>();

/**
 * Does something that would leave something behind if the process ended now. While it lasts, a signal that asks the process
 * to end ends it with the signal's exit code; a program that listens to the signal itself ends as it decides.
 * @param remove takes it away, synchronously; called only when the process ends before the work
 */
export async function withLeftover<T>(remove: () => void, work: () => Promise<T>): Promise<T> {
  const mine = (): void => remove();
  if (leftovers.size === 0) {
    process.on("exit", removeAll);
    endingSignals.forEach((signal) => process.on(signal, exitUnlessHeard));
  }
  leftovers.add(mine);
  try {
    return await work();
  } finally {
    leftovers.delete(mine);
    if (leftovers.size === 0) {
      process.off("exit", removeAll);
      endingSignals.forEach((signal) => process.off(signal, exitUnlessHeard));
    }
  }
}

function exitUnlessHeard(signal: EndingSignal): void {
  if (process.listenerCount(signal) === 1) {
    process.exit(exitCodeOf(signal));
  }
}

/** The latest first: what was made within something else goes before it. */
function removeAll(): void {
  for (const remove of [...leftovers].toReversed()) {
    try {
      remove();
    } catch {
      // The next writer tries again.
    }
  }
}
