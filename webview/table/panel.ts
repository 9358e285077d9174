import type { Column } from "../../src/runTable/columns.js";
import { sortKeyAfter } from "../../src/runTable/order.js";
import { tableClipboard, tableCsv, tableJson } from "../../src/runTable/tableText.js";
import { tableView, type TableView } from "../../src/runTable/tableView.js";
import { valueText } from "../../src/runTable/cellText.js";
import { element } from "../shared/element.js";
import type { Host } from "../shared/host.js";
import { showProblem } from "../shared/problem.js";
import { onThemeChange, readTheme, type Theme } from "../shared/theme.js";
import type { ViewedRun } from "../shared/viewedRuns.js";
import { Comparison } from "./comparison.js";
import { Grid } from "./grid.js";
import type { GridItem } from "./gridRow.js";
import { type BulkAction, type TableExport, Toolbar } from "./toolbar.js";
import type { ViewOptions } from "./viewOptions.js";

const emptyWords = {
  searching: "Looking for runs…",
  noRuns: "No runs yet. Train a model in a notebook cell, or start a sweep, and its runs appear here.",
  noneFits: "No run fits the filter.",
};

/** The panel of experiments: a table of runs, and comparisons of those whose boxes are checked. */
export class TablePanel {
  private runs: readonly ViewedRun[] = [];
  private isSearching = true;
  private checked: ReadonlySet<string> = new Set();
  private theme: Theme = readTheme();
  private view: TableView<ViewedRun>;
  private isStale = false;
  private shownColumns: readonly Column[] = [];
  private readonly toolbar: Toolbar;
  private readonly grid: Grid;
  private readonly comparison: Comparison;
  private readonly folded = element("p", { className: "muted folded" });
  private readonly empty = element("p", { className: "muted empty" });
  private readonly said = element("div", { className: "visually-hidden said" });

  constructor(
    root: HTMLElement,
    private readonly host: Host<ViewOptions>,
  ) {
    this.view = tableView<ViewedRun>([], host.view);
    this.toolbar = new Toolbar(host.view, {
      onChange: (change) => this.change(change),
      onExport: (kind) => void this.exportAs(kind).catch((error: unknown) => showProblem(`Export failed: ${String(error)}`)),
      onAction: (action) => this.act(action, [...this.checked]),
    });
    this.grid = new Grid({
      onSort: (column, isFurther) => this.change({ sort: sortKeyAfter(this.host.view.sort, column.id, isFurther) }),
      onCheck: (dir) => this.check(dir),
      onStar: (dir) => this.act("star", [dir]),
      onOpen: (dir) => this.open(dir),
      onEdit: (dir, field) => this.act(field, [dir]),
      onDelete: (dir) => this.act("delete", [dir]),
    });
    this.comparison = new Comparison((change) => this.change(change));
    this.said.setAttribute("role", "status");
    root.append(element("main", { className: "table-panel" }, [this.toolbar.root, this.folded, this.empty, this.grid.root, this.comparison.root, this.said]));
    onThemeChange(() => {
      this.theme = readTheme();
      this.drawSoon();
    });
    this.drawSoon();
  }

  show(runs: readonly ViewedRun[], selected: readonly string[], isSearching: boolean): void {
    this.runs = runs;
    this.checked = new Set(selected);
    this.isSearching = isSearching;
    this.drawSoon();
  }

  private change(change: Partial<ViewOptions>): void {
    this.host.saveView({ ...this.host.view, ...change });
    this.drawSoon();
  }

  private check(dir: string): void {
    const others = [...this.checked].filter((other) => other !== dir);
    const dirs = this.checked.has(dir) ? others : [...others, dir];
    this.checked = new Set(dirs);
    this.host.post({ type: "select", dirs });
    this.drawSoon();
  }

  private open(dir: string): void {
    this.host.post({ type: "select", dirs: [dir] });
    this.host.post({ type: "open-curves" });
  }

  private act(action: BulkAction, dirs: readonly string[]): void {
    const runs = this.runs.filter(({ dir }) => dirs.includes(dir));
    if (runs.length === 0) {
      this.said.textContent = "Check the box of a run first.";
      return;
    }
    const of = { dirs: runs.map(({ dir }) => dir) };
    switch (action) {
      case "star":
        return this.host.post({ type: "mark-runs", ...of, change: { starred: !runs.every(({ marks }) => marks?.starred) } });
      case "hide":
        return this.host.post({ type: "mark-runs", ...of, change: { hidden: !runs.every(({ marks }) => marks?.hidden) } });
      case "delete":
        return this.host.post({ type: "delete-runs", ...of });
      default:
        return this.host.post({ type: "edit-marks", ...of, field: action });
    }
  }

  /** Any number of changes before the next picture are one. */
  private drawSoon(): void {
    if (!this.isStale) {
      this.isStale = true;
      requestAnimationFrame(() => {
        this.isStale = false;
        this.draw();
      });
    }
  }

  private draw(): void {
    const { runs, theme, checked } = this;
    const options = this.host.view;
    this.view = tableView(runs, options);
    const { all, columns, rows, hidden, problem } = this.view;
    this.toolbar.update(all, columns, options);
    this.toolbar.say(countText(rows.length, runs.length, hidden, checked.size), problem?.message ?? null);
    this.grid.update({ columns: this.sameColumns(columns), items: itemsOf(this.view), checked, sort: options.sort, theme });
    this.folded.textContent = foldedText(this.view);
    this.folded.hidden = this.view.folded.length === 0 || rows.length < 2;
    this.empty.hidden = rows.length > 0;
    this.grid.root.hidden = runs.length === 0;
    this.comparison.root.hidden = runs.length === 0;
    this.empty.textContent = runs.length > 0 ? emptyWords.noneFits : this.isSearching ? emptyWords.searching : emptyWords.noRuns;
    const comparison = { runs: rows, checked: rows.filter(({ dir }) => checked.has(dir)), columns: all, theme, options };
    this.comparison.update(comparison).catch((error: unknown) => showProblem(`The comparison cannot be drawn: ${String(error)}`));
  }

  /** The columns before where they are the same ones: then rows that did not change are not drawn again. */
  private sameColumns(columns: readonly Column[]): readonly Column[] {
    const before = this.shownColumns;
    const isSame = before.length === columns.length && columns.every((column, index) => isSameColumn(before[index]!, column));
    this.shownColumns = isSame ? before : columns;
    return this.shownColumns;
  }

  private async exportAs(kind: TableExport): Promise<void> {
    const { rows, columns } = this.view;
    const count = `${rows.length} ${rows.length === 1 ? "run" : "runs"}`;
    if (kind === "copy") {
      await navigator.clipboard.writeText(tableClipboard(rows, columns));
      this.said.textContent = `Copied ${count}.`;
      return;
    }
    const data = kind === "csv" ? tableCsv(rows, columns) : `${JSON.stringify(tableJson(rows, columns), null, 2)}\n`;
    this.host.post({ type: "save", suggestedName: `runs.${kind}`, encoding: "utf8", data });
    this.said.textContent = `The editor asks where to save ${count}.`;
  }
}

function isSameColumn(one: Column, other: Column): boolean {
  return one.id === other.id && one.title === other.title && one.kind === other.kind && one.places.join() === other.places.join();
}

function itemsOf({ rows, grouping }: TableView<ViewedRun>): GridItem[] {
  if (grouping === null) {
    return rows.map((run) => ({ kind: "run", run }));
  }
  const { by, groups } = grouping;
  return groups.flatMap((group): GridItem[] => [{ kind: "group", group, by }, ...group.runs.map((run) => ({ kind: "run", run }) as const)]);
}

function countText(shown: number, all: number, hidden: number, checked: number): string {
  const parts = [shown === all ? `${all} ${all === 1 ? "run" : "runs"}` : `${shown} of ${all} runs`];
  return [...parts, ...(hidden > 0 ? [`${hidden} hidden`] : []), ...(checked > 0 ? [`${checked} checked`] : [])].join(" · ");
}

/** "Equal in all: cell LSTM · batch size 64" */
function foldedText({ folded, rows }: TableView<ViewedRun>): string {
  const task = rows[0]?.task ?? "character-model";
  return `Equal in all: ${folded.map(({ column, value }) => `${column.title} ${valueText(column.kind, value, task, column.id)}`).join(" · ")}`;
}
