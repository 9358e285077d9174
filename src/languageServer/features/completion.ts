import ts from "typescript";
import { type CompletionItem, CompletionItemTag, type CompletionList, InsertTextFormat, type TextEdit } from "vscode-languageserver";
import { importsCell } from "../cellModule.js";
import { asWritten } from "../earlierName.js";
import { declarationText } from "../declarationText.js";
import { completionKind, declaredKind } from "../kinds.js";
import { documentationOf, plainText } from "../markdown.js";
import { type CellPosition, rangeInCell } from "../places.js";
import { formatting, preferences } from "../preferences.js";
import { editsOfCell } from "./edits.js";

/** The characters after which an editor asks by itself. */
export const completionTriggers: readonly string[] = [".", '"', "'", "`", "/", "@", "<", "#"];

/** What an item carries until it is resolved. */
export interface CompletionData {
  readonly cell: string;
  /** In the cell's text. */
  readonly offset: number;
  readonly name: string;
  readonly source?: string | undefined;
  readonly more?: ts.CompletionEntryData | undefined;
}

/** What may be written at a position. Docstrings and automatic imports come when an item is resolved. */
export function complete(at: CellPosition, trigger: string | undefined): CompletionList {
  const { program, module, offset } = at;
  const triggerCharacter = trigger as ts.CompletionsTriggerCharacter | undefined;
  const found = program.service.getCompletionsAtPosition(module.fileName, offset, { ...preferences, ...(triggerCharacter && { triggerCharacter }) });
  const entries = found?.entries ?? [];
  const names = new Set(entries.map(({ name }) => name));
  const items = entries.filter((entry) => !isHidden(entry, names)).map((entry) => itemOf(entry, at, found?.optionalReplacementSpan));
  return { isIncomplete: found?.isIncomplete === true, items };
}

/** Modules of cells are nobody's to import; a value of before is not offered beside the one that replaces it. */
function isHidden({ source, name }: ts.CompletionEntry, names: ReadonlySet<string>): boolean {
  return importsCell(source ?? name) || (asWritten(name) !== name && names.has(asWritten(name)));
}

function itemOf(entry: ts.CompletionEntry, at: CellPosition, word: ts.TextSpan | undefined): CompletionItem {
  const { name, sortText, source, kindModifiers = "", sourceDisplay, data: more } = entry;
  const written = asWritten(name);
  const insertText = entry.insertText ?? written;
  const modifiers = kindModifiers.split(/,|\s+/);
  const data: CompletionData = { cell: at.module.uri, offset: at.offset - at.module.shift, name, source, more };
  const from = plainText(sourceDisplay);
  return {
    label: modifiers.includes("optional") ? `${written}?` : written,
    kind: completionKind(kindOf(entry, at)),
    sortText,
    insertText,
    insertTextFormat: InsertTextFormat.PlainText,
    ...(modifiers.includes("deprecated") && { tags: [CompletionItemTag.Deprecated] }),
    ...(from !== "" && { labelDetails: { description: from } }),
    ...textEditOf(at, insertText, entry.replacementSpan ?? word),
    data,
  };
}

/** A name of another cell is what that cell declared, and not the import by which it came. */
function kindOf({ kind, name, source }: ts.CompletionEntry, { module }: CellPosition): string {
  const origin = source === undefined && kind === "alias" ? module.originOf(name) : undefined;
  return origin ? declaredKind(origin.declaration.kind) : kind;
}

/** The edit, and the text by which it is found where that is not the name: `?.name` is typed as `.name`. */
function textEditOf(at: CellPosition, newText: string, span: ts.TextSpan | undefined): { textEdit?: TextEdit; filterText?: string } {
  const range = span && rangeInCell(at, span);
  if (!range || range.start.line !== range.end.line) {
    return {};
  }
  const filterText = newText.startsWith("?.") ? newText.slice(1) : newText.startsWith("[") ? `.${newText.replace(/^\["?|"?\]$/g, "")}` : undefined;
  return { textEdit: { range, newText }, ...(filterText !== undefined && { filterText }) };
}

/** The type, the docstring and the automatic import of an item. */
export function resolveCompletion(item: CompletionItem, at: CellPosition, { name, source, more }: CompletionData): CompletionItem {
  const { program, module, offset } = at;
  const details = program.service.getCompletionEntryDetails(module.fileName, offset, name, formatting(module.cellText), source, preferences, more);
  if (!details) {
    return item;
  }
  const changes = (details.codeActions ?? []).flatMap((action) => action.changes);
  const additionalTextEdits = editsOfCell(at, changes);
  const documentation = documentationOf(details);
  return {
    ...item,
    detail: source === undefined ? declarationText(at, name, details.displayParts) : plainText(details.displayParts),
    ...(documentation !== "" && { documentation: { kind: "markdown", value: documentation } }),
    ...(additionalTextEdits.length > 0 && { additionalTextEdits }),
  };
}
