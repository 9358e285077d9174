/**
 * How Node is to tell the address of an inspector that is opened later. The address is its only secret, as whoever knows it may
 * run code here: it is printed to a stream that only the host reads, and not served at `/json/list` to everybody on the machine.
 */
export const inspectorFlags: readonly string[] = ["--inspect-publish-uid=stderr"];

const remarks = [
  "Debugger (?:listening|ending) on ws:.*",
  "Debugger attached\\.",
  "For help, see: https://nodejs\\.org/.*",
  "Waiting for the debugger to disconnect\\.\\.\\.",
];
const remarkLines = new RegExp(`^(?:${remarks.join("|")})\\r?\\n`, "gm");

/** What the process wrote, without the lines that Node writes when its inspector opens or closes and when a debugger attaches. */
export function withoutInspectorRemarks(text: string): string {
  return text.replace(remarkLines, "");
}
