/**
 * Ends the child processes of a kernel's cells, which would otherwise outlive the variables that know them. Those that were
 * started with a group of their own (`detached: true`) stay. Windows has no groups of processes.
 * @param kernel the process id of a kernel, which leads a group; the kernel gets the signal as well, if it lives
 */
export function endGroup(kernel: number, signal: NodeJS.Signals = "SIGKILL"): void {
  if (process.platform !== "win32") {
    try {
      process.kill(-kernel, signal);
    } catch {
      // Nobody is left of it.
    }
  }
}
