import path from "node:path";
import * as vscode from "vscode";
import { DisposableOwner } from "../disposable.js";
import { viewIds } from "../ids.js";
import type { NotebookVariables } from "./notebookVariables.js";
import { listMessage } from "./variableText.js";
import { VariableTree } from "./variableTree.js";

/** The view "Variables" of the side bar. While it is hidden, nothing is asked of a kernel. */
export class VariableView extends DisposableOwner {
  private readonly tree: vscode.TreeView<string>;

  constructor(private readonly variables: NotebookVariables) {
    super();
    this.tree = this.track(vscode.window.createTreeView(viewIds.variables, { treeDataProvider: this.track(new VariableTree(variables)) }));
    this.track(this.tree.onDidChangeVisibility(() => variables.setWatched(this.tree.visible)));
    this.track(variables.onChange(() => this.showState()));
    this.showState();
    variables.setWatched(this.tree.visible);
  }

  /** Whose variables they are, and whether they are of now. */
  private showState(): void {
    const { session, list } = this.variables;
    this.tree.description = session && list && path.posix.basename(session.notebook.uri.path);
    this.tree.message = listMessage(session?.isExecuting === true ? session.runningCell : undefined, list);
  }
}
