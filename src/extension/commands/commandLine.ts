import { spawn } from "node:child_process";
import * as vscode from "vscode";
import * as z from "zod";
import type { ProductPaths } from "../productPaths.js";

const failureSchema = z.object({ error: z.object({ message: z.string() }) });

/**
 * Runs a command of `tritloom` in a process of its own, with a progress notification that tells its words and can stop it.
 * @param args without `--json`
 * @returns the object that it printed, also when it says that something differs; undefined when it was stopped
 * @throws Error in the command's own words
 */
export async function runCommandLine({ commandLine }: ProductPaths, title: string, args: readonly string[]): Promise<unknown> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, cancel) => {
    // VS Code's own program is Electron, which is a plain Node only when told so.
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: "1" };
    const child = spawn(process.execPath, [commandLine, ...args, "--json"], { env, stdio: ["ignore", "pipe", "pipe"] });
    const stop = cancel.onCancellationRequested(() => child.kill("SIGTERM"));
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => progress.report({ message: text.trim() }));
    try {
      await new Promise<void>((resolve, reject) => child.once("error", reject).once("close", () => resolve()));
      return cancel.isCancellationRequested ? undefined : answerIn(output);
    } finally {
      stop.dispose();
    }
  });
}

/** The last line, which is one object. */
function answerIn(output: string): unknown {
  const line = output.trimEnd().split("\n").at(-1) ?? "";
  if (line === "") {
    throw new Error("The command ended without an answer.");
  }
  const answer: unknown = JSON.parse(line);
  const failure = failureSchema.safeParse(answer);
  if (failure.success) {
    throw new Error(failure.data.error.message);
  }
  return answer;
}
