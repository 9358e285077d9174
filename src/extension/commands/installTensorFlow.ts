import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import * as vscode from "vscode";
import * as z from "zod";
import { makeFolder } from "../../files/makeFolder.js";
import type { ProductPaths } from "../productPaths.js";
import type { Services } from "../services.js";
import { requireTrust } from "./requireTrust.js";

const progressSchema = z.object({ type: z.literal("progress"), message: z.string(), fraction: z.number() });

/** Builds the native TensorFlow backend in the extension's own storage; new kernels find it there. */
export async function installTensorFlow({ paths, updateContext }: Services): Promise<void> {
  requireTrust("Installing the TensorFlow backend");
  const options = { location: vscode.ProgressLocation.Notification, title: "TensorFlow backend", cancellable: true };
  const isInstalled = await vscode.window.withProgress(options, (progress, cancel) => runSetup(paths, progress, cancel));
  updateContext();
  if (isInstalled) {
    await vscode.window.showInformationMessage("The TensorFlow backend is installed. Restart a notebook's kernel to use it.");
  }
}

async function runSetup(
  paths: ProductPaths,
  progress: vscode.Progress<{ message?: string; increment?: number }>,
  cancel: vscode.CancellationToken,
): Promise<boolean> {
  await makeFolder(path.dirname(paths.tensorFlow));
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: "1" };
  const setup = fork(paths.tensorFlowSetup, [paths.tensorFlow], { env, execArgv: [], stdio: ["ignore", "ignore", "pipe", "ipc"] });
  const stop = cancel.onCancellationRequested(() => setup.kill("SIGTERM"));
  let done = 0;
  setup.on("message", (data) => {
    const { message, fraction } = progressSchema.parse(data);
    progress.report({ message, increment: (fraction - done) * 100 });
    done = fraction;
  });
  try {
    await finished(setup, cancel);
    return !cancel.isCancellationRequested;
  } finally {
    stop.dispose();
  }
}

/** @throws Error with what the program said last, unless it was cancelled */
function finished(setup: ChildProcess, cancel: vscode.CancellationToken): Promise<void> {
  let said = "";
  setup.stderr?.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2_000);
  });
  return new Promise((resolve, reject) => {
    setup.once("error", reject);
    setup.once("close", (code) => {
      if (code === 0 || cancel.isCancellationRequested) {
        resolve();
      } else {
        reject(new Error(lastWords(said) || `The installation ended with exit code ${code}.`));
      }
    });
  });
}

/** The error without the progress lines before it. */
function lastWords(said: string): string {
  const at = said.indexOf("Could not install");
  return (at < 0 ? said : said.slice(at)).trim();
}
