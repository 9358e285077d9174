import type ts from "typescript";
import type { TextEdit } from "vscode-languageserver";
import { importsCell } from "../cellModule.js";
import { asWritten } from "../earlierName.js";
import { type OpenCell, rangeInCell } from "../places.js";

/**
 * The edits that TypeScript wants in a cell's module, as edits of the cell's text. What it puts into the part that nobody
 * wrote is a new import beside those that are there: it goes to the cell's beginning.
 */
export function editsOfCell(cell: OpenCell, changes: readonly ts.FileTextChanges[]): TextEdit[] {
  const own = changes.filter(({ fileName }) => fileName === cell.module.fileName);
  return own.flatMap(({ textChanges }) => textChanges.flatMap((change) => editOf(cell, change) ?? []));
}

function editOf(cell: OpenCell, { span, newText }: ts.TextChange): TextEdit | undefined {
  const range = rangeInCell(cell, span);
  if (range) {
    return { range, newText: asWritten(newText) };
  }
  const isImport = span.start < cell.module.shift && /^\s*import\b/.test(newText) && !importsCell(newText);
  const start = { line: 0, character: 0 };
  const lineBreak = cell.module.cellText.includes("\r\n") ? "\r\n" : "\n";
  return isImport ? { range: { start, end: start }, newText: `${newText.trim()}${lineBreak}` } : undefined;
}
