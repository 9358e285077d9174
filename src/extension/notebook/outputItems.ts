import * as vscode from "vscode";
import type { CellError, MimeBundle } from "../../../kernel/contract.js";
import { scheduleMime, trainingMime } from "../../../webview/protocol.js";

/** Types that nbformat and the kernel carry as base64; SVG is text. */
function isBinary(mime: string): boolean {
  return /^(image|audio|video)\//.test(mime) && mime !== "image/svg+xml";
}

function item(mime: string, value: string): vscode.NotebookCellOutputItem {
  return isBinary(mime)
    ? new vscode.NotebookCellOutputItem(Buffer.from(value, "base64"), mime)
    : vscode.NotebookCellOutputItem.text(value, mime);
}

/** Types that the extension draws itself. */
const ownMimes: readonly string[] = [trainingMime, scheduleMime];

/** All representations of a value; the extension's own first, because the editor shows the first that it can. */
export function bundleItems(data: MimeBundle): vscode.NotebookCellOutputItem[] {
  const mimes = Object.keys(data).sort((a, b) => Number(ownMimes.includes(b)) - Number(ownMimes.includes(a)));
  return mimes.map((mime) => item(mime, data[mime]!));
}

export function streamItem(name: "stdout" | "stderr", text: string): vscode.NotebookCellOutputItem {
  return vscode.NotebookCellOutputItem[name](text);
}

/** The editor shows the stack alone when there is one, so the stack starts with the message. */
export function errorItem({ name, message, stack }: CellError): vscode.NotebookCellOutputItem {
  const headline = `${name}: ${message}`;
  const whole = stack.startsWith(name) ? stack : [headline, stack].filter((part) => part !== "").join("\n");
  return vscode.NotebookCellOutputItem.error({ name, message, stack: whole });
}
