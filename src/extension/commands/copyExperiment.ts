import { readFile } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import { runFiles } from "../../runs/runFiles.js";
import type { ListedRun } from "../runs/runList.js";

/** Puts the experiment of a run, all that determines it, on the clipboard as JSON. @throws the file system's error */
export async function copyExperiment({ dir }: ListedRun): Promise<void> {
  await vscode.env.clipboard.writeText(await readFile(path.join(dir, runFiles.spec), "utf8"));
}
