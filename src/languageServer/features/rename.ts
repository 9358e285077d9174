import ts from "typescript";
import type { Range, TextEdit, WorkspaceEdit } from "vscode-languageserver";
import { asWritten } from "../earlierName.js";
import type { NotebookProgram } from "../notebookProgram.js";
import { type CellPosition, type PlaceFinder, rangeInCell } from "../places.js";
import { preferences } from "../preferences.js";
import { everyPlace, identifierAt, type ProgramPlace } from "../sameName.js";
import { checkIsFree, checkIsName, refusal } from "./newName.js";

/** What would be renamed. @throws ResponseError that says why nothing can be */
export function prepareRename(at: CellPosition): { range: Range; placeholder: string } {
  const info = renameInfo(at);
  const range = rangeInCell(at, info.triggerSpan);
  if (!range) {
    throw refusal("There is no name here that could be renamed.");
  }
  return { range, placeholder: asWritten(info.displayName) };
}

/**
 * Renames in all cells of the notebook and in the user's modules that they import; another notebook never changes.
 * @throws ResponseError for a name that is not the user's, and for a new name that is none
 */
export function rename(at: CellPosition, newName: string, finder: PlaceFinder): WorkspaceEdit {
  const info = renameInfo(at);
  const { program, module } = at;
  const start = { fileName: module.fileName, offset: info.triggerSpan.start };
  const isMember = symbolIs(program, start, ts.SymbolFlags.ClassMember | ts.SymbolFlags.EnumMember);
  checkIsName(newName, isMember);
  const places = everyPlace(program, start, {
    find: (place) => renamedWith(program, place),
    follow: (place) => otherSides(program, place) ?? [],
  });
  if (!isMember && newName !== asWritten(info.displayName)) {
    checkIsFree(program, places.map(({ fileName, textSpan }) => ({ fileName, offset: textSpan.start })), newName);
  }
  const changes: Record<string, TextEdit[]> = {};
  for (const place of places) {
    if (!program.host.isLocal(place.fileName)) {
      throw refusal(`"${asWritten(info.displayName)}" is used in ${place.fileName}, which is not yours to change.`);
    }
    const location = finder.locate(program, place.fileName, place.textSpan);
    if (location) {
      (changes[location.uri] ??= []).push({ range: location.range, newText: `${place.prefixText ?? ""}${newName}${place.suffixText ?? ""}` });
    }
  }
  return { changes };
}

function renameInfo({ program, module, offset }: CellPosition): ts.RenameInfoSuccess {
  const info = program.service.getRenameInfo(module.fileName, offset, preferences);
  if (!info.canRename) {
    throw refusal(`${info.localizedErrorMessage} Only names of this notebook and of its modules can be renamed.`);
  }
  const definitions = program.service.getDefinitionAtPosition(module.fileName, info.triggerSpan.start) ?? [];
  const foreign = definitions.find(({ fileName }) => !program.host.isLocal(fileName));
  // The name of an import is the user's own even for what a package exports.
  if (foreign && !symbolIs(program, { fileName: module.fileName, offset: info.triggerSpan.start }, ts.SymbolFlags.Alias)) {
    throw refusal(`"${info.displayName}" is declared in ${foreign.fileName}. Only names of this notebook and of its modules can be renamed.`);
  }
  return info;
}

function symbolIs(program: NotebookProgram, place: ProgramPlace, flags: ts.SymbolFlags): boolean {
  const node = identifierAt(program, place);
  const symbol = node && program.program.getTypeChecker().getSymbolAtLocation(node);
  return symbol !== undefined && (symbol.flags & flags) !== 0;
}

interface RenamedPlace extends ts.DocumentSpan {
  readonly prefixText?: string;
  readonly suffixText?: string;
}

/**
 * The places that change with the name at `place`. An import or export of something of the user's changes with what it
 * stands for; what a package exports is imported under another name.
 */
function renamedWith(program: NotebookProgram, place: ProgramPlace): RenamedPlace[] {
  const found = program.service.findRenameLocations(place.fileName, place.offset, false, false, preferences) ?? [];
  return found.map(({ fileName, textSpan, ...words }) => {
    const isOwn = otherSides(program, { fileName, offset: textSpan.start }) !== undefined;
    return isOwn ? { fileName, textSpan } : { fileName, textSpan, ...words };
  });
}

/**
 * For a name in an import or an export that stands for the user's own: the same place, which is its binding in the file, and
 * the declaration. Undefined for other places.
 */
function otherSides(program: NotebookProgram, place: ProgramPlace): ProgramPlace[] | undefined {
  const node = identifierAt(program, place);
  const specifier = node?.parent;
  if (!node || !specifier || !(ts.isImportSpecifier(specifier) || ts.isExportSpecifier(specifier)) || specifier.propertyName) {
    return undefined;
  }
  const declared = declarationNames(program, node);
  if (declared.length === 0 || declared.some((name) => !program.host.isLocal(name.getSourceFile().fileName))) {
    return undefined;
  }
  return [place, ...declared.map((name) => ({ fileName: name.getSourceFile().fileName, offset: name.getStart() }))];
}

function declarationNames(program: NotebookProgram, node: ts.Identifier): ts.DeclarationName[] {
  const checker = program.program.getTypeChecker();
  const symbol = checker.getSymbolAtLocation(node);
  const target = symbol && (symbol.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(symbol) : symbol;
  const names = (target?.declarations ?? []).map((one) => ts.getNameOfDeclaration(one));
  return names.filter((name): name is ts.DeclarationName => name?.getText() === node.text);
}
