import ts from "typescript";
import { describe, expect, test, vi } from "vitest";
import { init } from "../../../src/extension/languageServer/typescriptPlugin.js";

/** The text of each file. The first line is right, the second is not, and the third asks for a member. */
const text = 'export const answer = { life:42 };\nconst wrong: string = answer.life; import unused from "nowhere";\nanswer.life';
const cell = (notebook: string, authority = "ts-nul-authority") => `^/vscode-notebook-cell/${authority}${notebook}#W0sZmlsZQ==`;
const ours = cell("/work/ours.ipynb");
const oursRemote = cell("/work/ours.ipynb", "ssh-remote+machine");
const theirs = cell("/work/theirs.ipynb");
const unsaved = cell("/Untitled-1.ipynb");
const plain = "/work/ours.ipynb.ts";
const files = [ours, oursRemote, theirs, unsaved, plain];

const member = text.lastIndexOf("life");
const name = text.indexOf("answer");
const everything = { start: 0, length: text.length };

/** What VS Code asks about a file, and what stands in each file to be said. */
const questions: { [Question in keyof ts.LanguageService]?: (file: string, service: ts.LanguageService) => unknown } = {
  getSyntacticDiagnostics: (file, service) => service.getSyntacticDiagnostics(file),
  getSemanticDiagnostics: (file, service) => service.getSemanticDiagnostics(file).length,
  getSuggestionDiagnostics: (file, service) => service.getSuggestionDiagnostics(file).length,
  getCompletionsAtPosition: (file, service) => service.getCompletionsAtPosition(file, member, undefined)?.entries.map((entry) => entry.name),
  getCompletionEntryDetails: (file, service) => service.getCompletionEntryDetails(file, member, "life", {}, undefined, undefined, undefined)?.name,
  getQuickInfoAtPosition: (file, service) => service.getQuickInfoAtPosition(file, name)?.kind,
  getRenameInfo: (file, service) => service.getRenameInfo(file, name, {}).canRename,
  findRenameLocations: (file, service) => service.findRenameLocations(file, name, false, false, {})?.length,
  getDefinitionAtPosition: (file, service) => service.getDefinitionAtPosition(file, member)?.length,
  getDefinitionAndBoundSpan: (file, service) => service.getDefinitionAndBoundSpan(file, member)?.definitions?.length,
  getReferencesAtPosition: (file, service) => service.getReferencesAtPosition(file, name)?.length,
  findReferences: (file, service) => service.findReferences(file, name)?.length,
  getDocumentHighlights: (file, service) => service.getDocumentHighlights(file, name, [file])?.length,
  getApplicableRefactors: (file, service) => service.getApplicableRefactors(file, { pos: member - 7, end: member + 4 }, {}).length,
  organizeImports: (file, service) => service.organizeImports({ type: "file", fileName: file }, ts.getDefaultFormatCodeSettings(), {}).length,
};
const silent: Partial<Record<keyof ts.LanguageService, unknown>> = {
  getSyntacticDiagnostics: [],
  getSemanticDiagnostics: 0,
  getSuggestionDiagnostics: 0,
  getRenameInfo: false,
  getApplicableRefactors: 0,
  organizeImports: 0,
};

function typescript(mode = ts.LanguageServiceMode.Semantic) {
  const service = ts.createLanguageService({
    getScriptFileNames: () => files,
    getScriptVersion: () => "1",
    getScriptKind: () => ts.ScriptKind.TS,
    getScriptSnapshot: (file) => (files.includes(file) ? ts.ScriptSnapshot.fromString(text) : undefined),
    getCurrentDirectory: () => "/",
    // As the projects of files that no tsconfig.json names.
    getCompilationSettings: () => ({ allowNonTsExtensions: true, noLib: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext }),
    getDefaultLibFileName: () => "lib.d.ts",
    fileExists: (file) => files.includes(file),
    readFile: () => undefined,
  });
  const refreshDiagnostics = vi.fn();
  const project = { projectService: { serverMode: mode }, refreshDiagnostics };
  const plugin = init({ typescript: ts });
  const info = { languageService: service, project, config: { name: "plugin" } } as unknown as ts.server.PluginCreateInfo;
  return { service, plugin, spoken: plugin.create(info), refreshDiagnostics };
}

const asked = Object.entries(questions) as [string, NonNullable<(typeof questions)["findReferences"]>][];

describe("the plugin of VS Code's TypeScript server", () => {
  const { service, plugin, spoken, refreshDiagnostics } = typescript();
  plugin.onConfigurationChanged!({ notebooks: ["/work/ours.ipynb", "/Untitled-1.ipynb"] });

  test.each(asked)("%s: nothing in cells of ours, the same as before elsewhere", (question, ask) => {
    for (const file of [ours, oursRemote, unsaved]) {
      expect(ask(file, spoken)).toEqual(silent[question as keyof ts.LanguageService]);
    }
    for (const file of [theirs, plain]) {
      const said = ask(file, service);
      expect(ask(file, spoken)).toEqual(said);
      if (question !== "getSyntacticDiagnostics") {
        expect(said).not.toEqual(silent[question as keyof ts.LanguageService]);
      }
    }
  });

  test("formatting, outline and folding of cells stay", () => {
    const options = ts.getDefaultFormatCodeSettings();
    expect(spoken.getFormattingEditsForDocument(ours, options)).toEqual(service.getFormattingEditsForDocument(ours, options));
    expect(spoken.getFormattingEditsForDocument(ours, options).length).toBeGreaterThan(0);
    expect(spoken.getNavigationTree(ours).childItems).toHaveLength(service.getNavigationTree(ours).childItems!.length);
    expect(spoken.getEncodedSemanticClassifications(ours, everything)).toEqual(service.getEncodedSemanticClassifications(ours, everything));
  });

  test("a notebook that is ours no longer is served again, and what was said is said anew", () => {
    refreshDiagnostics.mockClear();
    plugin.onConfigurationChanged!({ notebooks: [] });
    expect(refreshDiagnostics).toHaveBeenCalledOnce();
    expect(spoken.getQuickInfoAtPosition(ours, name)?.kind).toBe("const");
    plugin.onConfigurationChanged!({ notebooks: ["/work/ours.ipynb"] });
    expect(spoken.getQuickInfoAtPosition(ours, name)).toBeUndefined();
  });

  test("a project that is made later knows what was configured", () => {
    plugin.onConfigurationChanged!({ notebooks: ["/work/ours.ipynb"] });
    const later = typescript();
    expect(later.spoken.getQuickInfoAtPosition(ours, name)).toBeUndefined();
    expect(later.spoken.getQuickInfoAtPosition(theirs, name)?.kind).toBe("const");
  });

  test("the server for the time of loading, which VS Code does not configure, leaves out all cells and no other file", () => {
    const loading = typescript(ts.LanguageServiceMode.PartialSemantic);
    expect(loading.spoken.getQuickInfoAtPosition(theirs, name)).toBeUndefined();
    expect(loading.spoken.getQuickInfoAtPosition(plain, name)?.kind).toBe("const");
  });
});
