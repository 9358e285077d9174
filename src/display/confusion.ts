import { escapeHtml } from "../text/markup.js";
import { printableLine } from "../text/printable.js";
import type { Confusion } from "../data/classFigures.js";
import { grid, thousands } from "./html.js";

/** More classes than this are no readable matrix: their commonest confusions are listed instead. */
const mostClasses = 30;
/** Confusions that are listed. */
const mostListed = 20;
/** The share of a cell's colour, so that text on it stays readable in every theme. */
const strongest = 45;

const rightColour = "var(--vscode-charts-blue, #3f87cf)";
const wrongColour = "var(--vscode-charts-orange, #d9730d)";

/** A table whose cells are coloured by their share of the row: blue for what is right, orange for what is wrong. */
export function confusionHtml(title: string, confusion: Confusion): string {
  const { classes, counts } = confusion;
  if (classes.length > mostClasses) {
    return grid(listTitle(title, classes.length), listHead, confusions(confusion))["text/html"]!;
  }
  const heads = classes.map((name) => `<th scope="col" style="${cellStyle}">${html(name)}</th>`);
  const rows = classes.map((name, row) => {
    const own = counts.subarray(row * classes.length, (row + 1) * classes.length);
    const all = own.reduce((total, count) => total + count, 0);
    const cells = Array.from(own, (count, column) => coloured(count, all, { isRight: row === column, row: name, column: classes[column]! }));
    return `<tr><th scope="row" style="${cellStyle}">${html(name)}</th>${cells.join("")}</tr>`;
  });
  return (
    `<table style="border-collapse:separate;border-spacing:2px"><caption style="text-align:left;font-weight:bold">${html(title)}</caption>` +
    `<thead><tr><th style="${cellStyle}">true \\ predicted</th>${heads.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`
  );
}

function html(text: string): string {
  return escapeHtml(printableLine(text));
}

const cellStyle = "text-align:right;padding:3px 8px;font-variant-numeric:tabular-nums";

function coloured(count: number, all: number, cell: { readonly isRight: boolean; readonly row: string; readonly column: string }): string {
  const share = all === 0 ? 0 : count / all;
  // The square root shows rare confusions too.
  const strength = Math.round(strongest * Math.sqrt(share));
  const colour = `color-mix(in srgb, ${cell.isRight ? rightColour : wrongColour} ${strength}%, transparent)`;
  const words = `${thousands(count)} of ${thousands(all)} ${cell.row}, ${(100 * share).toFixed(1)} %, predicted as ${cell.column}`;
  return `<td style="${cellStyle};background:${colour}" title="${html(words)}">${thousands(count)}</td>`;
}

/** The same facts as aligned text. */
export function confusionText(title: string, confusion: Confusion): string {
  const { classes, counts } = confusion;
  if (classes.length > mostClasses) {
    return grid(listTitle(title, classes.length), listHead, confusions(confusion))["text/plain"]!;
  }
  const rows = classes.map((name, row) => [name, ...Array.from(counts.subarray(row * classes.length, (row + 1) * classes.length), thousands)]);
  return grid(title, ["true \\ predicted", ...classes], rows)["text/plain"]!;
}

const listHead = ["true", "predicted", "sequences"];

function listTitle(title: string, classes: number): string {
  return `${title}: the commonest confusions of ${classes} classes`;
}

function confusions({ classes, counts }: Confusion): string[][] {
  const C = classes.length;
  const wrong = Array.from(counts.keys()).filter((at) => counts[at]! > 0 && Math.floor(at / C) !== at % C);
  return wrong
    .sort((one, other) => counts[other]! - counts[one]! || one - other)
    .slice(0, mostListed)
    .map((at) => [classes[Math.floor(at / C)]!, classes[at % C]!, thousands(counts[at]!)]);
}
