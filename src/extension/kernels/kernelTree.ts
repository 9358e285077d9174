import * as vscode from "vscode";
import type { ListedKernel } from "../../../kernel/keeper/listKernels.js";
import { commandIds } from "../commands/commandIds.js";
import { DisposableOwner } from "../disposable.js";

/** Kernels of other windows come and go without a word to this one. */
const lookMilliseconds = 3_000;

/** What the tree needs of the kernels; loaded with the first look. */
export interface KernelListing {
  list(): Promise<readonly ListedKernel[]>;
  describe(kernel: ListedKernel): KernelWords;
}

/** A kernel as its row says it. */
export interface KernelWords {
  readonly name: string;
  readonly description: string;
  readonly tooltip: string;
  readonly isBusy: boolean;
}

/** The tree of living kernels in the side bar; its elements are their ids. It looks for them while it is visible. */
export class KernelTree extends DisposableOwner implements vscode.TreeDataProvider<string> {
  private readonly changed = this.track(new vscode.EventEmitter<undefined>());
  readonly onDidChangeTreeData = this.changed.event;
  private kernels: readonly ListedKernel[] = [];
  private listing: KernelListing | undefined;
  private timer: NodeJS.Timeout | undefined;
  private shown = "";

  constructor(
    private readonly load: () => Promise<KernelListing>,
    private readonly onFault: (error: unknown) => void,
  ) {
    super();
  }

  /** A kernel of the last look. */
  get(id: string): ListedKernel | undefined {
    return this.kernels.find(({ record }) => record.id === id);
  }

  setVisible(isVisible: boolean): void {
    clearInterval(this.timer);
    this.timer = isVisible ? setInterval(() => void this.look(), lookMilliseconds) : undefined;
    if (isVisible) {
      void this.look();
    }
  }

  /** Looks for kernels, and shows them where something is new. */
  async look(): Promise<void> {
    try {
      this.listing ??= await this.load();
      this.kernels = await this.listing.list();
      const words = JSON.stringify(this.kernels.map((kernel) => [kernel.record.id, this.listing!.describe(kernel)]));
      if (words !== this.shown && !this.isDisposed) {
        this.shown = words;
        this.changed.fire(undefined);
      }
    } catch (error) {
      this.setVisible(false);
      this.onFault(error);
    }
  }

  getChildren(parent?: string): string[] {
    return parent === undefined ? this.kernels.map(({ record }) => record.id) : [];
  }

  getTreeItem(id: string): vscode.TreeItem {
    const kernel = this.get(id);
    if (kernel === undefined || this.listing === undefined) {
      return new vscode.TreeItem(id);
    }
    const { name, description, tooltip, isBusy } = this.listing.describe(kernel);
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

  override dispose(): void {
    clearInterval(this.timer);
    super.dispose();
  }
}
