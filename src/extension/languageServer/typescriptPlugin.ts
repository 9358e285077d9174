import type ts from "typescript";
import type { PluginConfiguration } from "./pluginConfiguration.js";

/**
 * A plugin of the TypeScript server that VS Code runs. It says nothing in cells that our language server serves, since
 * everything would appear twice there, and once wrongly: this server takes each cell for a file of its own. It goes on with what
 * concerns one cell alone: formatting, outline, folding, colours, selection, brackets.
 */

/** How VS Code's TypeScript extension names a cell: scheme, authority, path of the notebook, fragment of the cell. */
const cellName = /^\^\/vscode-notebook-cell\/[^/]*(\/.*)#[^#]*$/;

/** Silent answers, by what is asked. All that is asked has the file, or an object that names it, in front. */
const silence = {
  getSyntacticDiagnostics: () => [],
  getSemanticDiagnostics: () => [],
  getSuggestionDiagnostics: () => [],
  getCompletionsAtPosition: () => undefined,
  getCompletionEntryDetails: () => undefined,
  getQuickInfoAtPosition: () => undefined,
  getSignatureHelpItems: () => undefined,
  getRenameInfo: () => ({ canRename: false, localizedErrorMessage: "There is no name of this notebook here." }),
  findRenameLocations: () => undefined,
  getDefinitionAtPosition: () => undefined,
  getDefinitionAndBoundSpan: () => undefined,
  getTypeDefinitionAtPosition: () => undefined,
  getImplementationAtPosition: () => undefined,
  getReferencesAtPosition: () => undefined,
  findReferences: () => undefined,
  getDocumentHighlights: () => undefined,
  getCodeFixesAtPosition: () => [],
  getApplicableRefactors: () => [],
  organizeImports: () => [],
  provideInlayHints: () => [],
  prepareCallHierarchy: () => undefined,
  preparePasteEditsForFile: () => false,
} satisfies Partial<ts.LanguageService>;

type Question = keyof typeof silence;

/** One TypeScript server has one configuration, however many projects it has. */
let served: ReadonlySet<string> = new Set();

/**
 * Made by the TypeScript server for each of its projects.
 * @param modules the server's own TypeScript
 */
export function init({ typescript }: { typescript: typeof ts }): ts.server.PluginModule {
  let project: ts.server.Project | undefined;
  return {
    create(info) {
      project = info.project;
      configure(info.config as Partial<PluginConfiguration>);
      const { serverMode } = info.project.projectService;
      // While projects load, VS Code asks a second server, which it does not configure: that one leaves out all cells.
      const isServed = serverMode === typescript.LanguageServiceMode.Semantic ? isCellOfServed : isCell;
      return silencedIn(info.languageService, isServed);
    },
    onConfigurationChanged(configuration: PluginConfiguration) {
      configure(configuration);
      // What it has said before goes.
      project?.refreshDiagnostics();
    },
  };
}

/** Before the extension has told anything, the server passes what package.json says. */
function configure(configuration: Partial<PluginConfiguration>): void {
  served = new Set(configuration.notebooks ?? served);
}

function isCell(file: string): boolean {
  return cellName.test(file);
}

function isCellOfServed(file: string): boolean {
  const notebook = cellName.exec(file)?.[1];
  return notebook !== undefined && served.has(notebook);
}

function silencedIn(service: ts.LanguageService, isSilent: (file: string) => boolean): ts.LanguageService {
  const spoken = { ...service };
  for (const question of Object.keys(silence) as Question[]) {
    const ask = service[question] as ((...asked: unknown[]) => unknown) | undefined;
    // A workspace may have an older TypeScript, which is not asked all of this.
    if (ask !== undefined) {
      const answer = (...asked: unknown[]) => (isSilent(fileOf(asked[0])) ? silence[question]() : ask.apply(service, asked));
      Object.assign(spoken, { [question]: answer });
    }
  }
  return spoken;
}

function fileOf(asked: unknown): string {
  return typeof asked === "string" ? asked : (asked as { readonly fileName: string }).fileName;
}
