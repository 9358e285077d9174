import { cellHost, type DisplayHandle, type MimeBundle } from "../display/host.js";
import { followOutline, type RunFollower } from "../runs/readRun.js";
import type { Outline } from "../runs/outline.js";
import { summaryOf, type SweepSummary } from "./summary.js";
import type { SweepWriter } from "./sweepDirectory.js";
import { trialDir } from "./sweepDirectory.js";
import { jobKey, type SweepEngine } from "./engine.js";
import { type RunningTrial, sweepBundle } from "./sweepPicture.js";

/** Milliseconds between two pictures: an editor redraws each. */
const redrawMilliseconds = 1000;

/** The live picture of a sweep, replaced as a whole at each redraw. */
export class LiveSweep {
  private running: ReadonlySet<string> = new Set();
  private readonly followers = new Map<string, RunFollower<Outline>>();
  private readonly timer: NodeJS.Timeout;
  private handle: DisplayHandle | undefined;
  private isOver = false;

  constructor(
    private readonly sweep: SweepWriter,
    private readonly engine: SweepEngine,
  ) {
    cellHost()?.report({ kind: "sweep", dir: sweep.dir, state: "running" });
    this.timer = setInterval(() => void this.draw(), redrawMilliseconds);
  }

  /** @param running keys of the jobs under way */
  change(running: ReadonlySet<string>): void {
    const { dir, ledger } = this.sweep;
    const ended = [...this.running].filter((key) => !running.has(key));
    this.running = running;
    this.tell(ended.map((key) => trialDir(dir, ledger, { id: key.split("@")[0]! })));
  }

  private tell(runs: readonly string[]): void {
    if (runs.length > 0) {
      cellHost()?.report({ kind: "trials", dir: this.sweep.dir, runs: [...runs] });
    }
  }

  /** The last picture, which stays in the saved notebook. */
  end(state: "finished" | "stopped"): SweepSummary {
    this.abandon();
    this.change(new Set());
    const summary = this.summary(false);
    this.show(sweepBundle(summary));
    cellHost()?.report({ kind: "sweep", dir: this.sweep.dir, state });
    return summary;
  }

  /** Leaves the picture as it is, after an error. */
  abandon(): void {
    this.isOver = true;
    clearInterval(this.timer);
  }

  private summary(lives: boolean): SweepSummary {
    const { dir, spec, ledger } = this.sweep;
    return summaryOf({ dir, spec, ledger, lives }, this.running);
  }

  private async draw(): Promise<void> {
    const trials = await this.runningTrials();
    // The sweep may have ended meanwhile.
    if (!this.isOver) {
      this.show(sweepBundle(this.summary(true), trials, this.engine));
    }
  }

  private show(bundle: MimeBundle): void {
    if (this.handle === undefined) {
      this.handle = cellHost()?.display(bundle);
    } else {
      this.handle.update(bundle);
    }
  }

  private async runningTrials(): Promise<RunningTrial[]> {
    const { dir, ledger } = this.sweep;
    const trials = ledger.candidates.flatMap((candidate) =>
      candidate.trials.flatMap((trial) => ledger.rungsOf(trial).filter((steps) => this.running.has(jobKey(trial.id, steps))).map((steps) => ({ trial, steps }))),
    );
    const reached = await Promise.all(trials.map(({ trial }) => this.stepOf(trialDir(dir, ledger, trial))));
    return trials.map(({ trial, steps }, index) => ({ name: trial.spec.name, step: reached[index]!, steps }));
  }

  /** 0 while the run is not there yet. */
  private async stepOf(run: string): Promise<number> {
    const known = this.followers.get(run);
    const follower = known ?? followOutline(run);
    try {
      const { log } = await follower.poll();
      this.followers.set(run, follower);
      this.tell(known === undefined ? [run] : []);
      return log.step;
    } catch {
      return 0;
    }
  }
}
