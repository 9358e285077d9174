import { printableLine } from "../text/printable.js";
import { summaryOf } from "../sweeps/summary.js";
import { readSweep, runningJobs } from "../sweeps/sweepDirectory.js";
import { sweepLine } from "../sweeps/sweepPicture.js";

const lookMilliseconds = 1000;
const plainIntervalMilliseconds = 10_000;

/** One line about a sweep that runs: rewritten on a terminal, every ten seconds elsewhere. */
export class SweepProgress {
  private readonly timer: NodeJS.Timeout;
  private isShown = false;
  private isEnded = false;
  private shownAt = performance.now();

  constructor(
    private readonly dir: string,
    private readonly stream: NodeJS.WriteStream = process.stderr,
  ) {
    this.timer = setInterval(() => void this.show().catch(() => undefined), lookMilliseconds);
    this.timer.unref();
  }

  /** Leaves the cursor on an empty line. */
  end(): void {
    this.isEnded = true;
    clearInterval(this.timer);
    if (this.isShown) {
      this.stream.write("\r\u001b[2K");
    }
  }

  private async show(): Promise<void> {
    if (!this.stream.isTTY && performance.now() - this.shownAt < plainIntervalMilliseconds) {
      return;
    }
    const reading = await readSweep(this.dir);
    const line = printableLine(sweepLine(summaryOf(reading, await runningJobs(reading))));
    if (this.isEnded) {
      return;
    }
    this.shownAt = performance.now();
    if (this.stream.isTTY) {
      this.isShown = true;
      this.stream.write(`\r\u001b[2K${line}`);
    } else {
      this.stream.write(`${line}\n`);
    }
  }
}
