import ts from "typescript";
import type { Location, Range } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { CellModule } from "./cellModule.js";
import type { NotebookProgram } from "./notebookProgram.js";
import { uriOfPath } from "./uris.js";
import type { TypeLibrary } from "./typeLibrary.js";

/** A cell in its notebook's program, as a request names it. */
export interface OpenCell {
  readonly program: NotebookProgram;
  readonly module: CellModule;
  readonly document: TextDocument;
}

/** A position of a request, as an offset in the cell's module. */
export interface CellPosition extends OpenCell {
  readonly offset: number;
}

/** The lines and columns of a span of the cell's module; undefined outside of the cell's text. */
export function rangeInCell({ module, document }: OpenCell, span: ts.TextSpan): Range | undefined {
  const own = module.inCell(span);
  return own && { start: document.positionAt(own.start), end: document.positionAt(own.start + own.length) };
}

/** The span of the module that a range of the cell is. */
export function spanInModule({ module, document }: OpenCell, range: Range): ts.TextSpan {
  const start = document.offsetAt(range.start);
  return { start: start + module.shift, length: document.offsetAt(range.end) - start };
}

/** Finds the place that an editor can show for a span of any file of a program. */
export class PlaceFinder {
  constructor(
    private readonly library: TypeLibrary,
    private readonly documentOf: (cellUri: string) => TextDocument | undefined,
  ) {}

  /** Undefined for text that no one wrote, and for text that ran and stands nowhere any more. */
  locate(program: NotebookProgram, fileName: string, span: ts.TextSpan): Location | undefined {
    const module = program.moduleOf(fileName);
    if (module) {
      const cell = program.standingCell(module);
      const document = cell && this.documentOf(cell.uri);
      const own = module.inCell(span);
      return document && own && { uri: document.uri, range: { start: document.positionAt(own.start), end: document.positionAt(own.start + own.length) } };
    }
    if (program.host.isMade(fileName)) {
      return undefined;
    }
    const file = program.program.getSourceFile(fileName);
    return file && { uri: uriOfPath(this.library.onDisk(fileName)), range: rangeInFile(file, span) };
  }
}

function rangeInFile(file: ts.SourceFile, span: ts.TextSpan): Range {
  return { start: file.getLineAndCharacterOfPosition(span.start), end: file.getLineAndCharacterOfPosition(ts.textSpanEnd(span)) };
}
