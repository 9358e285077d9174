import { printableLine } from "./printable.js";

export type CsvCell = string | number | null;

/** Digits with an optional sign, fraction and exponent, written with a decimal point. */
export const decimalNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * A field of a CSV file (RFC 4180, section 2). A text that a spreadsheet would take for a formula begins with an
 * apostrophe, which it shows as text (OWASP, "CSV Injection"); numbers stay as they are.
 */
export function csvField(value: string | number): string {
  if (typeof value === "number") {
    return String(value);
  }
  const line = printableLine(value);
  const text = /^\s*[=+\-@]/.test(line) ? `'${line}` : line;
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A CSV line with its line end, \r\n (RFC 4180); null is an empty field, a text that is a number stays as it is. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

function cell(value: CsvCell): string {
  if (value === null) {
    return "";
  }
  return typeof value === "string" && decimalNumber.test(value) ? value : csvField(value);
}
