/** The report of an editor's progress notification: `increment` in percent. */
export interface ProgressBar {
  report(value: { message?: string; increment?: number }): void;
}

/** Words that begin with a share in percent, as "12 % Verilator: timestep 12 of 50", also move the bar. */
export function reporterOf(progress: ProgressBar): (text: string) => void {
  let told = 0;
  return (text) => {
    // What was told since the last time may come at once: the last line is how it is now.
    const line = text.split("\n").at(-1)!;
    const share = /^(\d{1,3}) % (.*)$/.exec(line);
    if (share === null) {
      progress.report({ message: line });
      return;
    }
    const increment = Math.max(0, Number(share[1]) - told);
    told += increment;
    progress.report({ message: share[2]!, increment });
  };
}
