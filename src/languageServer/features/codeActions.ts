import type ts from "typescript";
import { type CodeAction, CodeActionKind, type CodeActionParams, type Diagnostic, type TextEdit, type WorkspaceEdit } from "vscode-languageserver";
import { type OpenCell, type PlaceFinder, spanInModule } from "../places.js";
import { formatting, preferences } from "../preferences.js";
import { diagnosticSource } from "./diagnostics.js";
import { editsOfCell } from "./edits.js";

const removeUnused = "source.removeUnused";
const addMissingImports = "source.addMissingImports";

export const codeActionKinds: readonly string[] = [
  CodeActionKind.QuickFix,
  CodeActionKind.SourceOrganizeImports,
  removeUnused,
  addMissingImports,
];

/** Names by which everyone imports these packages as a whole. */
const wholePackages: Readonly<Record<string, string>> = { tl: "tritloom", tf: "@tensorflow/tfjs" };
const cannotFindName = [2304, 2552, 2503];

/** Repairs of what is wrong in a range of a cell, and what can be done with its imports. */
export function codeActions(cell: OpenCell, { range, context }: CodeActionParams, finder: PlaceFinder): CodeAction[] {
  const isWanted = (kind: string): boolean => context.only === undefined || context.only.some((only) => kind === only || kind.startsWith(`${only}.`));
  const fixes = isWanted(CodeActionKind.QuickFix) ? context.diagnostics.flatMap((diagnostic) => quickFixes(cell, diagnostic, finder)) : [];
  // They change the whole cell: only who asks for them gets them, and not everybody who looks for a repair here.
  const wholeCell = context.only === undefined && !isEmpty(range) ? [] : sourceActions(cell, isWanted, finder);
  return [...fixes, ...wholeCell];
}

function isEmpty({ start, end }: CodeActionParams["range"]): boolean {
  return start.line === end.line && start.character === end.character;
}

function quickFixes(cell: OpenCell, diagnostic: Diagnostic, finder: PlaceFinder): CodeAction[] {
  const { program, module } = cell;
  if (diagnostic.source !== diagnosticSource || typeof diagnostic.code !== "number") {
    return [];
  }
  const { start, length } = spanInModule(cell, diagnostic.range);
  const found = program.service.getCodeFixesAtPosition(
    module.fileName,
    start,
    start + length,
    [diagnostic.code],
    formatting(module.cellText),
    preferences,
  );
  const fixes = found.flatMap(({ description, changes, fixName }): CodeAction[] => {
    const edit = workspaceEdit(cell, changes, finder);
    const isPreferred = fixName === "import" || fixName === "spelling";
    return edit ? [{ title: description, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], edit, isPreferred }] : [];
  });
  return [...packageImport(cell, diagnostic, module.text.slice(start, start + length)), ...fixes];
}

/** `tl` and `tf` are no exports of anything: they are whole packages. */
function packageImport({ module }: OpenCell, diagnostic: Diagnostic, name: string): CodeAction[] {
  const specifier = Object.hasOwn(wholePackages, name) ? wholePackages[name] : undefined;
  if (specifier === undefined || !cannotFindName.includes(Number(diagnostic.code))) {
    return [];
  }
  const start = { line: 0, character: 0 };
  const newText = `import * as ${name} from "${specifier}";${formatting(module.cellText).newLineCharacter ?? "\n"}`;
  return [
    {
      title: `Add import * as ${name} from "${specifier}"`,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      edit: { changes: { [module.uri]: [{ range: { start, end: start }, newText }] } },
      isPreferred: true,
    },
  ];
}

function sourceActions(cell: OpenCell, isWanted: (kind: string) => boolean, finder: PlaceFinder): CodeAction[] {
  const { program, module } = cell;
  const format = formatting(module.cellText);
  const scope = { type: "file", fileName: module.fileName } as const;
  const fixAll = (fixId: string): readonly ts.FileTextChanges[] => program.service.getCombinedCodeFix(scope, fixId, format, preferences).changes;
  const actions: readonly [string, string, () => readonly ts.FileTextChanges[]][] = [
    ["Organize Imports", CodeActionKind.SourceOrganizeImports, () => program.service.organizeImports(scope, format, preferences)],
    ["Remove All Unused Code", removeUnused, () => fixAll("unusedIdentifier_delete")],
    ["Add All Missing Imports", addMissingImports, () => fixAll("fixMissingImport")],
  ];
  return actions.flatMap(([title, kind, changes]) => {
    const edit = isWanted(kind) ? workspaceEdit(cell, changes(), finder) : undefined;
    return edit ? [{ title, kind, edit }] : [];
  });
}

/** Undefined when nothing that a user may edit changes. */
function workspaceEdit(cell: OpenCell, changes: readonly ts.FileTextChanges[], finder: PlaceFinder): WorkspaceEdit | undefined {
  const { program, module } = cell;
  const edits: Record<string, TextEdit[]> = {};
  const own = editsOfCell(cell, changes);
  if (own.length > 0) {
    edits[module.uri] = own;
  }
  for (const { fileName, textChanges } of changes) {
    if (fileName !== module.fileName && program.host.isLocal(fileName)) {
      for (const { span, newText } of textChanges) {
        const location = finder.locate(program, fileName, span);
        if (location) {
          (edits[location.uri] ??= []).push({ range: location.range, newText });
        }
      }
    }
  }
  return Object.keys(edits).length > 0 ? { changes: edits } : undefined;
}
