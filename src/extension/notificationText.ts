import { printableLines } from "../text/printable.js";

/** Words of a notification. VS Code makes links of `[text](target)` there, and some of them run commands: names make none. */
export function notificationText(text: string): string {
  return printableLines(text).replaceAll("](", "] (");
}
