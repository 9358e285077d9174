/**
 * The part of the `vscode` module that the extension uses, as plain objects that a test can look into. Use it as
 * `vi.mock("vscode", async () => (await import("./fakeVscode.js")).fake)`.
 */

import { EventEmitter, handOut, undisposed } from "./fakeEvents.js";
import { MarkdownString, NotebookCellOutput, NotebookCellOutputItem, RelativePattern, ThemeColor, ThemeIcon, TreeItem, Uri, WorkspaceEdit } from "./fakeValues.js";

export { EventEmitter, undisposed } from "./fakeEvents.js";

/** Commands registered since the last `resetFake`. */
export const registered = new Map<string, (...args: unknown[]) => Promise<void>>();

type Dialog = (...args: never[]) => Promise<unknown>;

/** What the user answers; tests replace single functions. Unanswered dialogs are dismissed. */
export const answers: Record<string, Dialog> = {};

/** Every dialog that was shown: its function's name and its first argument. */
export const shown: { kind: string; text: unknown; args: unknown[] }[] = [];

function dialog(kind: string) {
  return (...args: unknown[]) => {
    shown.push({ kind, text: args[0], args });
    return Promise.resolve((answers[kind] as ((...args: unknown[]) => unknown) | undefined)?.(...args));
  };
}

export const workspaceState = { isTrusted: true };

/** Folders of the workspace and what `tritloom.runsFolders` says in each. */
export const folders: { uri: Uri; runsFolders: readonly string[] }[] = [];

export const folderUri = (path: string) => Uri.file(path);

/** Notebook controllers that were created, with the handlers the extension gave them. */
export const controllers: ReturnType<typeof controller>[] = [];

interface Handlers {
  executeHandler?(cells: readonly unknown[], notebook: unknown): Promise<void>;
  interruptHandler?(notebook: unknown): void;
}

function controller(id: string) {
  return handOut<Handlers & Record<string, unknown>>(`notebook controller ${id}`, {
    onDidChangeSelectedNotebooks: happenings.selectKernel.event,
  });
}

/** Commands of the editor's own that were executed since the last `resetFake`. */
export const executed: string[] = [];

/** What happens in the editor; tests fire these. */
export const happenings = {
  openNotebook: new EventEmitter<unknown>("onDidOpenNotebookDocument"),
  selectKernel: new EventEmitter<{ notebook: unknown; selected: boolean }>("onDidChangeSelectedNotebooks"),
  changeNotebook: new EventEmitter<{ metadata?: unknown; contentChanges?: unknown }>("onDidChangeNotebookDocument"),
  grantTrust: new EventEmitter<void>("onDidGrantWorkspaceTrust"),
  activateNotebook: new EventEmitter<unknown>("onDidChangeActiveNotebookEditor"),
  closeNotebook: new EventEmitter<unknown>("onDidCloseNotebookDocument"),
  openText: new EventEmitter<unknown>("onDidOpenTextDocument"),
  changeText: new EventEmitter<{ document: unknown }>("onDidChangeTextDocument"),
  closeText: new EventEmitter<unknown>("onDidCloseTextDocument"),
  changeFolders: new EventEmitter<unknown>("onDidChangeWorkspaceFolders"),
  showNotebooks: new EventEmitter<readonly { notebook: unknown }[]>("onDidChangeVisibleNotebookEditors"),
  changeTabs: new EventEmitter<{ opened: readonly { input: unknown }[]; closed: readonly { input: unknown }[] }>("onDidChangeTabs"),
  renameFiles: new EventEmitter<{ files: { oldUri: unknown; newUri: unknown }[] }>("onDidRenameFiles"),
  changeConfiguration: new EventEmitter<{ affectsConfiguration(section: string): boolean }>("onDidChangeConfiguration"),
};

/** Groups of tabs that are open; tests put them there. */
export const tabGroups: { tabs: { input: unknown }[] }[] = [];

/** Notebooks that are open; tests put them there. */
export const openNotebooks: unknown[] = [];

/** What the user's settings say, by the names after "tritloom.". */
export const settings: Record<string, unknown> = {};

/** What was told to plugins of VS Code's TypeScript server, in order: the plugin's name and its configuration. */
export const pluginConfigurations: [plugin: string, configuration: { readonly notebooks: readonly string[] }][] = [];
const typescriptExtension = {
  activate: async () => ({ getAPI: () => ({ configurePlugin: (...told: (typeof pluginConfigurations)[number]) => void pluginConfigurations.push(told) }) }),
};

/** Custom editors that are registered, by their id. */
export const customEditors = new Map<string, unknown>();

/** What the Problems view shows, by path. */
export const diagnostics = new Map<string, unknown[]>();

/** File watchers that were created, with the events a test fires. */
export const watchers: ReturnType<typeof watcher>[] = [];

function watcher(pattern: string | RelativePattern) {
  const created = new EventEmitter<Uri>("onDidCreate");
  const changed = new EventEmitter<Uri>("onDidChange");
  const deleted = new EventEmitter<Uri>("onDidDelete");
  const events = { onDidCreate: created.event, onDidChange: changed.event, onDidDelete: deleted.event };
  return { pattern, created, deleted, disposable: handOut(`watcher of ${JSON.stringify(pattern)}`, events) };
}

/** Panels and side-bar views that the editor shows, as the extension gets them. */
export function fakeView() {
  const visibility = new EventEmitter<void>("onDidChangeVisibility");
  const disposal = new EventEmitter<void>("onDidDispose");
  const received = new EventEmitter<unknown>("onDidReceiveMessage");
  return {
    visible: true,
    visibility,
    disposal,
    received,
    webview: {
      cspSource: "https://files.example",
      asWebviewUri: (uri: Uri) => uri,
      onDidReceiveMessage: received.event,
      postMessage: async () => true,
    },
    onDidChangeVisibility: visibility.event,
    onDidChangeViewState: visibility.event,
    onDidDispose: disposal.event,
    reveal: () => {},
  };
}
export const panels: ReturnType<typeof fakeView>[] = [];
export const viewProviders = new Map<string, { resolveWebviewView(view: unknown): void }>();

/** Terminals that were opened, by what the extension asked for. */
export const terminals: { options: { name: string; env: Record<string, string>; isTransient: boolean }; isShown: boolean }[] = [];

export function resetFake(): void {
  terminals.length = 0;
  registered.clear();
  undisposed.clear();
  folders.length = 0;
  watchers.length = 0;
  panels.length = 0;
  controllers.length = 0;
  viewProviders.clear();
  diagnostics.clear();
  shown.length = 0;
  tasks.length = 0;
  notebookEditors.length = 0;
  executed.length = 0;
  openNotebooks.length = 0;
  pluginConfigurations.length = 0;
  Object.keys(settings).forEach((name) => delete settings[name]);
  Object.keys(answers).forEach((kind) => delete answers[kind]);
  workspaceState.isTrusted = true;
}

/** Messages of outputs in cells, by their renderer: a test fires them and looks at the answers. */
export const rendererMessages = new Map<string, { received: EventEmitter<{ editor?: unknown; message: unknown }>; answered: unknown[] }>();

/** Tasks that were started. */
export const tasks: Task[] = [];

class ProcessExecution {
  constructor(
    readonly process: string,
    readonly args: readonly string[],
    readonly options: { readonly env: Record<string, string> },
  ) {}
}
class Task {
  constructor(
    readonly definition: unknown,
    readonly scope: unknown,
    readonly name: string,
    readonly source: string,
    readonly execution: ProcessExecution,
  ) {}
}

const neverCancelled = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose: () => {} }) };

/** Editors of notebooks that were shown, with what is selected in them. */
export const notebookEditors: { notebook: unknown; selections: unknown[] }[] = [];

/** What was put there last. */
export const clipboard = { text: "" };

export const fake = {
  EventEmitter,
  NotebookCellOutput,
  NotebookCellOutputItem,
  Uri,
  TreeItem,
  ThemeColor,
  ThemeIcon,
  MarkdownString,
  RelativePattern,
  WorkspaceEdit,
  NotebookEdit: { updateNotebookMetadata: (metadata: unknown) => ({ metadata }) },
  NotebookControllerAffinity: { Preferred: 2 },
  ProgressLocation: { Window: 10, Notification: 15 },
  ProcessExecution,
  Task,
  TaskScope: { Workspace: 2 },
  TaskRevealKind: { Always: 1 },
  TaskPanelKind: { Dedicated: 2 },
  tasks: { executeTask: async (task: Task) => void tasks.push(task) },
  ViewColumn: { Beside: -2 },
  Diagnostic: class {
    source = "";
    code = "";
    constructor(
      readonly range: unknown,
      readonly message: string,
      readonly severity: number,
    ) {}
  },
  DiagnosticSeverity: { Error: 0, Warning: 1 },
  Range: class {
    constructor(
      readonly startLine: number,
      readonly startCharacter: number,
      readonly endLine: number,
      readonly endCharacter: number,
    ) {}
  },
  TabInputCustom: class {
    constructor(
      readonly uri: Uri,
      readonly viewType: string,
    ) {}
  },
  TabInputNotebook: class {
    constructor(
      readonly uri: Uri,
      readonly notebookType: string,
    ) {}
  },
  TabInputWebview: class {
    constructor(readonly viewType: string) {}
  },
  NotebookRange: class {
    constructor(
      readonly start: number,
      readonly end: number,
    ) {}
  },
  NotebookEditorRevealType: { InCenterIfOutsideViewport: 2 },
  NotebookCellKind: { Markup: 1, Code: 2 },
  languages: {
    setTextDocumentLanguage: async (document: { languageId: string }, languageId: string) => Object.assign(document, { languageId }),
    createDiagnosticCollection: (name: string) =>
      handOut(`diagnostics ${name}`, {
        set: (uri: Uri, found: unknown[]) => void diagnostics.set(uri.path, found),
        delete: (uri: Uri) => void diagnostics.delete(uri.path),
      }),
  },
  extensions: { getExtension: () => typescriptExtension },
  env: { clipboard: { writeText: async (text: string) => void (clipboard.text = text) } },
  commands: {
    registerCommand(id: string, handler: (...args: unknown[]) => Promise<void>) {
      registered.set(id, handler);
      return handOut(`command ${id}`, {}, () => registered.delete(id));
    },
    executeCommand: async (id: string) => void executed.push(id),
  },
  notebooks: {
    createNotebookController: (id: string) => {
      controllers.push(controller(id));
      return controllers.at(-1);
    },
    createRendererMessaging: (id: string) => {
      const received = new EventEmitter<{ editor?: unknown; message: unknown }>(`messages of ${id}`);
      const answered: unknown[] = [];
      rendererMessages.set(id, { received, answered });
      return { onDidReceiveMessage: received.event, postMessage: async (message: unknown) => answered.push(message) > 0 };
    },
  },
  window: {
    activeNotebookEditor: undefined,
    visibleNotebookEditors: [],
    onDidChangeVisibleNotebookEditors: happenings.showNotebooks.event,
    onDidChangeActiveNotebookEditor: happenings.activateNotebook.event,
    showNotebookDocument: async (notebook: unknown) => {
      const editor = { notebook, selections: [], revealRange: (range: unknown) => void Object.assign(editor, { revealed: range }) };
      notebookEditors.push(editor);
      return editor;
    },
    createOutputChannel: (name: string) => handOut(`output channel ${name}`, { error: () => {} }),
    createTreeView: (id: string, { treeDataProvider }: { treeDataProvider: { onDidChangeTreeData: EventEmitter<unknown>["event"] } }) => {
      const reading = treeDataProvider.onDidChangeTreeData(() => {});
      const visibility = new EventEmitter<void>(`visibility of ${id}`);
      const parts = { visible: false, onDidChangeVisibility: visibility.event };
      return handOut(`tree view ${id}`, parts, () => reading.dispose());
    },
    createWebviewPanel: () => {
      panels.push(fakeView());
      return panels.at(-1);
    },
    createTerminal: (options: (typeof terminals)[number]["options"]) => {
      const terminal = { options, isShown: false, show: () => void (terminal.isShown = true) };
      terminals.push(terminal);
      return terminal;
    },
    activeTextEditor: undefined,
    tabGroups: { activeTabGroup: { activeTab: undefined }, all: tabGroups, onDidChangeTabs: happenings.changeTabs.event },
    registerCustomEditorProvider: (id: string, provider: unknown) => {
      customEditors.set(id, provider);
      return handOut(`custom editor ${id}`, {}, () => customEditors.delete(id));
    },
    registerWebviewPanelSerializer: (id: string) => handOut(`serializer of ${id}`, {}),
    registerWebviewViewProvider: (id: string, provider: { resolveWebviewView(view: unknown): void }) => {
      viewProviders.set(id, provider);
      return handOut(`provider of ${id}`, {}, () => viewProviders.delete(id));
    },
    showErrorMessage: dialog("error"),
    showWarningMessage: dialog("warning"),
    showInformationMessage: dialog("information"),
    showQuickPick: dialog("quickPick"),
    showInputBox: dialog("input"),
    showOpenDialog: dialog("open"),
    showSaveDialog: dialog("save"),
    showTextDocument: dialog("text"),
    withProgress: (_options: unknown, task: (progress: unknown, cancel: unknown) => Promise<unknown>) =>
      task({ report: () => {} }, neverCancelled),
  },
  workspace: {
    get isTrusted() {
      return workspaceState.isTrusted;
    },
    get workspaceFolders() {
      return folders.length > 0 ? folders : undefined;
    },
    notebookDocuments: openNotebooks,
    textDocuments: [],
    onDidOpenTextDocument: happenings.openText.event,
    onDidChangeTextDocument: happenings.changeText.event,
    onDidCloseTextDocument: happenings.closeText.event,
    onDidChangeNotebookDocument: happenings.changeNotebook.event,
    onDidGrantWorkspaceTrust: happenings.grantTrust.event,
    onDidOpenNotebookDocument: happenings.openNotebook.event,
    onDidCloseNotebookDocument: happenings.closeNotebook.event,
    onDidRenameFiles: happenings.renameFiles.event,
    onDidChangeWorkspaceFolders: happenings.changeFolders.event,
    onDidChangeConfiguration: happenings.changeConfiguration.event,
    createFileSystemWatcher: (pattern: string | RelativePattern) => {
      watchers.push(watcher(pattern));
      return watchers.at(-1)!.disposable;
    },
    applyEdit: async () => true,
    findFiles: async () => [],
    getConfiguration: (_section: string, scope?: Uri) => ({
      get: (name: string, fallback: unknown) =>
        settings[name] ?? folders.find(({ uri }) => uri.path === scope?.path)?.runsFolders ?? fallback,
    }),
  },
};
