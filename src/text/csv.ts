import { printableLine } from "./printable.js";

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
