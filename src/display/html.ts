import { escapeHtml } from "../text/markup.js";
import { printableLine } from "../text/printable.js";
import type { MimeBundle } from "./host.js";

export type Row = readonly [label: string, value: string];

/** A two-column table as HTML with the same facts as aligned text, for places that show no HTML. Each fact is one printable line. */
export function table(heading: string, facts: readonly Row[]): MimeBundle {
  const title = printableLine(heading);
  const rows = facts.map(([label, value]): Row => [printableLine(label), printableLine(value)]);
  const cells = rows.map(
    ([label, value]) => `<tr><th scope="row" style="text-align:left">${escapeHtml(label)}</th><td style="text-align:left">${escapeHtml(value)}</td></tr>`,
  );
  const width = rows.reduce((most, [label]) => Math.max(most, label.length), 0);
  const lines = rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`);
  return {
    "text/html": `<table><caption style="text-align:left;font-weight:bold">${escapeHtml(title)}</caption><tbody>${cells.join("")}</tbody></table>`,
    "text/plain": [title, ...lines].join("\n"),
  };
}

/** A table of several columns, the first of names and the others of figures, as HTML and as aligned text. */
export function grid(heading: string, head: readonly string[], facts: readonly (readonly string[])[]): MimeBundle {
  const title = printableLine(heading);
  const rows = facts.map((cells) => cells.map(printableLine));
  const cell = (tag: string, text: string, column: number): string =>
    `<${tag} style="text-align:${column === 0 ? "left" : "right"}">${escapeHtml(text)}</${tag}>`;
  const row = (tag: string, cells: readonly string[]): string => `<tr>${cells.map((text, column) => cell(tag, text, column)).join("")}</tr>`;
  const widths = head.map((_, column) => [head, ...rows].reduce((most, cells) => Math.max(most, cells[column]!.length), 0));
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((text, column) => (column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!))).join("  ")}`.trimEnd();
  return {
    "text/html":
      `<table><caption style="text-align:left;font-weight:bold">${escapeHtml(title)}</caption>` +
      `<thead>${row("th", head)}</thead><tbody>${rows.map((cells) => row("td", cells)).join("")}</tbody></table>`,
    "text/plain": [title, line(head), ...rows.map(line)].join("\n"),
  };
}

/** 1234567 -> "1,234,567" */
export function thousands(count: number): string {
  return count.toLocaleString("en-US");
}
