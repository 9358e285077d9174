import { DisposableOwner } from "../disposable.js";
import { Listeners } from "../listeners.js";
import type { ListedRun, RunList } from "./runList.js";

/** Keeps a choice over window reloads. */
export interface Memory {
  /** Undefined while nothing was ever chosen; empty when nothing is the choice. */
  get(): readonly string[] | undefined;
  set(dirs: readonly string[]): void;
}

/** A sweep starts hundreds of runs: more lines than these nobody tells apart. */
const mostIncluded = 50;

/** Which runs the curves show over each other: those chosen, and every run that starts while the window is open. */
export class RunSelection extends DisposableOwner {
  private readonly change = this.track(new Listeners());
  private readonly seenRunning = new Set<string>();

  readonly onChange = this.change.on;

  constructor(
    private readonly runs: RunList,
    private readonly memory: Memory,
  ) {
    super();
    this.track(runs.onChange(() => this.includeStarted()));
  }

  /** Directories of the chosen runs that are still there; the newest run when nothing was chosen or all of it is gone. */
  dirs(): readonly string[] {
    const chosen = this.memory.get();
    const present = chosen?.filter((dir) => this.runs.get(dir) !== undefined) ?? [];
    const isEmptyByChoice = chosen?.length === 0;
    return present.length > 0 || isEmptyByChoice ? present : this.runs.all().slice(0, 1).map((run) => run.dir);
  }

  select(dirs: readonly string[]): void {
    this.memory.set(dirs);
    this.change.fire();
  }

  private includeStarted(): void {
    const started = this.runs.all().filter((run) => this.isNewlyRunning(run));
    started.forEach(({ dir }) => this.seenRunning.add(dir));
    if (started.length > 0) {
      const chosen = new Set([...started.map(({ dir }) => dir), ...(this.memory.get() ?? [])]);
      this.select([...chosen].slice(0, Math.max(mostIncluded, started.length)));
    }
  }

  private isNewlyRunning({ dir, summary }: ListedRun): boolean {
    return summary.state === "running" && !this.seenRunning.has(dir);
  }
}
