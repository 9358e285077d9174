import type { RunSummary } from "../runs/runViews.js";
import { cellText, valueText } from "../runTable/cellText.js";
import { type Column, columnsOf } from "../runTable/columns.js";
import { FilterError } from "../runTable/filter/filter.js";
import { runTest } from "../runTable/filter/runTest.js";
import { type Group, groupRuns } from "../runTable/group.js";
import { sortRuns } from "../runTable/order.js";
import { tableCsv, tableJson } from "../runTable/tableText.js";
import { ColumnError, columnNamed, initialTableOptions, names, sortKeysOf, tableView } from "../runTable/tableView.js";
import { csvLine } from "../text/csv.js";
import { printableLine } from "../text/printable.js";
import { type Report, UsageError } from "./command.js";
import { alignedTable } from "./alignedTable.js";
import type { DamagedRun, RunRow } from "./runRow.js";

/** Which runs are listed, in which order and with which columns. */
interface Choice {
  readonly filter?: string | undefined;
  readonly sort?: string | undefined;
  readonly columns?: string | undefined;
  readonly group?: string | undefined;
  readonly all: boolean;
}

interface ChosenRuns {
  readonly rows: readonly RunRow[];
  /** The table of the columns or groups that were asked for; absent where none were. */
  readonly report?: (isCsv: boolean, damaged: readonly DamagedRun[]) => Report;
}

/** @throws UsageError for a filter that is wrong and columns that there are not */
export function chooseRuns(rows: readonly RunRow[], choice: Choice): ChosenRuns {
  try {
    return chosen(rows, choice);
  } catch (error) {
    throw error instanceof FilterError || error instanceof ColumnError ? new UsageError(error.message, { cause: error }) : error;
  }
}

function chosen(rows: readonly RunRow[], { filter = "", sort, columns, group, all: withHidden }: Choice): ChosenRuns {
  const present = rows.filter(({ summary }) => withHidden || !summary.marks?.hidden);
  const all = columnsOf(present.map(({ summary }) => summary));
  const test = runTest(filter, all);
  const byRun = new Map(present.filter(({ summary }) => test(summary)).map((row) => [row.summary, row]));
  const runs = sort === undefined ? [...byRun.keys()] : sortRuns([...byRun.keys()], sortKeysOf(sort, all), all);
  const found = { rows: runs.map((run) => byRun.get(run)!) };
  if (group !== undefined) {
    const by = names(group).map((name) => columnNamed(all, name));
    return { ...found, report: (isCsv, damaged) => groupReport(groupRuns(runs, by), by, isCsv, damaged) };
  }
  if (columns === undefined) {
    return found;
  }
  const shown = shownColumns(columns, all, runs, withHidden);
  return { ...found, report: (isCsv, damaged) => columnReport(runs, shown, isCsv, damaged) };
}

function shownColumns(list: string, all: readonly Column[], runs: readonly RunSummary[], withHidden: boolean): readonly Column[] {
  switch (list.trim()) {
    case "all":
      return all;
    case "differing":
      return tableView(runs, { ...initialTableOptions, withHidden }).columns;
    default:
      return names(list).map((name) => columnNamed(all, name));
  }
}

function columnReport(runs: readonly RunSummary[], columns: readonly Column[], isCsv: boolean, damaged: readonly DamagedRun[]): Report {
  const head = [...columns.map(({ title }) => title.toUpperCase()), "DIRECTORY"];
  const lines = runs.map((run) => [...columns.map((column) => plain(cellText(column, run))), printableLine(run.dir)]);
  return {
    ...(isCsv && { exact: tableCsv(runs, columns) }),
    text: alignedTable([head, ...lines]),
    json: { runs: tableJson(runs, columns), damaged },
  };
}

function groupReport(groups: readonly Group[], by: readonly Column[], isCsv: boolean, damaged: readonly DamagedRun[]): Report {
  const head = [...by.map(({ title }) => title), "runs", "best", "mean", "deviation"];
  const csv = groups.map(({ values, runs, metric }) =>
    csvLine([...values.map((value) => (typeof value === "number" ? value : plain(String(value ?? "")))), runs.length, metric?.best ?? null, metric?.mean ?? null, metric?.deviation ?? null]),
  );
  const lines = groups.map(({ values, runs, metric }) => {
    const figure = (value: number | null | undefined): string => (value === null || value === undefined ? "-" : valueText("figure", value, runs[0]!.task));
    const cells = values.map((value, index) => plain(valueText(by[index]!.kind, value, runs[0]!.task, by[index]!.id)));
    return [...cells, String(runs.length), figure(metric?.best), figure(metric?.mean), figure(metric?.deviation)];
  });
  const json = groups.map(({ values, runs, metric }) => ({
    values: Object.fromEntries(by.map(({ title }, index) => [title, values[index] ?? null])),
    runs: runs.map(({ dir }) => dir),
    metric,
  }));
  return {
    ...(isCsv && { exact: [csvLine(head), ...csv].join("") }),
    text: alignedTable([head.map((title) => title.toUpperCase()), ...lines]),
    json: { groups: json, damaged },
  };
}

/** Thin blanks are for views; a terminal shows plain ones. */
function plain(text: string): string {
  return printableLine(text.replaceAll("\u202f", " ")) || "-";
}
