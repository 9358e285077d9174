import path from "node:path";
import * as vscode from "vscode";
import { DisposableOwner } from "../disposable.js";
import { commandIds } from "../ids.js";
import type { RunList } from "./runList.js";
import { runContext, runDescription, runTooltip, stateIcons } from "./runText.js";

/** The tree of runs in the side bar; its elements are run directories. */
export class RunTree extends DisposableOwner implements vscode.TreeDataProvider<string> {
  private readonly changed = this.track(new vscode.EventEmitter<string | undefined>());
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly runs: RunList) {
    super();
    this.track(runs.onChange((change) => this.changed.fire(change.type === "updated" ? change.dir : undefined)));
  }

  getChildren(parent?: string): string[] {
    return parent === undefined ? this.runs.all().map(({ dir }) => dir) : [];
  }

  getTreeItem(dir: string): vscode.TreeItem {
    const run = this.runs.get(dir);
    if (run === undefined) {
      // Gone between the question for the rows and this one; the next question is on its way.
      return new vscode.TreeItem(path.basename(dir));
    }
    const { snapshot } = run;
    const { icon, colour } = stateIcons[snapshot.state];
    const item = new vscode.TreeItem(snapshot.name);
    item.id = dir;
    item.description = runDescription(snapshot);
    item.tooltip = new vscode.MarkdownString(runTooltip(snapshot, run.verification));
    item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(colour));
    item.contextValue = runContext(run);
    item.command = { command: commandIds.openRunCurves, title: "Open Curves", arguments: [dir] };
    item.accessibilityInformation = { label: `Run ${snapshot.name}, ${item.description}` };
    return item;
  }
}
