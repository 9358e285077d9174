import { readdir } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import { inTurns } from "../../runs/inTurns.js";
import { runOfMarksFile } from "../../runs/marksPlace.js";
import { runFiles } from "../../runs/runFiles.js";
import { DisposableOwner } from "../disposable.js";
import type { RunList } from "./runList.js";

/** Files whose coming or going changes what a run is. */
const tellingFiles = `{${runFiles.spec},${runFiles.owner},${runFiles.model},${runFiles.result},${runFiles.imported}}`;
const ignored = "**/{node_modules,.git}/**";

/** Finds runs: subfolders of any folder named `runs` in the workspace, and of the folders named in the settings. */
export class RunDiscovery extends DisposableOwner {
  private watchers: vscode.Disposable[] = [];

  /** @param onFault told when a folder cannot be searched */
  constructor(
    private readonly runs: RunList,
    private readonly onFault: (error: unknown) => void,
  ) {
    super();
    this.track(vscode.workspace.onDidChangeWorkspaceFolders(() => void this.start()));
    this.track(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("tritloom.runsFolders")) {
          void this.start();
        }
      }),
    );
  }

  /** Looks everywhere once, and from then on follows changes. @returns when it has looked */
  async start(): Promise<void> {
    this.stopWatching();
    const folders = configuredFolders();
    this.watchFiles(`**/runs/*/${tellingFiles}`);
    this.watchFiles("**/runs/.marks/*.json", runOfMarksFile);
    this.watchFolders("**/runs{,/*}");
    for (const folder of folders) {
      const root = vscode.Uri.file(folder);
      this.watchFiles(new vscode.RelativePattern(root, `*/${tellingFiles}`));
      this.watchFiles(new vscode.RelativePattern(root, ".marks/*.json"), runOfMarksFile);
      this.watchFolders(new vscode.RelativePattern(root, "*"));
    }
    await this.runs.searchedBy(this.scan().catch(this.onFault));
  }

  /** File events of the first moments of a window can be missed, so the scan comes after the watching. */
  private async scan(): Promise<void> {
    const specs = await vscode.workspace.findFiles(`**/runs/*/{${runFiles.spec},${runFiles.imported}}`, ignored);
    const found = specs.map((uri) => path.dirname(uri.fsPath));
    const listed = await Promise.all(configuredFolders().map((folder) => this.subfolders(folder)));
    // The newest first: directories are named after the time of their making.
    const dirs = [...new Set([...found, ...listed.flat()])].sort((a, b) => (path.basename(a) < path.basename(b) ? 1 : -1));
    await inTurns(dirs, (dir) => this.runs.refresh(dir));
  }

  /** A folder that cannot be listed hides no run of another one. */
  private async subfolders(folder: string): Promise<string[]> {
    try {
      const entries = await readdir(folder, { withFileTypes: true });
      return entries.filter((entry) => entry.isDirectory()).map((entry) => path.join(folder, entry.name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
        this.onFault(error);
      }
      return [];
    }
  }

  override dispose(): void {
    this.stopWatching();
    super.dispose();
  }

  /** @param runOf the run's directory, of a file that tells of it */
  private watchFiles(pattern: vscode.GlobPattern, runOf: (file: string) => string = path.dirname): void {
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const refresh = (uri: vscode.Uri) => void this.runs.refresh(runOf(uri.fsPath));
    this.watchers.push(watcher, watcher.onDidCreate(refresh), watcher.onDidDelete(refresh), watcher.onDidChange(refresh));
  }

  /** A folder that goes is one event, without events for the files in it. */
  private watchFolders(pattern: vscode.GlobPattern): void {
    const watcher = vscode.workspace.createFileSystemWatcher(pattern, true, true);
    this.watchers.push(watcher, watcher.onDidDelete((uri) => void this.runs.refreshBelow(uri.fsPath)));
  }

  private stopWatching(): void {
    this.watchers.splice(0).forEach((watcher) => void watcher.dispose());
  }
}

/** Folders of the setting, those that are not absolute in each workspace folder. */
function configuredFolders(): string[] {
  const roots = vscode.workspace.workspaceFolders ?? [];
  const relativeTo = (folder: vscode.WorkspaceFolder): string[] => {
    const named = vscode.workspace.getConfiguration("tritloom", folder.uri).get<string[]>("runsFolders", []);
    return named.map((name) => path.resolve(folder.uri.fsPath, name));
  };
  return [...new Set(roots.flatMap(relativeTo))];
}
