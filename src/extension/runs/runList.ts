import path from "node:path";
import type { Course } from "../../runs/course.js";
import { inTurns } from "../../runs/inTurns.js";
import type { RunSummary } from "../../runs/runViews.js";
import { DisposableOwner } from "../disposable.js";
import { Listeners } from "../listeners.js";

/** A run as the side bar and the panels need it. */
export interface ListedRun {
  readonly dir: string;
  readonly summary: RunSummary;
  /** Seconds since the epoch of its first event. */
  readonly startedAt: number;
  /** Process that writes it, or wrote it last. */
  readonly owner: number | undefined;
  /** Its shipped model is there. */
  readonly isExportable: boolean;
  /** Its curves, which grow while it trains, where somebody wants them: reading them takes most of the time. */
  readonly course?: Course | undefined;
  /** Events in its log. */
  readonly events: number;
  /** What is wrong with its log, and the remedy. */
  readonly problem?: string | undefined;
  /** How its accelerator compared with simulators, in words; absent when nobody compared. */
  readonly verification?: string;
}

/** A run that cannot be read, and why. */
export interface BrokenRun {
  readonly dir: string;
  readonly problem: string;
  readonly summary?: undefined;
}

/**
 * Reads a run's present state.
 * @param colour index into the chart colours
 * @returns undefined when the directory is no longer a run
 */
export type ReadListedRun = (dir: string, colour: number, withCurves: boolean) => Promise<ListedRun | BrokenRun | undefined>;

/** A run reads differently than before, or is one more or one less. */
export type RunChange = { readonly type: "updated"; readonly dir: string } | { readonly type: "members" };

/** How often runs that train are read while someone looks. */
const pollMilliseconds = 500;

/** How often a search tells of the runs that it has found so far. */
const searchMilliseconds = 100;

/** The known runs of the window, kept up to date; colours stay with their runs while the window lives. */
export class RunList extends DisposableOwner {
  private readonly runs = new Map<string, ListedRun | BrokenRun>();
  /** The readable ones, newest first, until a run changes. */
  private inOrder: readonly ListedRun[] | undefined;
  private readonly colours = new Map<string, number>();
  private readonly reading = new Map<string, Promise<void>>();
  private readonly waiting = new Map<string, Promise<void>>();
  private readonly change = this.track(new Listeners<RunChange>());
  private readonly curvesWanted = new Map<object, ReadonlySet<string>>();
  private readonly fetching = new Set<string>();
  private search: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private telling: NodeJS.Timeout | undefined;
  private watched = false;

  readonly onChange = this.change.on;

  constructor(private readonly read: ReadListedRun) {
    super();
  }

  /** Newest first. */
  all(): readonly ListedRun[] {
    this.inOrder ??= [...this.runs.values()].filter(isReadable).sort((a, b) => b.startedAt - a.startedAt);
    return this.inOrder;
  }

  /** Those that cannot be read, by their directories. */
  broken(): readonly BrokenRun[] {
    return [...this.runs.values()].filter((run) => !isReadable(run)).sort((a, b) => (a.dir < b.dir ? 1 : -1));
  }

  get(dir: string): ListedRun | undefined {
    const run = this.runs.get(dir);
    return run && isReadable(run) ? run : undefined;
  }

  /** Why the run in a directory cannot be read. */
  problemOf(dir: string): string | undefined {
    return this.runs.get(dir)?.problem;
  }

  /** While runs are being looked for, nobody knows that there is none. */
  get isSearched(): boolean {
    return this.search === undefined;
  }

  /** Waits until no search is under way. */
  async whenSearched(): Promise<void> {
    while (this.search !== undefined) {
      await this.search;
    }
  }

  /** Tells of a search for runs, which refreshes those that it finds. */
  async searchedBy(search: Promise<void>): Promise<void> {
    this.search = search;
    try {
      await search;
    } finally {
      if (this.search === search) {
        this.search = undefined;
        this.fireMembers();
      }
    }
  }

  /**
   * Says whose curves somebody looks at: they are read where they are not there yet, and kept up to date. Those that nobody looks at
   * are let go.
   * @param asker who looks, in place of what it looked at before
   */
  wantCurves(asker: object, dirs: readonly string[]): void {
    if (dirs.length > 0) {
      this.curvesWanted.set(asker, new Set(dirs));
    } else {
      this.curvesWanted.delete(asker);
    }
    const others = this.all().filter(({ dir }) => this.isToFetch(dir) && !this.fetching.has(dir));
    others.forEach(({ dir }) => this.fetching.add(dir));
    void inTurns(others, ({ dir }) => this.fetchCurves(dir));
  }

  private async fetchCurves(dir: string): Promise<void> {
    try {
      await this.refresh(dir);
      // What somebody looks at may have changed since the reading began.
      await (this.isToFetch(dir) && this.refresh(dir));
    } finally {
      this.fetching.delete(dir);
    }
  }

  /** Whether its curves are wanted and not there, or there and wanted no more. */
  private isToFetch(dir: string): boolean {
    const run = this.get(dir);
    return run !== undefined && !this.isDisposed && (run.course !== undefined) !== this.wantsCurves(dir);
  }

  private wantsCurves(dir: string): boolean {
    return [...this.curvesWanted.values()].some((dirs) => dirs.has(dir));
  }

  /**
   * Reads a directory that holds, or held, a run. What changes while it is read may be missed by that reading, so a
   * request that comes in between gets another one, shared by all that wait.
   */
  refresh(dir: string): Promise<void> {
    const underWay = this.reading.get(dir);
    if (underWay === undefined) {
      const reading = this.readOnce(dir).finally(() => this.reading.delete(dir));
      this.reading.set(dir, reading);
      return reading;
    }
    const next = this.waiting.get(dir) ?? underWay.then(() => this.readAgain(dir));
    this.waiting.set(dir, next);
    return next;
  }

  private readAgain(dir: string): Promise<void> {
    this.waiting.delete(dir);
    return this.refresh(dir);
  }

  /** Reads every known run at or below a folder. */
  async refreshBelow(folder: string): Promise<void> {
    const known = [...this.runs.keys()].filter((dir) => dir === folder || dir.startsWith(folder + path.sep));
    await Promise.all(known.map((dir) => this.refresh(dir)));
  }

  /** Says whether any view of runs can be seen: only then are training runs polled. */
  setWatched(watched: boolean): void {
    this.watched = watched;
    if (watched) {
      void this.refreshRunning();
    }
    this.schedule();
  }

  override dispose(): void {
    clearTimeout(this.timer);
    clearTimeout(this.telling);
    this.watched = false;
    super.dispose();
  }

  private async readOnce(dir: string): Promise<void> {
    const colour = this.colours.get(dir) ?? this.colours.size;
    this.colours.set(dir, colour);
    const before = this.runs.get(dir);
    const run = await this.read(dir, colour, this.wantsCurves(dir));
    if (this.isDisposed || isSame(before, run)) {
      return;
    }
    this.inOrder = undefined;
    if (run) {
      this.runs.set(dir, run);
    } else {
      this.runs.delete(dir);
    }
    if (before && run) {
      this.schedule();
      this.change.fire({ type: "updated", dir });
    } else {
      this.tellMembers();
    }
  }

  /** Who hears of it looks at all runs: of a thousand that a search finds, once in a while. */
  private tellMembers(): void {
    if (this.search === undefined) {
      this.fireMembers();
    } else {
      this.telling ??= setTimeout(() => this.fireMembers(), searchMilliseconds);
    }
  }

  private fireMembers(): void {
    clearTimeout(this.telling);
    this.telling = undefined;
    this.schedule();
    this.change.fire({ type: "members" });
  }

  private async refreshRunning(): Promise<void> {
    const running = this.all().filter(({ summary }) => summary.state === "running");
    await Promise.all(running.map(({ dir }) => this.refresh(dir)));
  }

  private schedule(): void {
    const isWanted = this.watched && this.all().some(({ summary }) => summary.state === "running");
    if (!isWanted) {
      clearTimeout(this.timer);
      this.timer = undefined;
    } else {
      this.timer ??= setTimeout(() => void this.poll(), pollMilliseconds);
    }
  }

  private async poll(): Promise<void> {
    await this.refreshRunning();
    this.timer = undefined;
    this.schedule();
  }
}

function isReadable(run: ListedRun | BrokenRun): run is ListedRun {
  return run.summary !== undefined;
}

/** A course is the same object while it grows; how far it is, `events` tells. */
function isSame(before: ListedRun | BrokenRun | undefined, now: ListedRun | BrokenRun | undefined): boolean {
  return courseOf(before) === courseOf(now) && JSON.stringify(withoutCourse(before)) === JSON.stringify(withoutCourse(now));
}

function courseOf(run: ListedRun | BrokenRun | undefined): Course | undefined {
  return run && isReadable(run) ? run.course : undefined;
}

function withoutCourse(run: ListedRun | BrokenRun | undefined): object | undefined {
  return run && { ...run, course: undefined };
}
