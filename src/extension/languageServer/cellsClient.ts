import * as vscode from "vscode";
import {
  CloseAction,
  type DynamicFeature,
  ErrorAction,
  type Executable,
  LanguageClient,
  type LanguageClientOptions,
  type Middleware,
  NotebookDocumentSyncRegistrationType,
  RevealOutputChannelOn,
  State,
  type StaticFeature,
} from "vscode-languageclient/node";
import {
  cellRan,
  type CellRanParams,
  errorsOfCell,
  type ErrorsOfCellParams,
  type ErrorsOfCellResult,
  kernelRestarted,
  type KernelRestartedParams,
} from "../../languageServer/contract.js";
import { notebookType } from "../ids.js";
import { nodeProgram } from "../nodeProgram.js";
import type { ExecutedCell } from "../notebook/kernelListener.js";
import type { ProductPaths } from "../productPaths.js";
import type { Crashes } from "./crashes.js";
import type { ExecutedCells } from "./executedCells.js";
import { cellLanguages, type ServedNotebooks } from "./servedNotebooks.js";

/** What a client works with. */
export interface CellsClientSetup {
  readonly paths: ProductPaths;
  readonly served: ServedNotebooks;
  readonly executed: ExecutedCells;
  readonly crashes: Crashes;
  readonly log: vscode.LogOutputChannel;
  /** The server is not started again. @param what happened to it: a predicate */
  onGaveUp(what: string): void;
}

/** A type error of a cell. */
export interface CellTypeError {
  readonly message: string;
  /** 1-based, as editors count. */
  readonly line: number;
  readonly column: number;
}

/** The connection to a language server of its own process. */
export class CellsClient {
  private constructor(
    private readonly client: LanguageClient,
    private readonly served: ServedNotebooks,
  ) {}

  /** @throws Error when the process cannot be started or does not answer */
  static async start(setup: CellsClientSetup): Promise<CellsClient> {
    const client: QuietClient = new QuietClient("tritloom", "Tritloom", serverOf(setup.paths), optionsOf(setup, () => client));
    await client.start();
    return new CellsClient(client, setup.served);
  }

  /** Opens at the server the notebooks that are served by now, and closes those that are not any more. */
  synchronise(): void {
    for (const notebook of vscode.workspace.notebookDocuments) {
      const synchronisation = this.synchronisationOf(notebook);
      const isOpen = synchronisation?.getSynchronizedCells(notebook) !== undefined;
      if (this.served.isShown(notebook) && !isOpen) {
        void synchronisation?.sendDidOpenNotebookDocument(notebook);
      } else if (!this.served.isShown(notebook) && isOpen) {
        void synchronisation?.sendDidCloseNotebookDocument(notebook);
      }
    }
  }

  /** Tells what a kernel has just run. */
  cellRan(notebook: vscode.NotebookDocument, executed: ExecutedCell): void {
    this.notify<CellRanParams>(cellRan, cellRanParams(notebook, executed));
  }

  /** Tells that what a kernel knew is lost. */
  kernelRestarted(notebook: vscode.NotebookDocument): void {
    this.notify<KernelRestartedParams>(kernelRestarted, { notebook: notebook.uri.toString() });
  }

  /** What speaks against running a cell as it is now. @throws Error when the server does not answer */
  async errorsOf(cell: vscode.Uri): Promise<readonly CellTypeError[]> {
    const asked: ErrorsOfCellParams = { cell: cell.toString() };
    const errors = await this.client.sendRequest<ErrorsOfCellResult>(errorsOfCell, asked);
    return errors.map(({ message, range: { start } }) => ({
      message: typeof message === "string" ? message : message.value,
      line: start.line + 1,
      column: start.character + 1,
    }));
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    if (this.client.needsStop()) {
      await this.client.stop();
    }
  }

  /** One that is just being started again learns all when it opens the notebook. */
  private notify<P>(message: string, params: P): void {
    if (this.client.isRunning()) {
      void this.client.sendNotification(message, params);
    }
  }

  private synchronisationOf(notebook: vscode.NotebookDocument) {
    const feature = this.client.getFeature(NotebookDocumentSyncRegistrationType.method);
    return notebook.getCells().map((cell) => feature?.getProvider(cell)).find((provider) => provider !== undefined);
  }
}

/** What VS Code's TypeScript does well in cells, one by one. Two that format, for example, would make the editor ask which one. */
const leftToVsCode: ReadonlySet<string> = new Set([
  "textDocument/formatting",
  "textDocument/rangeFormatting",
  "textDocument/onTypeFormatting",
  "textDocument/documentSymbol",
  "textDocument/foldingRange",
  "textDocument/selectionRange",
  "textDocument/linkedEditingRange",
  "textDocument/semanticTokens",
]);

/** Shows no message by itself: what happens to the server is told in our words, once. */
class QuietClient extends LanguageClient {
  override registerFeature(feature: StaticFeature | DynamicFeature<unknown>): void {
    if (!("registrationType" in feature && leftToVsCode.has(feature.registrationType.method))) {
      super.registerFeature(feature);
    }
  }

  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

function serverOf(paths: ProductPaths): Executable {
  const { program: command, env } = nodeProgram(paths);
  return { command, args: [paths.languageServer, "--stdio"], options: { env: { ...process.env, ...env } } };
}

function optionsOf(setup: CellsClientSetup, client: () => LanguageClient): LanguageClientOptions {
  const { served, log } = setup;
  return {
    documentSelector: cellLanguages.map((language) => ({ notebook: notebookType, language })),
    notebookDocumentOptions: { filterCells: (notebook, cells) => (served.has(notebook) ? cells : []) },
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    middleware: middlewareOf(setup, client),
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => ({ action: afterEnd(setup, client().state), handled: true }),
    },
  };
}

function afterEnd({ crashes, onGaveUp }: CellsClientSetup, state: State): CloseAction {
  if (state !== State.Running) {
    onGaveUp("ended before it was ready");
    return CloseAction.DoNotRestart;
  }
  if (!crashes.isWorthAnother()) {
    onGaveUp("ended again and again");
    return CloseAction.DoNotRestart;
  }
  vscode.window.setStatusBarMessage("Tritloom: the language server of cells ended and is started again.", 10_000);
  return CloseAction.Restart;
}

function middlewareOf({ served, executed }: CellsClientSetup, client: () => LanguageClient): Middleware {
  return {
    // The editor asks for the cells of every Jupyter notebook.
    sendRequest: (type, asked, token, next) => (isForeign(asked, served) ? Promise.resolve(null as never) : next(type, asked, token)),
    notebooks: {
      didOpen: async (notebook, cells, next) => {
        await next(notebook, cells);
        for (const cell of executed.of(notebook)) {
          await client().sendNotification(cellRan, cellRanParams(notebook, cell));
        }
      },
    },
  };
}

function isForeign(asked: unknown, served: ServedNotebooks): boolean {
  const { textDocument } = asked as { readonly textDocument?: { readonly uri: string } };
  return textDocument !== undefined && !served.hasCell(vscode.Uri.parse(textDocument.uri));
}

function cellRanParams(notebook: vscode.NotebookDocument, { cell, text }: ExecutedCell): CellRanParams {
  return { notebook: notebook.uri.toString(), cell: cell.toString(), text };
}
