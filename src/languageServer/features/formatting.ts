import type ts from "typescript";
import type { FormattingOptions, Range, TextEdit } from "vscode-languageserver";
import { type OpenCell, rangeInCell, spanInModule } from "../places.js";
import { formatting } from "../preferences.js";

/** The edits that lay out a cell, or the lines of a range, anew. */
export function format(cell: OpenCell, options: FormattingOptions, range?: Range): TextEdit[] {
  const { program, module, document } = cell;
  const whole = { start: document.positionAt(0), end: document.positionAt(module.cellText.length) };
  const { start, length } = spanInModule(cell, range ?? whole);
  const settings = formatting(module.cellText, options.tabSize, options.insertSpaces);
  const changes = program.service.getFormattingEditsForRange(module.fileName, start, start + length, settings);
  return changes.flatMap((change) => editInCell(cell, change) ?? []);
}

function editInCell(cell: OpenCell, { span, newText }: ts.TextChange): TextEdit | undefined {
  const range = rangeInCell(cell, span);
  return range && { range, newText };
}
