import { printableLine } from "./printable.js";

/** A text in a heading, sentence or table cell of Markdown (CommonMark and GitHub's tables): one line that means itself. */
export function markdownText(text: string): string {
  return printableLine(text).replace(/[\\`*_[\]<>|&~#$]/g, "\\$&");
}

/** A path or file name as code in Markdown, also in a table: in more backticks than it holds in a row. */
export function markdownCode(text: string): string {
  const plain = printableLine(text).replaceAll("|", "\\|");
  const longest = [...plain.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 0);
  const fence = "`".repeat(longest + 1);
  const pad = /^`|`$/.test(plain) ? " " : "";
  return `${fence}${pad}${plain}${pad}${fence}`;
}
