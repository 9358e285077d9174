import { printableLines } from "../text/printable.js";

/** Tells a person something on standard error; names in it cannot command the terminal. */
export function tell(text: string): void {
  process.stderr.write(`${printableLines(text)}\n`);
}
