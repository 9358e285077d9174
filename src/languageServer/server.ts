import { resolve } from "node:path";
import {
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeTextDocumentNotification,
  DidChangeWatchedFilesNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  type InitializeParams,
  type InitializeResult,
  TextDocuments,
  TextDocumentSyncKind,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { version } from "../../package.json";
import { Answering } from "./answering.js";
import { type CellRanParams, cellRan, errorsOfCell, type ErrorsOfCellParams, kernelRestarted, type KernelRestartedParams, type Settings, settingsFrom, settingsSection } from "./contract.js";
import { codeActionKinds } from "./features/codeActions.js";
import { completionTriggers } from "./features/completion.js";
import { diagnosticsOf, errorsOf } from "./features/diagnostics.js";
import { answerFeatures } from "./features/answers.js";
import { semanticTokensLegend } from "./features/semanticTokens.js";
import { Notebooks } from "./notebooks.js";
import { sharedDocuments } from "./keptLibrary.js";
import { NotebookSync } from "./notebookSync.js";
import { OpenDocuments } from "./openDocuments.js";
import { PlaceFinder } from "./places.js";
import { DiagnosticsPublisher } from "./publisher.js";
import { TypeLibrary } from "./typeLibrary.js";
import { pathOfUri } from "./uris.js";

/** Files that cells may import, and those that say how they are found. */
const watchedFiles = "**/*.{ts,mts,cts,tsx,js,mjs,cjs,jsx,json}";
const moduleLanguages = ["typescript", "typescriptreact", "javascript", "javascriptreact", "json"];

/**
 * The language server of notebooks: one TypeScript program for each, kept in step with the editor.
 * @param connection not yet listening
 * @param bundleFolder where the product's bundles are, with the types that come along in `types/`
 */
export function startServer(connection: Connection, bundleFolder: string): void {
  new Server(connection, bundleFolder).listen();
}

class Server {
  private readonly sync = new NotebookSync();
  private readonly fileDocuments = new TextDocuments(TextDocument);
  private readonly openFiles = new OpenDocuments();
  private readonly notebooks: Notebooks;
  private readonly finder: PlaceFinder;
  private readonly answering: Answering;
  private readonly publisher: DiagnosticsPublisher;
  private settings: Settings = settingsFrom(undefined);
  private client: InitializeParams["capabilities"] = {};
  private folder = process.cwd();

  constructor(
    private readonly connection: Connection,
    bundleFolder: string,
  ) {
    const library = new TypeLibrary(resolve(bundleFolder, "types"));
    this.answering = new Answering(() => this.notebooks);
    const documents = sharedDocuments(library);
    const surroundings = { library, openFiles: this.openFiles, documents, isCancelled: this.answering.isCancelled };
    this.notebooks = new Notebooks(this.sync, surroundings, () => this.folder);
    this.finder = new PlaceFinder(library, (uri) => this.notebooks.documentOf(uri));
    this.publisher = new DiagnosticsPublisher({
      diagnose: (uri) => {
        const cell = this.notebooks.cell(uri);
        return cell && diagnosticsOf(cell, this.finder, this.settings.checkTypes !== "off");
      },
      send: (uri, diagnostics) => void connection.sendDiagnostics({ uri, diagnostics }),
      failed: (error) => connection.console.error(String(error)),
    });
  }

  listen(): void {
    const { connection } = this;
    connection.onInitialize((params) => this.initialize(params));
    connection.onInitialized(() => this.initialized());
    connection.onDidChangeConfiguration(({ settings }) => this.configure(settings as unknown));
    connection.onDidChangeWatchedFiles(() => this.filesChanged());
    connection.onShutdown(() => this.publisher.dispose());
    this.listenToDocuments();
    this.answering.request(connection, errorsOfCell, ({ cell }: ErrorsOfCellParams) => {
      const open = this.notebooks.cell(cell);
      return open ? errorsOf(open, this.finder) : [];
    });
    connection.onNotification(cellRan, ({ notebook, cell, text }: CellRanParams) => {
      this.change(notebook, (program) => program.cellRan(cell, text));
    });
    connection.onNotification(kernelRestarted, ({ notebook }: KernelRestartedParams) => {
      this.change(notebook, (program) => program.kernelRestarted());
    });
    answerFeatures(connection, this.answering, this.finder, () => this.client);
    connection.listen();
  }

  private initialize({ capabilities, initializationOptions, workspaceFolders, rootUri }: InitializeParams): InitializeResult {
    this.client = capabilities;
    this.settings = settingsFrom(initializationOptions);
    this.folder = pathOfUri(workspaceFolders?.[0]?.uri ?? rootUri ?? "") ?? this.folder;
    const cells = [{ language: "typescript" }, { language: "javascript" }];
    return {
      serverInfo: { name: "tritloom", version },
      capabilities: {
        notebookDocumentSync: { notebookSelector: [{ notebook: { notebookType: "jupyter-notebook" }, cells }] },
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        completionProvider: { triggerCharacters: [...completionTriggers], resolveProvider: true },
        hoverProvider: true,
        signatureHelpProvider: { triggerCharacters: ["(", ",", "<"], retriggerCharacters: [")"] },
        definitionProvider: true,
        typeDefinitionProvider: true,
        referencesProvider: true,
        documentHighlightProvider: true,
        documentSymbolProvider: true,
        foldingRangeProvider: true,
        semanticTokensProvider: { legend: semanticTokensLegend, full: true, range: true },
        renameProvider: { prepareProvider: true },
        codeActionProvider: { codeActionKinds: [...codeActionKinds] },
        documentFormattingProvider: true,
        documentRangeFormattingProvider: true,
      },
    };
  }

  private initialized(): void {
    const { client } = this.connection;
    if (this.client.workspace?.didChangeWatchedFiles?.dynamicRegistration) {
      void client.register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: watchedFiles }] });
    }
    if (this.client.workspace?.didChangeConfiguration?.dynamicRegistration) {
      void client.register(DidChangeConfigurationNotification.type, { section: settingsSection });
    }
    if (this.client.textDocument?.synchronization?.dynamicRegistration) {
      // A client's own selector names cells; the files that they import are followed too.
      const documentSelector = moduleLanguages.map((language) => ({ scheme: "file", language }));
      void client.register(DidOpenTextDocumentNotification.type, { documentSelector });
      void client.register(DidChangeTextDocumentNotification.type, { documentSelector, syncKind: TextDocumentSyncKind.Incremental });
      void client.register(DidCloseTextDocumentNotification.type, { documentSelector });
    }
    this.configure(undefined);
  }

  private listenToDocuments(): void {
    this.sync.listen(this.connection, {
      changed: (notebook, gone) => {
        this.publisher.schedule(this.notebooks.update(notebook));
        this.publisher.forget(gone);
      },
      closed: ({ uri, cells }) => {
        this.notebooks.close(uri);
        this.publisher.forget(cells.map(({ document }) => document));
      },
    });
    this.fileDocuments.onDidChangeContent(({ document }) => {
      this.openFiles.set(document);
      this.openFilesChanged();
    });
    this.fileDocuments.onDidClose(({ document }) => {
      this.openFiles.delete(document);
      this.openFilesChanged();
    });
    this.fileDocuments.listen(this.connection);
  }

  private change(notebook: string, apply: (program: NonNullable<ReturnType<Notebooks["find"]>>) => void): void {
    const program = this.notebooks.find(notebook);
    if (program) {
      apply(program);
      this.publisher.schedule(program);
    }
  }

  private filesChanged(): void {
    for (const program of this.notebooks.all()) {
      program.filesChanged();
      this.publisher.schedule(program);
    }
  }

  private openFilesChanged(): void {
    for (const program of this.notebooks.all()) {
      program.host.textChanged();
      this.publisher.schedule(program);
    }
  }

  /** @param pushed what the client sent without being asked, if anything */
  private configure(pushed: unknown): void {
    const asked = this.client.workspace?.configuration === true;
    const sent = typeof pushed === "object" && pushed !== null && settingsSection in pushed ? pushed[settingsSection] : undefined;
    const settings = asked ? this.connection.workspace.getConfiguration(settingsSection) : Promise.resolve(sent);
    settings.then(
      (value: unknown) => {
        if (value !== undefined && value !== null) {
          this.settings = settingsFrom(value);
        }
        this.notebooks.all().forEach((program) => this.publisher.schedule(program));
      },
      (error: unknown) => this.connection.console.error(String(error)),
    );
  }
}
