import ts from "typescript";
import { type Diagnostic, DiagnosticSeverity, DiagnosticTag } from "vscode-languageserver";
import { foreignLineWords } from "../../../kernel/foreignLines.js";
import { commandRemedy, languageHint, remedyOf } from "../../../kernel/otherKernels.js";
import type { DeclarationKind } from "../cellNames.js";
import { asWritten } from "../earlierName.js";
import { type OpenCell, type PlaceFinder, rangeInCell } from "../places.js";

/** Who found it; shown beside each message. */
export const diagnosticSource = "tritloom";

/** TypeScript's numbers of messages that need other words, or none, in a notebook. */
const assignedToImport = 2632;
const undeclared: readonly number[] = [2304, 2552, 2581, 2582, 2583, 2584, 2591, 2503, 18004];
const untypedPackage = 7016;
const missingModule: readonly number[] = [2307, 2792];
/** A name that is used before its declaration, or in it. */
const beforeDeclaration: readonly number[] = [2448, 2449, 2450, 2454, 7022];

const refusedAssignments: Partial<Record<DeclarationKind, readonly [number, string]>> = {
  const: [2588, "it is a constant"],
  function: [2630, "it is a function"],
  class: [2629, "it is a class"],
  enum: [2628, "it is an enum"],
  namespace: [2631, "it is a namespace"],
};

/** What is wrong with a cell: its syntax, and unless types are not checked its types, and remarks. */
export function diagnosticsOf(cell: OpenCell, finder: PlaceFinder, checksTypes: boolean): Diagnostic[] {
  const { program, module } = cell;
  const { service } = program;
  const syntax = service.getSyntacticDiagnostics(module.fileName);
  const types = checksTypes ? [...service.getSemanticDiagnostics(module.fileName), ...service.getSuggestionDiagnostics(module.fileName)] : [];
  const told = [...syntax, ...types].flatMap((one) => diagnosticOf(cell, finder, one) ?? []);
  const [first] = told;
  const hint = syntax.length > 0 && module.foreign === undefined ? languageHint(module.cellText) : "";
  if (first && hint !== "") {
    // What else is wrong follows from the language.
    return [{ ...first, message: `${textOfMessage(first)}${hint}` }];
  }
  return [...(module.foreign?.spans ?? []).flatMap((span) => foreignLine(cell, span)), ...told];
}

function foreignLine(cell: OpenCell, { start, length }: ts.TextSpan): Diagnostic[] {
  const range = rangeInCell(cell, { start: start + cell.module.shift, length });
  return range ? [{ range, severity: DiagnosticSeverity.Error, source: diagnosticSource, message: `This ${foreignLineWords}` }] : [];
}

function textOfMessage({ message }: Diagnostic): string {
  return typeof message === "string" ? message : message.value;
}

/** The errors alone. */
export function errorsOf(cell: OpenCell, finder: PlaceFinder): Diagnostic[] {
  return diagnosticsOf(cell, finder, true).filter(({ severity }) => severity === DiagnosticSeverity.Error);
}

function diagnosticOf(cell: OpenCell, finder: PlaceFinder, found: ts.Diagnostic): Diagnostic | undefined {
  const { start = 0, length = 0, code } = found;
  const range = rangeInCell(cell, atMost(cell, { start, length }));
  const subject = asWritten(cell.module.text.slice(start, start + length));
  if (!range || runsAnyway(cell, code, subject)) {
    return undefined;
  }
  const tags = [
    ...(found.reportsUnnecessary ? [DiagnosticTag.Unnecessary] : []),
    ...(found.reportsDeprecated ? [DiagnosticTag.Deprecated] : []),
  ];
  const relatedInformation = (found.relatedInformation ?? []).flatMap((one) => related(cell, finder, one) ?? []);
  return {
    range,
    severity: severityOf(cell, found),
    source: diagnosticSource,
    ...wording(cell, code, subject, textOf(found.messageText)),
    ...(tags.length > 0 && { tags }),
    ...(relatedInformation.length > 0 && { relatedInformation }),
  };
}

/** An error at the end of the text may stand behind what the user wrote. */
function atMost({ module }: OpenCell, { start, length }: ts.TextSpan): ts.TextSpan {
  const end = module.shift + module.cellText.length;
  return start > end ? { start: end, length: 0 } : { start, length: Math.min(length, end - start) };
}

/** What TypeScript calls an error, and the kernel runs. */
function runsAnyway({ module, program }: OpenCell, code: number, subject: string): boolean {
  if (missingModule.includes(code)) {
    return /^["'`]data:/.test(subject);
  }
  // A name that the cell declares again has until then the value that an earlier cell gave it.
  return beforeDeclaration.includes(code) && module.names.declared.has(subject) && isDeclaredBefore(module.uri, subject, program);
}

function isDeclaredBefore(uri: string, name: string, program: OpenCell["program"]): boolean {
  const cells = program.allCells();
  return cells.slice(0, cells.findIndex((cell) => cell.uri === uri)).some((cell) => cell.names.declared.has(name));
}

function wording(cell: OpenCell, code: number, subject: string, message: string): { code: number; message: string } {
  const { module, program } = cell;
  if (code === assignedToImport) {
    const kind = module.originOf(subject)?.declaration.kind;
    const [number, why] = (kind && refusedAssignments[kind]) ?? [];
    return number === undefined ? { code, message } : { code: number, message: `Cannot assign to '${subject}' because ${why}.` };
  }
  if (undeclared.includes(code)) {
    const place = program.allCells().findIndex(({ names }) => names.declared.has(subject));
    const remedy = place >= 0 ? "It is declared in a later cell: run that one first, or move it up." : (commandRemedy(subject, module.cellText) ?? remedyOf(subject));
    return { code, message: remedy === undefined ? message : `${message} ${remedy}` };
  }
  return { code, message };
}

function severityOf({ program }: OpenCell, { code, category }: ts.Diagnostic): DiagnosticSeverity {
  if (code === untypedPackage && !program.host.settings.hasProject) {
    return DiagnosticSeverity.Hint;
  }
  switch (category) {
    case ts.DiagnosticCategory.Error:
      return DiagnosticSeverity.Error;
    case ts.DiagnosticCategory.Warning:
      return DiagnosticSeverity.Warning;
    default:
      return DiagnosticSeverity.Hint;
  }
}

function related({ program }: OpenCell, finder: PlaceFinder, { file, start = 0, length = 0, messageText }: ts.DiagnosticRelatedInformation) {
  const location = file && finder.locate(program, file.fileName, { start, length });
  return location && { location, message: textOf(messageText) };
}

function textOf(message: ts.Diagnostic["messageText"]): string {
  return asWritten(ts.flattenDiagnosticMessageText(message, "\n"));
}
