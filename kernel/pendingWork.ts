/** What cells leave behind that is going to do something by itself. Sockets are not: a server may wait for ever. */
const workingResources: ReadonlySet<string> = new Set(["Timeout", "Immediate", "ProcessWrap"]);

/** Whether timers or child processes of cells still have something to do. The kernel's own keep no process alive, and are not counted. */
export function hasPendingWork(): boolean {
  return process.getActiveResourcesInfo().some((resource) => workingResources.has(resource));
}
