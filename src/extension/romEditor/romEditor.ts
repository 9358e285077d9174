import path from "node:path";
import * as vscode from "vscode";
import { webviewProtocolVersion as version } from "../../../webview/protocol.js";
import { type Disposable, DisposableOwner } from "../disposable.js";
import { romEditorId } from "../ids.js";
import type { RomReading } from "./romReading.js";
import { type PageSetup, type MessageSource, WebviewConnection } from "../webviews/webviewConnection.js";

/** Opens a ROM file as a picture; it follows the file on disk. */
export class RomEditor extends DisposableOwner implements vscode.CustomReadonlyEditorProvider {
  private readonly open = new Set<Disposable>();

  constructor(
    private readonly webviewFolder: string,
    private readonly reading: Pick<RomReading, "snapshot">,
    private readonly onProblem: (problem: unknown) => void,
  ) {
    super();
    const options = { supportsMultipleEditorsPerDocument: true };
    this.track(vscode.window.registerCustomEditorProvider(romEditorId, this, options));
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => {} };
  }

  resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): void {
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.joinPath(uri, ".."), path.basename(uri.fsPath)));
    const connection = new WebviewConnection(panel, this.pageOf(uri, watcher), this.webviewFolder);
    const closing = panel.onDidDispose(() => this.close(parts));
    const parts = { dispose: () => [connection, watcher, closing].forEach((each) => void each.dispose()) };
    this.open.add(parts);
  }

  override dispose(): void {
    [...this.open].forEach((parts) => this.close(parts));
    super.dispose();
  }

  private close(parts: Disposable): void {
    parts.dispose();
    this.open.delete(parts);
  }

  private pageOf(uri: vscode.Uri, watcher: vscode.FileSystemWatcher): PageSetup {
    const source: MessageSource = {
      message: async () => ({ type: "rom", version, rom: await this.reading.snapshot(uri.fsPath) }),
      onChange: (listener) => {
        const all = [watcher.onDidChange(listener), watcher.onDidCreate(listener), watcher.onDidDelete(listener)];
        return { dispose: () => all.forEach((each) => void each.dispose()) };
      },
    };
    const title = path.basename(uri.fsPath);
    return { name: "rom", title, sources: () => [source], onMessage: () => {}, onProblem: this.onProblem };
  }
}
