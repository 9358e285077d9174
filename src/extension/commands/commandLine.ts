import * as vscode from "vscode";
import type { ProductPaths } from "../productPaths.js";
import { reporterOf } from "../progressWords.js";
import { runTritloom } from "../tritloomProcess.js";

/**
 * Runs a command of `tritloom` with a progress notification that tells its words and can stop it.
 * @param args without `--json`
 * @returns the object that it printed, also when it says that something differs; undefined when it was stopped
 * @throws Error in the command's own words
 */
export async function runCommandLine({ commandLine }: ProductPaths, title: string, args: readonly string[]): Promise<unknown> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, cancel) => {
    const stopped = new AbortController();
    const stop = cancel.onCancellationRequested(() => stopped.abort());
    try {
      return await runTritloom(commandLine, args, { signal: stopped.signal, onMessage: reporterOf(progress) });
    } finally {
      stop.dispose();
    }
  });
}
