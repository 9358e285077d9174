import * as vscode from "vscode";
import type { ChipOfRun } from "../chipOfRun.js";
import { DisposableOwner } from "../disposable.js";
import { controllerId, notebookType } from "../ids.js";
import { Listeners } from "../listeners.js";
import { offerLanguage } from "./foreignCells.js";
import { KernelDialogs } from "./kernelDialogs.js";
import type { Kernel, StartKernel } from "./kernel.js";
import { kernelspec } from "../../notebooks/notebookLanguage.js";
import { isForTritloom, withKernelspec } from "./notebookMetadata.js";
import { NotebookSession } from "./notebookSession.js";

/** What a cell in an untrusted workspace shows instead of running. */
const untrusted = {
  name: "UntrustedWorkspace",
  message: "Cells run code of this workspace, and it is not trusted. Trust it (command: Manage Workspace Trust), then run the cell again.",
};

/** Registers the kernel "Tritloom (TypeScript)" and keeps one session per notebook that has run a cell. */
export class NotebookKernel extends DisposableOwner {
  private readonly controller: vscode.NotebookController;
  private readonly sessions = new Map<vscode.NotebookDocument, NotebookSession>();
  private readonly dialogs = this.track(new KernelDialogs());
  private readonly change = this.track(new Listeners());
  private readonly runReported = this.track(new Listeners<string>());
  private readonly chipReported = this.track(new Listeners<ChipOfRun>());

  /** A session or its kernel came or went. */
  readonly onChange = this.change.on;
  /** A cell began, ended or evaluated the run of this directory. */
  readonly onRun = this.runReported.on;

  /** A cell asked for the schedule of this chip. */
  readonly onChip = this.chipReported.on;

  constructor(private readonly startKernel: (notebook: vscode.NotebookDocument) => Promise<Kernel>) {
    super();
    this.controller = this.track(vscode.notebooks.createNotebookController(controllerId, notebookType, kernelspec.display_name));
    this.controller.supportedLanguages = ["typescript", "javascript"];
    this.controller.supportsExecutionOrder = true;
    this.controller.description = "Train quantised LSTMs; values persist from cell to cell";
    this.controller.executeHandler = (cells, notebook) => this.execute(cells, notebook);
    this.controller.interruptHandler = (notebook) => this.interrupt(notebook);
    this.track(
      this.controller.onDidChangeSelectedNotebooks(({ notebook, selected }) => void (selected && offerLanguage(notebook))),
    );
    vscode.workspace.notebookDocuments.forEach((notebook) => this.prefer(notebook));
    this.track(vscode.workspace.onDidOpenNotebookDocument((notebook) => this.prefer(notebook)));
    this.track(vscode.workspace.onDidCloseNotebookDocument((notebook) => this.close(notebook)));
  }

  allSessions(): readonly NotebookSession[] {
    return [...this.sessions.values()];
  }

  override dispose(): void {
    // Only the window's end disposes of this.
    this.sessions.forEach((session) => session.dispose("window-closed"));
    this.sessions.clear();
    super.dispose();
  }

  /** Restarts a notebook's kernel and tells a failure. */
  async restart(session: NotebookSession): Promise<void> {
    try {
      await session.restart();
    } catch (error) {
      this.dialogs.notStarted(error);
    }
  }

  private prefer(notebook: vscode.NotebookDocument): void {
    if (notebook.notebookType === notebookType && isForTritloom(notebook.metadata)) {
      this.controller.updateNotebookAffinity(notebook, vscode.NotebookControllerAffinity.Preferred);
    }
  }

  private async execute(cells: vscode.NotebookCell[], notebook: vscode.NotebookDocument): Promise<void> {
    if (!vscode.workspace.isTrusted) {
      await Promise.all(cells.map((cell) => this.refuse(cell)));
      return;
    }
    void markKernelspec(notebook);
    await this.session(notebook).run(cells);
  }

  private async refuse(cell: vscode.NotebookCell): Promise<void> {
    const execution = this.controller.createNotebookCellExecution(cell);
    execution.start(Date.now());
    const item = vscode.NotebookCellOutputItem.error({ ...untrusted, stack: `${untrusted.name}: ${untrusted.message}` });
    await execution.replaceOutput(new vscode.NotebookCellOutput([item]));
    execution.end(false, Date.now());
  }

  private interrupt(notebook: vscode.NotebookDocument): void {
    const session = this.sessions.get(notebook);
    if (session) {
      session.interrupt();
      this.dialogs.watchInterrupt(session);
    }
  }

  private session(notebook: vscode.NotebookDocument): NotebookSession {
    const known = this.sessions.get(notebook);
    if (known) {
      return known;
    }
    const start: StartKernel = () => this.startKernel(notebook);
    const session = new NotebookSession(notebook, this.controller, start, {
      onDeath: (exit) => void this.offerRestart(session, exit),
      onRun: (dir) => this.runReported.fire(dir),
      onChip: (chip) => this.chipReported.fire(chip),
      onChange: () => this.change.fire(),
    });
    this.sessions.set(notebook, session);
    this.change.fire();
    return session;
  }

  private async offerRestart(session: NotebookSession, exit: Parameters<KernelDialogs["died"]>[1]): Promise<void> {
    if (await this.dialogs.died(session.notebook, exit)) {
      await this.restart(session);
    }
  }

  private close(notebook: vscode.NotebookDocument): void {
    const session = this.sessions.get(notebook);
    this.sessions.delete(notebook);
    session?.dispose();
    this.change.fire();
  }
}

/** Makes a saved file say which kernel ran it; only on running, so that looking at a notebook changes nothing. */
async function markKernelspec(notebook: vscode.NotebookDocument): Promise<void> {
  const metadata = withKernelspec(notebook.metadata);
  if (metadata) {
    const edit = new vscode.WorkspaceEdit();
    edit.set(notebook.uri, [vscode.NotebookEdit.updateNotebookMetadata(metadata)]);
    await vscode.workspace.applyEdit(edit);
  }
}
