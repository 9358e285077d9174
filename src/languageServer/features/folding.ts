import ts from "typescript";
import { type FoldingRange, FoldingRangeKind } from "vscode-languageserver";
import { type OpenCell, rangeInCell } from "../places.js";

const kinds: Partial<Record<ts.OutliningSpanKind, FoldingRangeKind>> = {
  [ts.OutliningSpanKind.Comment]: FoldingRangeKind.Comment,
  [ts.OutliningSpanKind.Imports]: FoldingRangeKind.Imports,
  [ts.OutliningSpanKind.Region]: FoldingRangeKind.Region,
};

/** The lines of a cell that fold into one. A closing bracket stays in sight, on its line. */
export function foldingRanges(cell: OpenCell): FoldingRange[] {
  const { program, module } = cell;
  return program.service.getOutliningSpans(module.fileName).flatMap(({ textSpan, kind }) => {
    const range = rangeInCell(cell, textSpan);
    if (!range) {
      return [];
    }
    const startLine = range.start.line;
    const isClosed = kind === ts.OutliningSpanKind.Code && /[\])}>`]/.test(module.text.charAt(ts.textSpanEnd(textSpan) - 1));
    const endLine = range.end.line - (isClosed ? 1 : 0);
    const named = kinds[kind];
    return endLine > startLine ? [{ startLine, endLine, ...(named && { kind: named }) }] : [];
  });
}
