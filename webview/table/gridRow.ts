import { cellText, valueText } from "../../src/runTable/cellText.js";
import type { Column } from "../../src/runTable/columns.js";
import type { Group, Spread } from "../../src/runTable/group.js";
import { measures } from "../../src/runs/measures.js";
import { swatch } from "../curves/swatch.js";
import { element } from "../shared/element.js";
import { stateSigns, stateText } from "../shared/runText.js";
import type { Theme } from "../shared/theme.js";
import type { ViewedRun } from "../shared/viewedRuns.js";

/** A row of the table: a run, or the head of the runs below it that belong together. */
export type GridItem = { readonly kind: "run"; readonly run: ViewedRun } | { readonly kind: "group"; readonly group: Group<ViewedRun>; readonly by: readonly Column[] };

/** The cells of a run: box and line as drawn, then the columns. */
export function runCells(run: ViewedRun, columns: readonly Column[], isChecked: boolean, theme: Theme): HTMLElement[] {
  const box = element("input", { label: `Compare ${run.name}` });
  box.type = "checkbox";
  box.checked = isChecked;
  // The grid is one stop of the Tab key; Space checks the box of the row.
  box.tabIndex = -1;
  box.dataset.action = "check";
  return [cell("cell-check", [box, swatch(run.colour, theme)]), ...columns.map((column) => cellOf(column, run))];
}

function cell(className: string, children: (Node | string)[]): HTMLElement {
  const made = element("div", { className: `cell ${className}` }, children);
  made.setAttribute("role", "gridcell");
  return made;
}

function cellOf(column: Column, run: ViewedRun): HTMLElement {
  switch (column.id) {
    case "starred":
      return starCell(run);
    case "state": {
      const made = cell("cell-state", [`${stateSigns[run.state]} ${stateText(run)}`]);
      made.dataset.state = run.state;
      made.title = run.ending ?? run.state;
      return made;
    }
    case "metric":
      return metricCell(column, run);
    default:
      return plainCell(column, run);
  }
}

function plainCell(column: Column, run: ViewedRun): HTMLElement {
  const text = cellText(column, run);
  const made = cell(isRight(column) ? "cell-number" : "cell-text", [text]);
  made.title = column.id === "name" ? `${run.name}\n${run.dir}` : column.id === "note" ? String(column.value(run) ?? "") : text;
  return made;
}

function metricCell(column: Column, run: ViewedRun): HTMLElement {
  const made = cell("cell-number cell-metric", [cellText(column, run)]);
  made.title = run.metric === null ? "no validation yet" : [run.metric.label, ...(run.metricMethod === null ? [] : [run.metricMethod])].join(": ");
  return made;
}

function starCell(run: ViewedRun): HTMLElement {
  const isStarred = run.marks?.starred ?? false;
  const star = element("button", { className: "star", text: isStarred ? "★" : "☆", label: `Star ${run.name}` });
  star.type = "button";
  star.tabIndex = -1;
  star.dataset.action = "star";
  star.setAttribute("aria-pressed", String(isStarred));
  return cell("cell-star", [star]);
}

export function isRight({ kind }: Column): boolean {
  return kind === "number" || kind === "figure" || kind === "duration";
}

/** The one cell of a group: what its runs share, how many they are, and their figures. */
export function groupCells(group: Group<ViewedRun>, by: readonly Column[], width: number): HTMLElement[] {
  const made = cell("cell-group", [groupText(group, by)]);
  made.setAttribute("aria-colspan", String(width));
  return [made];
}

/** "units 256, quantiser ternary · 3 runs · BPC best 2.115, 2.130 ± 0.012" */
export function groupText({ values, runs, metric }: Group<ViewedRun>, by: readonly Column[]): string {
  const task = runs[0]!.task;
  const shared = by.map(({ title, kind, id }, index) => `${title} ${valueText(kind, values[index] ?? null, task, id) || "–"}`);
  return [shared.join(", "), `${runs.length} ${runs.length === 1 ? "run" : "runs"}`, ...(metric === null ? [] : [spreadText(metric, task)])].join(" · ");
}

function spreadText({ best, mean, deviation }: Spread, task: ViewedRun["task"]): string {
  const { name, text } = measures[task];
  return deviation === null ? `${name} ${text(best)}` : `${name} best ${text(best)}, ${text(mean)} ± ${text(deviation)}`;
}
