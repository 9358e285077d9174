import ts from "typescript";
import { ErrorCodes, ResponseError } from "vscode-languageserver";
import { asWritten } from "../earlierName.js";
import type { NotebookProgram } from "../notebookProgram.js";
import { identifierAt, type ProgramPlace } from "../sameName.js";

export function refusal(message: string): ResponseError<void> {
  return new ResponseError(ErrorCodes.InvalidRequest, message);
}

/** @throws ResponseError for what is no name, or means something else to TypeScript */
export function checkIsName(name: string, isMember: boolean): void {
  const [first = "", ...rest] = name;
  const isName =
    asWritten(name) === name &&
    ts.isIdentifierStart(first.codePointAt(0) ?? 0, ts.ScriptTarget.ESNext) &&
    rest.every((character) => ts.isIdentifierPart(character.codePointAt(0)!, ts.ScriptTarget.ESNext));
  if (!isName) {
    throw refusal(`"${name}" is not a name: names are made of letters, digits, _ and $, and begin with no digit.`);
  }
  if (!isMember && isReserved(name)) {
    throw refusal(`"${name}" is a word of the language, and cannot be a name.`);
  }
}

function isReserved(name: string): boolean {
  const kind = ts.createScanner(ts.ScriptTarget.ESNext, true, ts.LanguageVariant.Standard, name).scan();
  const isWord = kind >= ts.SyntaxKind.FirstReservedWord && kind <= ts.SyntaxKind.LastFutureReservedWord;
  return isWord || ["await", "undefined", "arguments", "eval"].includes(name);
}

/**
 * Two things of one name would be mixed up where both are known.
 * @param places that get the new name; none is a member of an object
 * @throws ResponseError that names the place of the other one
 */
export function checkIsFree(program: NotebookProgram, places: readonly ProgramPlace[], name: string): void {
  const cells = program.allCells();
  const isOfCells = places.some(({ fileName, offset }) => program.moduleOf(fileName)?.declaredAt(offset) !== undefined);
  const declarer = isOfCells ? cells.findIndex(({ names }) => names.declared.has(name)) : -1;
  if (declarer >= 0) {
    throw refusal(`"${name}" is declared already, in code cell ${declarer + 1}. Choose another name.`);
  }
  for (const place of places) {
    if (isKnownAt(program, place, name)) {
      const cell = cells.findIndex(({ fileName }) => fileName === place.fileName);
      throw refusal(`"${name}" is used already in ${cell >= 0 ? `code cell ${cell + 1}` : place.fileName}. Choose another name.`);
    }
  }
}

function isKnownAt(program: NotebookProgram, place: ProgramPlace, name: string): boolean {
  const file = program.program.getSourceFile(place.fileName);
  const node = identifierAt(program, place);
  const text = program.moduleOf(place.fileName)?.cellText ?? file?.text ?? "";
  if (!node || !text.includes(name) || !mentions(file!, name, program.moduleOf(place.fileName)?.shift ?? 0)) {
    return false;
  }
  const meanings = ts.SymbolFlags.Value | ts.SymbolFlags.Type | ts.SymbolFlags.Namespace | ts.SymbolFlags.Alias;
  return program.program.getTypeChecker().getSymbolsInScope(node, meanings).some((symbol) => symbol.name === name);
}

/** Names of members are of another kind. @param start where the text begins that a person wrote */
function mentions(file: ts.SourceFile, name: string, start: number): boolean {
  const visit = (node: ts.Node): boolean =>
    (ts.isIdentifier(node) && node.text === name && node.pos >= start && !isMemberName(node)) || ts.forEachChild(node, visit) === true;
  return visit(file);
}

function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  const isMember = ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent) || ts.isClassElement(parent) || ts.isTypeElement(parent);
  return isMember && parent.name === node;
}
