import type { RunSnapshot } from "../../src/runs/runViews.js";
import type { AskRun, TrainingOutputData } from "../contract.js";

/** What an output shows: the run as it was when the output was written, or as its directory tells it now. */
export type ShownRun = Omit<RunSnapshot, "state"> & {
  /** `unsettled`: it trained when the output was written, and nobody tells what became of it. */
  readonly state: RunSnapshot["state"] | "unsettled";
};

/** An output cannot know whether its training goes on: only the run's directory can. */
export function shownRun(written: TrainingOutputData, evidence: RunSnapshot | undefined): ShownRun {
  if (evidence === undefined) {
    return isUnsettled(written) ? { ...written, state: "unsettled", itemsPerSecond: null, secondsLeft: null } : written;
  }
  const { state, ending } = evidence;
  return evidence.step >= written.step ? evidence : { ...written, state, ending };
}

function isUnsettled({ state }: TrainingOutputData): boolean {
  return state === "unsettled" || state === "running";
}

const askAgainMilliseconds = 2_000;

/** Asks the extension about the runs of outputs, and of those that train again and again. */
export class EvidenceOfRuns {
  private readonly latest = new Map<string, RunSnapshot>();
  private readonly asked = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param post undefined where the editor has no extension that listens */
  constructor(private readonly post: ((message: AskRun) => void) | undefined) {}

  /** What is known of the run of an output that is drawn now; asks when that may not be all. */
  of(written: TrainingOutputData): RunSnapshot | undefined {
    const { dir } = written;
    if (written.state !== "finished" && !this.asked.has(dir)) {
      this.ask(dir);
    }
    const known = this.known(dir);
    if (!isUnsettled(written) && known?.state === "running") {
      // The output has just been told its end, or the run was resumed since: the next answer tells.
      this.latest.delete(dir);
      this.ask(dir);
      return undefined;
    }
    return known;
  }

  /** The last answer. */
  known(dir: string): RunSnapshot | undefined {
    return this.latest.get(dir);
  }

  /** @param isShown whether an output of that run is still on the page */
  receive(dir: string, run: RunSnapshot | null, isShown: () => boolean): void {
    if (run === null) {
      this.latest.delete(dir);
    } else {
      this.latest.set(dir, run);
    }
    if (run === null || run.state === "running") {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        if (isShown()) {
          [...this.asked].filter((each) => (this.known(each)?.state ?? "running") === "running").forEach((each) => this.ask(each));
        }
      }, askAgainMilliseconds);
    }
  }

  private ask(dir: string): void {
    this.asked.add(dir);
    this.post?.({ type: "ask-run", dir });
  }
}
