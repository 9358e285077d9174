import type { RunSummary } from "../runs/runViews.js";
import { csvLine } from "../text/csv.js";
import { cellText } from "./cellText.js";
import type { CellValue, Column } from "./columns.js";

/** The shown columns as CSV (RFC 4180): numbers as they are, the directory of the run last. */
export function tableCsv(rows: readonly RunSummary[], columns: readonly Column[]): string {
  const head = [...columns.map(({ title }) => title), "directory"];
  const lines = rows.map((run) => csvLine([...columns.map((column) => csvCell(column.value(run))), run.dir]));
  return [csvLine(head), ...lines].join("");
}

function csvCell(value: CellValue): string | number | null {
  if (value === null || typeof value === "number") {
    return value;
  }
  return typeof value === "object" ? value.join(" ") : String(value);
}

/** The same with tabs and texts, as a spreadsheet takes it from the clipboard. */
export function tableClipboard(rows: readonly RunSummary[], columns: readonly Column[]): string {
  const oneLine = (text: string): string => text.replaceAll(/[\t\r\n]/g, " ");
  const lines = rows.map((run) => columns.map((column) => oneLine(cellText(column, run))).join("\t"));
  return [columns.map(({ title }) => oneLine(title)).join("\t"), ...lines].join("\n");
}

/** One object for each run, its members named by the columns' titles. */
export function tableJson(rows: readonly RunSummary[], columns: readonly Column[]): Record<string, CellValue>[] {
  return rows.map((run) => Object.fromEntries<CellValue>([...columns.map((column) => [column.title, column.value(run)] as const), ["directory", run.dir]]));
}
