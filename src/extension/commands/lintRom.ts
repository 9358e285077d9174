import path from "node:path";
import * as vscode from "vscode";
import type { RomFinding } from "../../romFormats/reading/findings.js";
import { romEditorId, romLanguageId } from "../ids.js";
import type { Services } from "../services.js";
import { notificationText } from "../notificationText.js";

/** Lints the ROM file on top, or files that the user picks, and shows the findings in the Problems view. */
export async function lintRom({ romDiagnostics }: Services): Promise<void> {
  const uris = await filesToLint();
  if (uris.length === 0) {
    return;
  }
  const found: RomFinding[] = [];
  for (const uri of uris) {
    for (const finding of await romDiagnostics.lintFile(uri)) {
      found.push(finding);
    }
  }
  const names = uris.map(({ fsPath }) => path.basename(fsPath)).join(", ");
  if (found.length === 0) {
    await vscode.window.showInformationMessage(notificationText(`No problems found in ${names}.`));
    return;
  }
  const errors = found.filter(({ severity }) => severity === "error").length;
  const show = "Show Problems";
  const text = `${names}: errors ${errors}, warnings ${found.length - errors}.`;
  if ((await vscode.window.showWarningMessage(notificationText(text), show)) === show) {
    await vscode.commands.executeCommand("workbench.actions.view.problems");
  }
}

async function filesToLint(): Promise<readonly vscode.Uri[]> {
  const open = romOnTop();
  if (open !== undefined) {
    return [open];
  }
  return (await vscode.window.showOpenDialog({ canSelectMany: true, openLabel: "Lint", title: "Lint ROM" })) ?? [];
}

/** The file of the active text editor or ROM picture, when it is a ROM file. */
export function romOnTop(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId === romLanguageId && document.uri.scheme === "file") {
    return document.uri;
  }
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom && input.viewType === romEditorId ? input.uri : undefined;
}
