import * as vscode from "vscode";
import { commandIds } from "../commands/commandIds.js";
import { DisposableOwner } from "../disposable.js";
import type { KernelList } from "./kernelList.js";

/** The tree of living kernels in the side bar; its elements are their ids. */
export class KernelTree extends DisposableOwner implements vscode.TreeDataProvider<string> {
  private readonly changed = this.track(new vscode.EventEmitter<undefined>());
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly kernels: Pick<KernelList, "ids" | "words" | "onChange">) {
    super();
    this.track(kernels.onChange(() => this.changed.fire(undefined)));
  }

  getChildren(parent?: string): string[] {
    return parent === undefined ? this.kernels.ids() : [];
  }

  getTreeItem(id: string): vscode.TreeItem {
    const words = this.kernels.words(id);
    if (words === undefined) {
      return new vscode.TreeItem(id);
    }
    const { name, description, tooltip, isBusy } = words;
    const item = new vscode.TreeItem(name);
    item.id = id;
    item.description = description;
    item.tooltip = tooltip;
    item.iconPath = new vscode.ThemeIcon(isBusy ? "sync" : "circle-outline");
    item.contextValue = "kernel";
    item.accessibilityInformation = { label: `Kernel of ${name}, ${description}` };
    item.command = { command: commandIds.openKernelNotebook, title: "Open Notebook", arguments: [id] };
    return item;
  }
}
