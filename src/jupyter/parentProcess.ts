const lookMilliseconds = 1000;

/**
 * Calls back when the process that started this one is gone. Jupyter sets JPY_PARENT_PID for kernels that shall end with it;
 * a kernel that another program starts in between, or that shall go on by itself, is not watched.
 */
export function watchParent(onGone: () => void): void {
  const parent = process.ppid;
  if (process.env["JPY_PARENT_PID"] !== String(parent)) {
    return;
  }
  const timer = setInterval(() => {
    // A process whose parent has ended gets another one.
    if (process.ppid !== parent) {
      clearInterval(timer);
      onGone();
    }
  }, lookMilliseconds);
  timer.unref();
}
