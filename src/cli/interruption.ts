const signals = ["SIGINT", "SIGTERM"] as const;

/** Work that ends early, and cleans up, when a person or the editor stops the program. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => controller.abort(new Error("Stopped before it had finished; nothing was left behind."));
  signals.forEach((signal) => process.once(signal, stop));
  try {
    return await work(controller.signal);
  } finally {
    signals.forEach((signal) => process.off(signal, stop));
  }
}
