import * as vscode from "vscode";
import type { CellError } from "../../../kernel/contract.js";
import { DisposableOwner } from "../disposable.js";
import type { ExecutedCell, KernelListener } from "../notebook/kernelListener.js";
import { notificationText } from "../notificationText.js";
import { BuiltinTypeScript } from "./builtinTypeScript.js";
import type { CellsClient, CellsClientSetup } from "./cellsClient.js";
import { blocksTypeErrors, typeErrorsOf, uncheckedTypes } from "./checkTypes.js";
import { Crashes } from "./crashes.js";
import { ExecutedCells } from "./executedCells.js";
import type { ServedNotebooks } from "./servedNotebooks.js";

export type StartClient = (setup: Omit<CellsClientSetup, "paths">) => Promise<CellsClient>;

/** Its words follow on what happened. */
const consequence = "Cells run as before; completion, hover and errors are VS Code's own until the server is restarted.";

/**
 * The language server of cells: its process starts with the first notebook that uses our kernel, in a trusted workspace only. While
 * it is there, VS Code's TypeScript leaves those notebooks to it.
 */
export class LanguageServer extends DisposableOwner implements KernelListener {
  private readonly builtin = new BuiltinTypeScript();
  private readonly executed = new ExecutedCells();
  private client: Promise<CellsClient> | undefined;
  private crashes = new Crashes();
  /** It ended too often, or could not start: only the user starts it again. */
  private hasGivenUp = false;

  constructor(
    private readonly served: ServedNotebooks,
    private readonly log: vscode.LogOutputChannel,
    private readonly startClient: StartClient,
  ) {
    super();
    this.track(served.onChange(() => this.update()));
    this.track(vscode.workspace.onDidGrantWorkspaceTrust(() => this.update()));
    this.update();
  }

  /** Ends the process, if there is one, and starts another. @throws Error when no notebook wants one */
  async restart(): Promise<void> {
    await this.stop();
    this.crashes = new Crashes();
    this.hasGivenUp = false;
    if (this.served.all().length === 0) {
      throw new Error("No open notebook uses the kernel Tritloom (TypeScript): the language server starts with the first one.");
    }
    this.update();
    await this.client;
  }

  mayRefuse(): boolean {
    return blocksTypeErrors();
  }

  async refusal(cell: vscode.NotebookCell): Promise<CellError | undefined> {
    if (!blocksTypeErrors()) {
      return undefined;
    }
    try {
      const errors = await (await this.running()).errorsOf(cell.document.uri);
      return errors.length > 0 ? typeErrorsOf(errors) : undefined;
    } catch (error) {
      return uncheckedTypes(error);
    }
  }

  cellRan(notebook: vscode.NotebookDocument, executed: ExecutedCell): void {
    this.executed.add(notebook, executed);
    this.tell((client) => client.cellRan(notebook, executed));
  }

  variablesLost(notebook: vscode.NotebookDocument): void {
    this.served.choose(notebook, true);
    this.executed.forget(notebook);
    this.tell((client) => client.kernelRestarted(notebook));
  }

  override dispose(): void {
    super.dispose();
    void this.stop();
  }

  private running(): Promise<CellsClient> {
    return this.client ?? Promise.reject(new Error("the language server is not running."));
  }

  /** A client that starts later learns all from what was executed. */
  private tell(message: (client: CellsClient) => void): void {
    this.client?.then(message).catch((error: unknown) => this.note(error));
  }

  private update(): void {
    const served = vscode.workspace.isTrusted && !this.hasGivenUp ? this.served.all() : [];
    if (served.length > 0) {
      this.client ??= this.start();
    }
    this.tell((client) => client.synchronise());
    this.builtin.leaveCellsOf(served).catch((error: unknown) => this.note(error));
  }

  private start(): Promise<CellsClient> {
    const { served, executed, crashes, log } = this;
    const client = this.startClient({ served, executed, crashes, log, onGaveUp: (what) => this.giveUp(what) });
    client.catch((error: unknown) => this.giveUp(`did not start: ${error instanceof Error ? error.message : String(error)}`));
    return client;
  }

  private giveUp(what: string): void {
    if (!this.hasGivenUp && !this.isDisposed) {
      this.hasGivenUp = true;
      this.client = undefined;
      this.update();
      void this.offerRestart(what);
    }
  }

  private async offerRestart(what: string): Promise<void> {
    const text = notificationText(`The language server of cells ${what.replace(/\.$/, "")}. ${consequence}`);
    const answer = await vscode.window.showErrorMessage(text, "Restart", "Show Log");
    if (answer === "Restart") {
      await this.restart();
    } else if (answer === "Show Log") {
      this.log.show();
    }
  }

  private async stop(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    await client?.then((running) => running.stop()).catch((error: unknown) => this.note(error));
  }

  private note(error: unknown): void {
    this.log.error(error instanceof Error ? error : String(error));
  }
}
