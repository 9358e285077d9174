import * as vscode from "vscode";
import { DisposableOwner } from "../disposable.js";
import { Listeners } from "../listeners.js";

/** How long after its last tab a notebook may come back without the user: changes of a busy editor are late by seconds. */
const leavingMilliseconds = 10_000;

/**
 * Tells when the last tab of a notebook closes. VS Code keeps the document for a while, and an output that was under way
 * to it then changes it; VS Code opens a tab again for whatever is changed and not saved (its NotebookEditorManager).
 * The user has just closed that notebook, so it is closed again, without the output, which the kernel's keeper still has.
 */
export class NotebookTabs extends DisposableOwner {
  /** Notebooks without a tab, until their documents close. */
  private readonly leaving = new Map<vscode.NotebookDocument, { readonly since: number; readonly texts: string }>();
  private readonly lastClosed = this.track(new Listeners<vscode.NotebookDocument>());
  private readonly cameBack = this.track(new Listeners<vscode.NotebookDocument>());

  readonly onLastClosed = this.lastClosed.on;
  /** The user opened the notebook again before its document was closed. */
  readonly onCameBack = this.cameBack.on;

  constructor() {
    super();
    this.track(
      vscode.window.tabGroups.onDidChangeTabs(({ closed, opened }) => {
        notebooksIn(closed).filter((notebook) => !hasTab(notebook)).forEach((notebook) => this.left(notebook));
        notebooksIn(opened).filter((notebook) => this.leaving.has(notebook)).forEach((notebook) => void this.returned(notebook));
      }),
    );
    this.track(vscode.workspace.onDidCloseNotebookDocument((notebook) => this.leaving.delete(notebook)));
  }

  /** Whether the user has closed the notebook and not opened it again. */
  isLeaving(notebook: vscode.NotebookDocument): boolean {
    return this.leaving.has(notebook);
  }

  private left(notebook: vscode.NotebookDocument): void {
    // Of a notebook with unsaved changes the user has moved the tab, or is being asked.
    if (!notebook.isDirty) {
      this.leaving.set(notebook, { since: performance.now(), texts: cellTexts(notebook) });
      this.lastClosed.fire(notebook);
    }
  }

  private async returned(notebook: vscode.NotebookDocument): Promise<void> {
    const { since, texts } = this.leaving.get(notebook)!;
    const isEdited = texts !== cellTexts(notebook);
    if (notebook.isDirty && !isEdited && performance.now() - since < leavingMilliseconds) {
      await vscode.window.showNotebookDocument(notebook);
      await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    }
    if (hasTab(notebook)) {
      this.leaving.delete(notebook);
      this.cameBack.fire(notebook);
    }
  }
}

/** The texts of all cells, to be compared. */
export function cellTexts(notebook: vscode.NotebookDocument): string {
  return JSON.stringify(notebook.getCells().map(({ document }) => document.getText()));
}

function notebooksIn(tabs: readonly vscode.Tab[]): readonly vscode.NotebookDocument[] {
  return vscode.workspace.notebookDocuments.filter((notebook) => tabs.some((tab) => shows(tab, notebook)));
}

function hasTab(notebook: vscode.NotebookDocument): boolean {
  return vscode.window.tabGroups.all.some(({ tabs }) => tabs.some((tab) => shows(tab, notebook)));
}

function shows({ input }: vscode.Tab, { uri }: vscode.NotebookDocument): boolean {
  return input instanceof vscode.TabInputNotebook && input.uri.toString() === uri.toString();
}
