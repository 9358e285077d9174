import { printableLine } from "../text/printable.js";
import { summaryOf } from "../sweeps/summary.js";
import { runningJobs, SweepFollower } from "../sweeps/sweepDirectory.js";
import { sweepLine } from "../sweeps/sweepPicture.js";

const lookMilliseconds = 1000;
const plainIntervalMilliseconds = 10_000;

/** One line about a sweep that runs: rewritten on a terminal, every ten seconds elsewhere. */
export class SweepProgress {
  private readonly timer: NodeJS.Timeout;
  private readonly follower: SweepFollower;
  private isShown = false;
  private isLooking = false;
  private isEnded = false;
  private shownAt = performance.now();

  constructor(
    dir: string,
    private readonly stream: NodeJS.WriteStream = process.stderr,
  ) {
    this.follower = new SweepFollower(dir);
    this.timer = setInterval(() => void this.look(), lookMilliseconds);
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

  /** One after the other: a sweep of many trials takes a while to read. */
  private async look(): Promise<void> {
    if (!this.isLooking) {
      this.isLooking = true;
      await this.show().catch(() => undefined);
      this.isLooking = false;
    }
  }

  private async show(): Promise<void> {
    if (!this.stream.isTTY && performance.now() - this.shownAt < plainIntervalMilliseconds) {
      return;
    }
    const reading = await this.follower.poll();
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
