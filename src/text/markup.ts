import { printableLines } from "./printable.js";

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text made safe between tags and inside quoted attributes, of HTML and of XML, in which most control characters are no characters. */
export function escapeHtml(text: string): string {
  return printableLines(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
