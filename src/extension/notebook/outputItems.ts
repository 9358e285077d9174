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

/** Printed text as an output item of VS Code. */
export function streamItem(name: "stdout" | "stderr", text: string): vscode.NotebookCellOutputItem {
  return vscode.NotebookCellOutputItem[name](text);
}

/** Columns after which a line of a message ends. By default the editor does not wrap errors, and a long one leaves the screen. */
const messageColumns = 100;

/** The same words in lines that end at blanks; words that are longer, such as paths, stay whole. */
export function wrapped(message: string): string {
  return message.split("\n").map(wrappedLine).join("\n");
}

function wrappedLine(line: string): string {
  const lines: string[] = [];
  // Blanks in front are an indentation, and stay with the first word.
  for (const word of line.split(/(?<=\S) /)) {
    const longer = `${lines.at(-1) ?? ""} ${word}`;
    if (lines.length > 0 && longer.length <= messageColumns) {
      lines[lines.length - 1] = longer;
    } else {
      lines.push(word);
    }
  }
  return lines.join("\n");
}

/** The editor shows the stack alone when there is one, so the stack starts with the message. */
export function errorItem({ name, message, stack }: CellError): vscode.NotebookCellOutputItem {
  const headline = `${name}: ${message}`;
  const whole = stack.startsWith(name) ? stack : [headline, stack].filter((part) => part !== "").join("\n");
  return vscode.NotebookCellOutputItem.error({ name, message, stack: whole.replace(message, () => wrapped(message)) });
}
