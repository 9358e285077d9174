import { measures } from "../runs/measures.js";
import type { RunSummary } from "../runs/runViews.js";
import { durationText } from "../text/durationText.js";
import type { CellValue, Column } from "./columns.js";

/** A cell as a person reads it; empty where the run has no such value. */
export function cellText({ kind, id, value }: Column, run: RunSummary): string {
  return valueText(kind, value(run), run.task, id);
}

/** A value of a column, as a person reads it. @param task of the run that it is of: figures differ by it */
export function valueText(kind: Column["kind"], value: CellValue, task: RunSummary["task"], id = ""): string {
  if (value === null) {
    return "";
  }
  if (typeof value === "number") {
    return numberText(kind, value, task);
  }
  if (typeof value === "boolean") {
    return flagText(value, id);
  }
  return typeof value === "string" ? value.replaceAll("\n", " ") : value.join(", ");
}

function numberText(kind: Column["kind"], value: number, task: RunSummary["task"]): string {
  switch (kind) {
    case "figure":
      return measures[task].text(value);
    case "duration":
      return durationText(value);
    case "time":
      return minuteText(value);
    default:
      return String(Number(value.toPrecision(6)));
  }
}

/** Marks show where they are set and nowhere else; a hyper-parameter is true or false. */
function flagText(value: boolean, id: string): string {
  if (id === "starred") {
    return value ? "★" : "";
  }
  return id === "hidden" && !value ? "" : String(value);
}

/** "2026-11-30 14:03", of the local calendar. @param seconds since the epoch */
function minuteText(seconds: number): string {
  const date = new Date(1000 * seconds);
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
