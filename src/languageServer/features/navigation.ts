import ts from "typescript";
import { type DocumentHighlight, DocumentHighlightKind, type DocumentSymbol, type Location, type LocationLink } from "vscode-languageserver";
import { symbolKind } from "../kinds.js";
import { type CellPosition, type OpenCell, type PlaceFinder, rangeInCell } from "../places.js";
import { everyPlace, identifierAt, type ProgramPlace } from "../sameName.js";

/** Finds where the name at a position is declared: in another cell, a file of the user's, a package. */
export function definition(at: CellPosition, finder: PlaceFinder): LocationLink[] {
  const { program, module, offset } = at;
  const found = program.service.getDefinitionAndBoundSpan(module.fileName, offset);
  const originSelectionRange = found && rangeInCell(at, found.textSpan);
  const locations = (found?.definitions ?? []).flatMap((one) => declarationPlace(at, finder, one) ?? []);
  return locations.map(({ uri, range }) => ({
    targetUri: uri,
    targetRange: range,
    targetSelectionRange: range,
    ...(originSelectionRange && { originSelectionRange }),
  }));
}

/** Finds where the type of what stands at a position is declared. */
export function typeDefinition(at: CellPosition, finder: PlaceFinder): Location[] {
  const { program, module, offset } = at;
  const found = program.service.getTypeDefinitionAtPosition(module.fileName, offset) ?? [];
  return found.flatMap((one) => declarationPlace(at, finder, one) ?? []);
}

/** A declaration that nobody wrote stands for one that another cell has. */
function declarationPlace({ program }: OpenCell, finder: PlaceFinder, { fileName, textSpan }: ts.DefinitionInfo): Location | undefined {
  const origin = program.moduleOf(fileName)?.originAt(textSpan.start);
  if (!origin) {
    return finder.locate(program, fileName, textSpan);
  }
  const start = origin.declaration.start + origin.module.shift;
  return finder.locate(program, origin.module.fileName, { start, length: origin.name.length });
}

/** Everywhere the name at a position is used: in all cells, in files of the user's, in packages. */
export function references(at: CellPosition, finder: PlaceFinder, includesDeclaration: boolean): Location[] {
  const { program, module, offset } = at;
  const { service } = program;
  const places = everyPlace(program, { fileName: module.fileName, offset }, {
    find: (place) => (service.findReferences(place.fileName, place.offset) ?? []).flatMap((symbol) => symbol.references),
  });
  const wanted = places.filter(({ fileName, textSpan }) => includesDeclaration || !isDeclaration(program, { fileName, offset: textSpan.start }));
  return wanted.flatMap(({ fileName, textSpan }) => finder.locate(program, fileName, textSpan) ?? []);
}

/** An import is a use of what it imports. */
function isDeclaration(program: OpenCell["program"], place: ProgramPlace): boolean {
  const node = identifierAt(program, place);
  const { parent } = node ?? {};
  if (parent === undefined || ts.isPropertyAccessExpression(parent) || ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) {
    return false;
  }
  return ts.getNameOfDeclaration(parent as ts.Declaration) === node;
}

/** The uses of a name in its cell. */
export function highlights(at: CellPosition): DocumentHighlight[] {
  const { program, module, offset } = at;
  const found = program.service.getDocumentHighlights(module.fileName, offset, [module.fileName]) ?? [];
  return found.flatMap(({ highlightSpans }) =>
    highlightSpans.flatMap(({ textSpan, kind }) => {
      const range = rangeInCell(at, textSpan);
      const isWrite = kind === ts.HighlightSpanKind.writtenReference;
      return range ? [{ range, kind: isWrite ? DocumentHighlightKind.Write : DocumentHighlightKind.Read }] : [];
    }),
  );
}

/** The outline of a cell. */
export function symbols(cell: OpenCell): DocumentSymbol[] {
  const tree = cell.program.service.getNavigationTree(cell.module.fileName);
  return (tree.childItems ?? []).flatMap((item) => symbolOf(cell, item));
}

function symbolOf(cell: OpenCell, { text, kind, spans, nameSpan, childItems }: ts.NavigationTree): DocumentSymbol[] {
  const range = spans[0] && rangeInCell(cell, spans[0]);
  const selectionRange = nameSpan && rangeInCell(cell, nameSpan);
  if (!range || !selectionRange) {
    return [];
  }
  return [{ name: text, kind: symbolKind(kind), range, selectionRange, children: (childItems ?? []).flatMap((item) => symbolOf(cell, item)) }];
}
