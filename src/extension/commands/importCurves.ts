import path from "node:path";
import * as vscode from "vscode";
import * as z from "zod";
import { notificationText } from "../notificationText.js";
import type { Services } from "../services.js";
import { runCommandLine } from "./commandLine.js";

const command = "Import Curves";

const answerSchema = z.object({ imported: z.array(z.object({ dir: z.string(), name: z.string(), measure: z.string() })) });

/** Asks for CSV files of another tool and puts their curves beside the runs of the first workspace folder. */
export async function importCurves({ paths, runs }: Services): Promise<void> {
  const [workspace] = vscode.workspace.workspaceFolders ?? [];
  if (workspace === undefined) {
    throw new Error("Open a folder first: imported curves are kept in its folder runs.");
  }
  const options = { canSelectMany: true, openLabel: "Import", filters: { "CSV files": ["csv", "tsv", "txt"], "All files": ["*"] } };
  const files = (await vscode.window.showOpenDialog(options)) ?? [];
  if (files.length === 0) {
    return;
  }
  const folder = path.join(workspace.uri.fsPath, "runs");
  const answer = await runCommandLine(paths, command, ["import", ...files.map(({ fsPath }) => fsPath), "--runs", folder]);
  if (answer === undefined) {
    return;
  }
  const { imported } = answerSchema.parse(answer);
  await Promise.all(imported.map(({ dir }) => runs.refresh(dir)));
  await vscode.window.showInformationMessage(notificationText(`Imported ${imported.map(({ name, measure }) => `${name} (${measure})`).join(", ")}.`));
}
