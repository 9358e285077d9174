import { printableLine } from "./printable.js";

/** A text in a heading, sentence or table cell of Markdown (CommonMark and GitHub's tables): one line that means itself. */
export function markdownText(text: string): string {
  return printableLine(text).replace(/[\\`*_[\]<>|&~#$]/g, "\\$&");
}

/** A path or file name as code in Markdown, also in a table: in more backticks than it holds in a row. */
export function markdownCode(text: string): string {
  const plain = printableLine(text).replaceAll("|", "\\|");
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = /^`|`$/.test(plain) ? " " : "";
  return `${fence}${pad}${plain}${pad}${fence}`;
}
