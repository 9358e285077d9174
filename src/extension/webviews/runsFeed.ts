import type { RunsMessage } from "../../../webview/contract.js";
import { webviewProtocolVersion as version } from "../../../webview/protocol.js";
import type { Course } from "../../runs/course.js";
import { incrementOf, noCurves } from "../../runs/curvesIncrement.js";
import { curvesOf } from "../../runs/runCurves.js";
import type { RunCurves } from "../../runs/runViews.js";
import type { Disposable } from "../disposable.js";
import type { ListedRun, RunList } from "../runs/runList.js";
import type { RunSelection } from "../runs/runSelection.js";
import type { ShownDirs } from "./shownRuns.js";
import type { MessageSource } from "./webviewConnection.js";

/** Points of one curve in a view, of all its runs together: what a chart can show, however many runs are overlaid. */
export const mostPointsOfAll = 15_000;
const fewestPoints = 100;

interface SentCurves {
  readonly run: ListedRun;
  readonly most: number;
  readonly curves: RunCurves;
}

type News = Omit<RunsMessage, "type" | "version" | "number" | "after">;

/** Which curves of a course a view draws. @param most points of one curve */
export type CurvesFor = (course: Course, most: number) => RunCurves;

/** Tells one view of the runs: all of them at first, then no more than what became new since. */
export class RunsFeed implements MessageSource {
  /** The number of the last message; 0 before the first. */
  private number = 0;
  /** What the view was told. */
  private readonly rows = new Map<string, ListedRun>();
  private readonly curves = new Map<string, SentCurves>();
  private selected: string | undefined;
  private isSearching: boolean | undefined;

  constructor(
    private readonly runs: Pick<RunList, "all" | "isSearched" | "onChange" | "wantCurves">,
    private readonly selection: Pick<RunSelection, "dirs" | "onChange">,
    private readonly shownDirs: ShownDirs,
    private readonly curvesFor: CurvesFor = curvesOf,
  ) {}

  async message(isWhole: boolean): Promise<RunsMessage | undefined> {
    const after = isWhole || this.number === 0 ? null : this.number;
    if (after === null) {
      this.forgetAll();
    }
    const news = this.news();
    const hasNews = news.selected !== null || [news.rows, news.gone, news.curves, news.withoutCurves].some(({ length }) => length > 0);
    if (after !== null && !hasNews && news.isSearching === this.isSearching) {
      return undefined;
    }
    this.isSearching = news.isSearching;
    this.number += 1;
    return { type: "runs", version, number: this.number, after, ...news };
  }

  onChange(listener: () => void): Disposable {
    const both = [this.runs.onChange(listener), this.selection.onChange(listener)];
    return { dispose: () => both.forEach((each) => each.dispose()) };
  }

  dispose(): void {
    this.runs.wantCurves(this, []);
  }

  private forgetAll(): void {
    this.rows.clear();
    this.curves.clear();
    this.selected = undefined;
  }

  private news(): News {
    const all = this.runs.all();
    const selected = [...this.selection.dirs()];
    const shown = new Set(this.shownDirs(all, selected));
    // Those that are not there yet come with a later message.
    this.runs.wantCurves(this, [...shown]);
    return {
      rows: this.newRows(all),
      gone: takeOut(this.rows, new Set(all.map(({ dir }) => dir))),
      curves: this.newCurves(all, shown),
      withoutCurves: takeOut(this.curves, shown),
      selected: this.newSelection(selected),
      isSearching: !this.runs.isSearched,
    };
  }

  private newRows(all: readonly ListedRun[]): News["rows"] {
    const changed = all.filter((run) => this.rows.get(run.dir) !== run);
    changed.forEach((run) => this.rows.set(run.dir, run));
    return changed.map(({ summary }) => summary);
  }

  private newCurves(all: readonly ListedRun[], shown: ReadonlySet<string>): News["curves"] {
    const most = Math.max(fewestPoints, Math.floor(mostPointsOfAll / Math.max(1, shown.size)));
    return all.filter(({ dir }) => shown.has(dir)).flatMap((run) => this.newCurvesOf(run, most));
  }

  private newCurvesOf(run: ListedRun, most: number): News["curves"] {
    const { dir, course } = run;
    const known = this.curves.get(dir);
    if (course === undefined || (known?.run === run && known.most === most)) {
      return [];
    }
    const curves = this.curvesFor(course, most);
    const increment = incrementOf(known?.curves ?? noCurves, curves);
    this.curves.set(dir, { run, most, curves });
    return increment === undefined ? [] : [{ dir, increment }];
  }

  private newSelection(selected: string[]): string[] | null {
    const key = JSON.stringify(selected);
    const isNew = key !== this.selected;
    this.selected = key;
    return isNew ? selected : null;
  }
}

/** Takes out what is not to be kept. @returns its directories */
function takeOut(known: Map<string, unknown>, kept: ReadonlySet<string>): string[] {
  const lost = [...known.keys()].filter((dir) => !kept.has(dir));
  lost.forEach((dir) => known.delete(dir));
  return lost;
}
