import * as vscode from "vscode";
import { kernelspec } from "../../notebooks/notebookLanguage.js";
import type { ChipOfRun } from "../chipOfRun.js";
import type { AttachDebugger } from "../debugging/attachDebugger.js";
import { DisposableOwner } from "../disposable.js";
import { controllerId, notebookType } from "../ids.js";
import { Listeners } from "../listeners.js";
import { offerLanguage } from "./foreignCells.js";
import { KernelDialogs } from "./kernelDialogs.js";
import type { Connect, Kernel } from "./kernel.js";
import type { KernelListener } from "./kernelListener.js";
import { isWrittenForTritloom, withKernelspec } from "./notebookMetadata.js";
import { NotebookSession } from "./notebookSession.js";
import { cellTexts, type NotebookTabs } from "./notebookTabs.js";
import type { AttachedEvents } from "../../../kernel/keeper/attachedKernel.js";

/** The kernels of this user and machine, as notebooks find theirs. */
export interface Kernels {
  connect(notebook: vscode.NotebookDocument, how: Connect, events: AttachedEvents): Promise<Kernel | undefined>;
  /** Whether a notebook has a living kernel. */
  livesFor(notebook: vscode.NotebookDocument): Promise<boolean>;
  /** Files or folders were renamed: kernels of notebooks among them stay theirs. */
  renamed(from: vscode.Uri, to: vscode.Uri): Promise<void>;
}

/** What a cell in an untrusted workspace shows instead of running. */
const untrusted = {
  name: "UntrustedWorkspace",
  message: "Cells run code of this workspace, and it is not trusted. Trust it (command: Manage Workspace Trust), then run the cell again.",
};

export interface KernelSelection {
  readonly notebook: vscode.NotebookDocument;
  /** Whether it is this kernel. */
  readonly selected: boolean;
}

/** Registers the kernel "Tritloom (TypeScript)" and keeps one session per notebook that has run a cell or has a living kernel. */
export class NotebookKernel extends DisposableOwner {
  private readonly controller: vscode.NotebookController;
  private readonly sessions = new Map<vscode.NotebookDocument, NotebookSession>();
  /** Notebooks for which this kernel, or another one after it, was selected. */
  private readonly selection = new WeakMap<vscode.NotebookDocument, "this" | "another">();
  private readonly dialogs = this.track(new KernelDialogs());
  private readonly change = this.track(new Listeners());
  private readonly runReported = this.track(new Listeners<string>());
  private readonly selectionChange = this.track(new Listeners<KernelSelection>());
  private readonly cellChange = this.track(new Listeners<NotebookSession>());
  private readonly chipReported = this.track(new Listeners<ChipOfRun>());

  /** A session or its kernel came or went. */
  readonly onChange = this.change.on;
  /** A cell of this session began or ended. */
  readonly onCell = this.cellChange.on;
  /** A cell began, ended or evaluated the run of this directory. */
  readonly onRun = this.runReported.on;

  /** The user chose this kernel for a notebook, or another one. */
  readonly onSelection = this.selectionChange.on;

  /** A cell asked for the schedule of this chip. */
  readonly onChip = this.chipReported.on;

  /** @param onFault told what failed that nobody asked for */
  constructor(
    private readonly kernels: Kernels,
    private readonly listener: KernelListener,
    private readonly attachDebugger: AttachDebugger,
    private readonly tabs: NotebookTabs,
    private readonly onFault: (error: unknown) => void,
  ) {
    super();
    this.controller = this.track(vscode.notebooks.createNotebookController(controllerId, notebookType, kernelspec.display_name));
    this.controller.supportedLanguages = ["typescript", "javascript"];
    this.controller.supportsExecutionOrder = true;
    this.controller.description = "Train quantised LSTMs; values persist from cell to cell";
    this.controller.executeHandler = (cells, notebook) => this.execute(cells, notebook);
    this.controller.interruptHandler = (notebook) => this.interrupt(notebook);
    this.track(
      this.controller.onDidChangeSelectedNotebooks(({ notebook, selected }) => (selected ? this.selected(notebook) : this.deselected(notebook))),
    );
    vscode.workspace.notebookDocuments.forEach((notebook) => this.opened(notebook));
    this.track(vscode.workspace.onDidOpenNotebookDocument((notebook) => this.opened(notebook)));
    this.track(vscode.workspace.onDidCloseNotebookDocument((notebook) => this.close(notebook)));
    this.track(tabs.onLastClosed((notebook) => this.close(notebook)));
    this.track(tabs.onCameBack((notebook) => void this.reattach(notebook)));
    this.track(vscode.window.onDidChangeVisibleNotebookEditors((editors) => editors.forEach(({ notebook }) => void this.reattach(notebook))));
    this.track(vscode.workspace.onDidRenameFiles(({ files }) => void this.renamed(files)));
    this.track(vscode.workspace.onDidGrantWorkspaceTrust(() => vscode.workspace.notebookDocuments.forEach((notebook) => this.opened(notebook))));
  }

  allSessions(): readonly NotebookSession[] {
    return [...this.sessions.values()];
  }

  sessionOf(notebook: vscode.NotebookDocument): NotebookSession | undefined {
    return this.sessions.get(notebook);
  }

  override dispose(): void {
    // Only the window's end disposes of this, and kernels outlive it.
    this.sessions.forEach((session) => session.detach());
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

  /** Runs a cell with a debugger, after those that already wait. */
  async debug(cell: vscode.NotebookCell): Promise<void> {
    void markKernelspec(cell.notebook);
    await this.session(cell.notebook).run([cell], true);
  }

  private opened(notebook: vscode.NotebookDocument): void {
    if (notebook.notebookType === notebookType && isWrittenForTritloom(notebook.metadata)) {
      this.controller.updateNotebookAffinity(notebook, vscode.NotebookControllerAffinity.Preferred);
    }
    void this.reattach(notebook);
  }

  private selected(notebook: vscode.NotebookDocument): void {
    this.selection.set(notebook, "this");
    this.selectionChange.fire({ notebook, selected: true });
    void offerLanguage(notebook);
    void this.reattach(notebook);
  }

  private deselected(notebook: vscode.NotebookDocument): void {
    this.selection.set(notebook, "another");
    this.selectionChange.fire({ notebook, selected: false });
  }

  /** A notebook that was opened again shows what its kernel did meanwhile, and goes on. */
  private async reattach(notebook: vscode.NotebookDocument): Promise<void> {
    try {
      if (!this.mayReattach(notebook) || !(await this.kernels.livesFor(notebook)) || !this.mayReattach(notebook)) {
        return;
      }
      if (this.selection.has(notebook)) {
        await this.attach(this.session(notebook));
      } else {
        // Its selection calls this again.
        await selectFor(notebook);
      }
    } catch (error) {
      this.onFault(error);
    }
  }

  private mayReattach(notebook: vscode.NotebookDocument): boolean {
    const isOurs = this.selection.has(notebook) ? this.selection.get(notebook) === "this" : isWrittenForTritloom(notebook.metadata);
    return isOurs && vscode.workspace.isTrusted && notebook.notebookType === notebookType && !notebook.isClosed && !this.tabs.isLeaving(notebook) && !this.sessions.has(notebook);
  }

  private async attach(session: NotebookSession): Promise<void> {
    try {
      await session.attach(false);
    } catch (error) {
      this.onFault(error);
      if (await this.dialogs.refused(error)) {
        await this.takeOver(session);
      }
    }
  }

  private takeOver(session: NotebookSession): Promise<void> {
    return session.attach(true).catch((error: unknown) => this.dialogs.notStarted(error));
  }

  private async renamed(files: readonly { readonly oldUri: vscode.Uri; readonly newUri: vscode.Uri }[]): Promise<void> {
    try {
      for (const { oldUri, newUri } of files) {
        await this.kernels.renamed(oldUri, newUri);
      }
      vscode.workspace.notebookDocuments.forEach((notebook) => void this.reattach(notebook));
    } catch (error) {
      this.onFault(error);
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
    const connect = (how: Connect, events: AttachedEvents) => this.kernels.connect(notebook, how, events);
    const session = new NotebookSession(notebook, this.controller, connect, {
      onDeath: (exit) => void this.offerRestart(session, exit),
      onTaken: (by) => void this.offerTakingBack(session, by),
      onRefused: (error) => this.dialogs.refused(error),
      onLost: (lost) => void this.dialogs.lost(notebook, lost),
      onRun: (dir) => this.runReported.fire(dir),
      onChip: (chip) => this.chipReported.fire(chip),
      onCell: () => this.cellChange.fire(session),
      onChange: () => this.change.fire(),
    }, this.listener, this.attachDebugger);
    this.sessions.set(notebook, session);
    this.change.fire();
    return session;
  }

  private async offerRestart(session: NotebookSession, exit: Parameters<KernelDialogs["died"]>[1]): Promise<void> {
    if (await this.dialogs.died(session.notebook, exit)) {
      await this.restart(session);
    }
  }

  private async offerTakingBack(session: NotebookSession, by: string): Promise<void> {
    if (await this.dialogs.taken(session.notebook, by)) {
      await this.takeOver(session);
    }
  }

  /** The kernel waits for the notebook to be opened again; one that was never saved cannot be. */
  private close(notebook: vscode.NotebookDocument): void {
    const session = this.sessions.get(notebook);
    this.sessions.delete(notebook);
    session?.dropOutputs();
    const saved = notebook.isUntitled ? vscode.workspace.notebookDocuments.find((other) => !this.sessions.has(other) && !this.tabs.isLeaving(other) && isSavedFrom(notebook, other)) : undefined;
    if (session && notebook.isUntitled && !saved) {
      session.stop();
    } else {
      session?.detach();
    }
    if (session && saved) {
      void this.renamed([{ oldUri: notebook.uri, newUri: saved.uri }]);
    }
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

/** "Save As" opens the file as another notebook before the one without a file is closed. */
function isSavedFrom(untitled: vscode.NotebookDocument, saved: vscode.NotebookDocument): boolean {
  return !saved.isUntitled && !saved.isClosed && cellTexts(saved) === cellTexts(untitled);
}

/** Selects this kernel, which has run cells of the notebook that this window knows nothing of. */
async function selectFor(notebook: vscode.NotebookDocument): Promise<void> {
  const notebookEditor = vscode.window.visibleNotebookEditors.find((editor) => editor.notebook === notebook);
  if (notebookEditor) {
    await vscode.commands.executeCommand("notebook.selectKernel", { notebookEditor, id: controllerId, extension: "tritloom.tritloom" });
  }
}
