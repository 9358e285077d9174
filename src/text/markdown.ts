import { printableLine } from "./printable.js";

/** A text in a heading, sentence or table cell of Markdown (CommonMark and GitHub's tables): one line that means itself. */
export function markdownText(text: string): string {
  return printableLine(text).replace(/[\\`*_[\]<>|&~#$]/g, "\\$&");
}
