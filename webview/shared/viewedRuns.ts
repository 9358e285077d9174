import { noCurves, withIncrement } from "../../src/runs/curvesIncrement.js";
import type { RunCurves, RunSummary } from "../../src/runs/runViews.js";
import type { RunsMessage } from "../contract.js";

/** A run with its curves; those of a run that the view did not choose are empty. */
export type ViewedRun = RunSummary & RunCurves;

/** The runs as the messages so far tell them. A run that did not change stays the same object, so that nothing of it is drawn again. */
export class ViewedRuns {
  private number: number | undefined;
  private readonly byDir = new Map<string, ViewedRun>();
  selected: readonly string[] = [];
  /** Until the first message, and while the extension looks for runs, nobody knows that there is none. */
  isSearching = true;

  /** @returns false where a message before this one was missed: then nothing changes, and all of it has to be asked for */
  take(message: RunsMessage): boolean {
    if (message.after === null) {
      this.byDir.clear();
    } else if (message.after !== this.number) {
      return false;
    }
    this.number = message.number;
    message.gone.forEach((dir) => this.byDir.delete(dir));
    message.rows.forEach((row) => this.byDir.set(row.dir, { ...curvesOf(this.byDir.get(row.dir)), ...row }));
    message.withoutCurves.forEach((dir) => this.setCurves(dir, () => noCurves));
    message.curves.forEach(({ dir, increment }) => this.setCurves(dir, (before) => withIncrement(before, increment)));
    this.selected = message.selected ?? this.selected;
    this.isSearching = message.isSearching;
    return true;
  }

  /** Newest first; those that have not started yet are the newest. */
  all(): ViewedRun[] {
    const start = ({ startedAt }: ViewedRun): number => startedAt ?? Infinity;
    return [...this.byDir.values()].sort((one, other) => (start(one) === start(other) ? 0 : start(other) - start(one)));
  }

  private setCurves(dir: string, change: (before: RunCurves) => RunCurves): void {
    const run = this.byDir.get(dir);
    if (run !== undefined) {
      this.byDir.set(dir, { ...run, ...change(run) });
    }
  }
}

function curvesOf(run: ViewedRun | undefined): RunCurves {
  const { train, validation, learningRate, gradientNorm, itemsPerSecondHistory, weights, matrices } = run ?? noCurves;
  return { train, validation, learningRate, gradientNorm, itemsPerSecondHistory, weights, matrices };
}
