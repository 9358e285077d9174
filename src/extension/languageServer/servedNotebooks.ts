import * as vscode from "vscode";
import { DisposableOwner } from "../disposable.js";
import { notebookType } from "../ids.js";
import { Listeners } from "../listeners.js";
import { isWrittenForTritloom } from "../notebook/notebookMetadata.js";
import type { NotebookTabs } from "../notebook/notebookTabs.js";

/** Where notebooks are edited. Those of a comparison with an earlier version, for example, are only shown. */
const editedSchemes: readonly string[] = ["file", "untitled"];

/** The language ids of cells that our kernel runs. */
export const cellLanguages = ["typescript", "javascript"] as const;

/**
 * The open notebooks that use our kernel: the editor said so, or it said nothing yet and their file names it. The editor tells
 * of a choice only when one is made, and of no kernel that it merely suggests.
 */
export class ServedNotebooks extends DisposableOwner {
  private readonly chosen = new WeakMap<vscode.NotebookDocument, boolean>();
  private readonly change = this.track(new Listeners());

  /** Notebooks came or went, lost their last tab or got one again, or changed their kernel. */
  readonly onChange = this.change.on;

  constructor(private readonly tabs: NotebookTabs) {
    super();
    this.track(tabs.onLastClosed(() => this.change.fire()));
    this.track(tabs.onCameBack(() => this.change.fire()));
    this.track(vscode.workspace.onDidOpenNotebookDocument(() => this.change.fire()));
    this.track(vscode.workspace.onDidCloseNotebookDocument(() => this.change.fire()));
    this.track(vscode.workspace.onDidChangeNotebookDocument(({ metadata }) => metadata !== undefined && this.change.fire()));
  }

  all(): readonly vscode.NotebookDocument[] {
    return vscode.workspace.notebookDocuments.filter((notebook) => this.has(notebook));
  }

  has(notebook: vscode.NotebookDocument): boolean {
    const isEditable = notebook.notebookType === notebookType && editedSchemes.includes(notebook.uri.scheme);
    return isEditable && !notebook.isClosed && (this.chosen.get(notebook) ?? isWrittenForTritloom(notebook.metadata));
  }

  /** Whether the user sees it, too: VS Code keeps the document of a notebook that was closed, and its errors would stay in Problems. */
  isShown(notebook: vscode.NotebookDocument): boolean {
    return this.has(notebook) && !this.tabs.isLeaving(notebook);
  }

  /** Whether a document is a cell of one of them; its address is its notebook's with another scheme and a fragment. */
  hasCell(document: vscode.Uri): boolean {
    return document.scheme === "vscode-notebook-cell" && this.all().some(({ uri }) => uri.path === document.path);
  }

  /** @param isOurs whether the user chose our kernel; false: another one */
  choose(notebook: vscode.NotebookDocument, isOurs: boolean): void {
    if (this.chosen.get(notebook) !== isOurs) {
      this.chosen.set(notebook, isOurs);
      this.change.fire();
    }
  }
}
