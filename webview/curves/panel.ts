import { measures } from "../../src/runs/measures.js";
import type { RunSnapshot } from "../../src/runs/runViews.js";
import { element } from "../shared/element.js";
import type { Host } from "../shared/host.js";
import { showProblem } from "../shared/problem.js";
import { onThemeChange, readTheme, type Theme } from "../shared/theme.js";
import type { ViewedRun } from "../shared/viewedRuns.js";
import { Charts } from "./charts.js";
import { adopt } from "./choice.js";
import { DifferencesTable } from "./differencesTable.js";
import { filterProblem } from "./filter.js";
import { copyMarkdown, exportedFile } from "./exports.js";
import { listBar } from "./listBar.js";
import { RunList } from "./runList.js";
import { shownRuns, type ShownRuns } from "./shownRuns.js";
import { StatusLine } from "./statusLine.js";
import { ChartOptions, exportBar, type ExportKind } from "./toolbar.js";
import type { ViewOptions } from "./viewOptions.js";

const emptyWords = {
  searching: "Looking for runs…",
  noRuns: "No runs yet. Train a model in a notebook cell and its curves appear here while it learns.",
  noneChecked: "Check a run in the list to see its curves.",
  noneFits: "No run fits the filter.",
};

/** The panel of training curves: a view of the latest snapshot and the saved options. */
export class CurvesPanel {
  private runs: readonly ViewedRun[] = [];
  private isSearching = true;
  private theme: Theme = readTheme();
  private stale = false;
  private drawing = false;
  /** Ends the rest between two drawings; the person who changes something does not wait for it. */
  private wake = (): void => {};
  private readonly charts = new Charts();
  private readonly list = new RunList({
    onToggle: (dir, checked) => this.toggle(dir, checked),
    onSolo: (dir) => this.check([dir]),
  });
  private readonly table = new DifferencesTable();
  private readonly bar: ChartOptions;
  private readonly status = new StatusLine(
    (dir) => this.host.post({ type: "stop", dir }),
    (dir) => this.host.post({ type: "resume", dir }),
  );
  private readonly empty = element("p", { className: "empty" });
  private readonly noneFits = element("p", { className: "muted none-fits", text: emptyWords.noneFits });
  private readonly note = element("p", { className: "muted note" });
  private readonly said = element("div", { className: "visually-hidden said" });

  constructor(
    root: HTMLElement,
    private readonly host: Host<ViewOptions>,
  ) {
    const above = listBar(host.view, {
      onChange: (change) => this.change(change),
      onAll: () => this.checkListed(true),
      onNone: () => this.checkListed(false),
    });
    this.bar = new ChartOptions(() => host.view, {
      onChange: (change) => this.change(change),
      onResetZoom: () => void this.charts.resetZoom(),
    });
    const exports = exportBar(
      (kind) => this.exportAs(kind),
      (error) => showProblem(`Export failed: ${String(error)}`),
    );
    this.said.setAttribute("role", "status");
    const side = element("aside", { className: "side", label: "Runs" }, [
      element("h2", { text: "Runs" }),
      above,
      this.list.root,
      this.noneFits,
      this.table.root,
    ]);
    const header = element("header", { className: "header" }, [this.status.root, this.said, exports]);
    const main = element("main", { className: "main" }, [header, this.bar.root, this.note, this.empty, this.charts.root]);
    root.append(element("div", { className: "panel" }, [side, main]));
    onThemeChange(() => {
      this.theme = readTheme();
      this.draw();
    });
    this.draw();
  }

  show(runs: readonly ViewedRun[], selected: readonly string[], isSearching: boolean): void {
    this.runs = runs;
    this.isSearching = isSearching;
    this.host.saveView({ ...this.host.view, ...adopt(this.host.view, selected) });
    this.draw();
  }

  private change(change: Partial<ViewOptions>): void {
    this.host.saveView({ ...this.host.view, ...change });
    this.draw();
    this.wake();
  }

  private shown(): ShownRuns {
    return shownRuns(this.runs, this.host.view);
  }

  /** Runs that the filter hides keep their boxes as they are. */
  private checkedDirs(): string[] {
    return this.host.view.checked ?? this.shown().checked.map(({ dir }) => dir);
  }

  private toggle(dir: string, checked: boolean): void {
    const others = this.checkedDirs().filter((other) => other !== dir);
    this.check(checked ? [...others, dir] : others);
  }

  private checkListed(checked: boolean): void {
    const listed = this.shown().listed.map(({ dir }) => dir);
    const others = this.checkedDirs().filter((dir) => !listed.includes(dir));
    this.check(checked ? [...others, ...listed] : others);
  }

  private check(dirs: string[]): void {
    this.change({ checked: dirs });
    this.host.post({ type: "select", dirs });
  }

  private draw(): void {
    this.stale = true;
    if (!this.drawing) {
      this.drawing = true;
      void this.drawWhileStale().finally(() => (this.drawing = false));
    }
  }

  /** Any number of changes during a drawing are one; many long runs leave half of the time to the reader. */
  private async drawWhileStale(): Promise<void> {
    while (this.stale) {
      await new Promise(requestAnimationFrame);
      this.stale = false;
      const started = performance.now();
      await this.drawNow().catch((error: unknown) => showProblem(`The curves cannot be drawn: ${String(error)}`));
      const milliseconds = performance.now() - started;
      await this.rest(milliseconds);
    }
  }

  private rest(milliseconds: number): Promise<void> {
    return new Promise((rested) => {
      const timer = setTimeout(rested, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        rested();
      };
    });
  }

  private async drawNow(): Promise<void> {
    const { runs, theme } = this;
    const options = this.host.view;
    const { listed, checked, drawn, otherTasks } = this.shown();
    const boxes = new Set(checked.map(({ dir }) => dir));
    this.list.update(listed, boxes, theme);
    this.noneFits.hidden = listed.length > 0 || runs.length === 0;
    this.noneFits.textContent = filterProblem(runs, options.filter) ?? emptyWords.noneFits;
    this.table.update(checked, theme);
    this.bar.update(checked);
    this.status.update(runs, boxes);
    this.note.textContent = otherTasksText(otherTasks);
    this.note.hidden = otherTasks.length === 0;
    this.empty.hidden = drawn.length > 0;
    this.empty.textContent = emptyText(runs, listed, this.isSearching);
    this.charts.root.hidden = drawn.length === 0;
    if (drawn.length > 0) {
      await this.charts.render({ runs: drawn, options, theme });
    }
  }

  /** @returns what the pressed button says then */
  private async exportAs(kind: ExportKind): Promise<string> {
    const { checked, drawn } = this.shown();
    const count = `${checked.length} ${checked.length === 1 ? "run" : "runs"}`;
    if (kind === "markdown") {
      await copyMarkdown(checked);
      this.said.textContent = `Copied ${count} as a Markdown table.`;
      return "Copied";
    }
    this.host.post(await exportedFile(kind, this.charts, kind === "csv" ? checked : drawn));
    this.said.textContent = `The editor asks where to save the ${kind.toUpperCase()} file.`;
    return "Saving…";
  }
}

function emptyText(runs: readonly RunSnapshot[], listed: readonly RunSnapshot[], isSearching: boolean): string {
  if (runs.length === 0) {
    return isSearching ? emptyWords.searching : emptyWords.noRuns;
  }
  return listed.length === 0 ? emptyWords.noneFits : emptyWords.noneChecked;
}

/** "2 runs are judged by accuracy: choose it as y to see them." */
function otherTasksText(runs: readonly RunSnapshot[]): string {
  const names = [...new Set(runs.map(({ task }) => measures[task].name))].join(" or ");
  const are = runs.length === 1 ? "1 checked run is" : `${runs.length} checked runs are`;
  return `${are} judged by ${names}: choose that as y to see ${runs.length === 1 ? "it" : "them"}.`;
}
