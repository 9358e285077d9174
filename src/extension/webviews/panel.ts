import * as vscode from "vscode";
import { type Disposable, DisposableOwner } from "../disposable.js";
import { panelIds } from "../ids.js";
import { type PageSetup, WebviewConnection } from "./webviewConnection.js";

const ids = Object.values(panelIds);

/** Finds the column in which a panel is open already: a third column would leave each of them too little room. */
function columnOfPanels(): vscode.ViewColumn {
  // VS Code puts a word of its own before the id.
  const isPanel = ({ input }: vscode.Tab) => input instanceof vscode.TabInputWebview && ids.some((id) => input.viewType.endsWith(id));
  return vscode.window.tabGroups.all.find(({ tabs }) => tabs.some(isPanel))?.viewColumn ?? vscode.ViewColumn.Beside;
}

/** The single editor tab of a page; it comes back after a window reload. */
export class Panel extends DisposableOwner implements vscode.WebviewPanelSerializer {
  private open: { panel: vscode.WebviewPanel; parts: Disposable[] } | undefined;

  /** @param viewType the id that package.json activates on */
  constructor(
    private readonly viewType: string,
    private readonly page: PageSetup,
    private readonly webviewFolder: string,
    private readonly icon: vscode.Uri,
    private readonly onVisibility: () => void,
  ) {
    super();
    this.track(vscode.window.registerWebviewPanelSerializer(viewType, this));
  }

  get isVisible(): boolean {
    return this.open?.panel.visible ?? false;
  }

  show(): void {
    if (this.open) {
      this.open.panel.reveal();
      return;
    }
    const column = { viewColumn: columnOfPanels(), preserveFocus: false };
    this.adopt(vscode.window.createWebviewPanel(this.viewType, this.page.title, column));
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.open) {
      panel.dispose();
    } else {
      this.adopt(panel);
    }
  }

  override dispose(): void {
    this.close();
    super.dispose();
  }

  private adopt(panel: vscode.WebviewPanel): void {
    panel.iconPath = this.icon;
    const parts = [
      new WebviewConnection(panel, this.page, this.webviewFolder),
      panel.onDidChangeViewState(() => this.onVisibility()),
      panel.onDidDispose(() => {
        this.close();
        this.onVisibility();
      }),
    ];
    this.open = { panel, parts };
    this.onVisibility();
  }

  /** Lets go of the tab, which stays open or is gone already. */
  private close(): void {
    this.open?.parts.forEach((part) => part.dispose());
    this.open = undefined;
  }
}
