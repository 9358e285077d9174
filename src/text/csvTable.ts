import { csvField } from "./csv.js";

export type CsvCell = string | number | null;

/** Digits with an optional sign, fraction and exponent: no spreadsheet takes them for a formula. */
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function cell(value: CsvCell): string {
  if (value === null) {
    return "";
  }
  return typeof value === "string" && decimal.test(value) ? value : csvField(value);
}

/** A CSV line with its line end, \r\n (RFC 4180); null is an empty field, a text that is a number stays as it is. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}
