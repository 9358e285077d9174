import path from "node:path";
import * as vscode from "vscode";
import * as z from "zod";
import { defaultFolders, occupiedPlaces, type Tracker, trackers } from "../../trackers/exportRuns.js";
import { notificationText } from "../notificationText.js";
import type { ListedRun } from "../runs/runList.js";
import type { Services } from "../services.js";
import { runCommandLine } from "./commandLine.js";

const command = "Export Run";

const answerSchema = z.object({ out: z.string(), runs: z.array(z.object({ place: z.string() })) });

const readers: Readonly<Record<Tracker, { readonly label: string; readonly detail: string }>> = {
  tensorboard: { label: "TensorBoard", detail: "Event files with curves, histograms of weights and hyper-parameters" },
  mlflow: { label: "MLflow", detail: "A run in MLflow's file store, with parameters, metrics and tags" },
  csv: { label: "CSV", detail: "A row for each step, a column for each metric" },
};

/** Asks for which tool and into which folder, and writes the run's curves, hyper-parameters and figures. */
export async function exportRun({ paths }: Services, { dir }: ListedRun): Promise<void> {
  const items = trackers.map((to) => ({ ...readers[to], to }));
  const chosen = await vscode.window.showQuickPick(items, { title: `${command}: for which tool` });
  const options = { canSelectFiles: false, canSelectFolders: true, openLabel: "Export Here" };
  const [picked] = (chosen && (await vscode.window.showOpenDialog(options))) ?? [];
  if (!chosen || !picked) {
    return;
  }
  const out = path.join(picked.fsPath, defaultFolders[chosen.to]);
  const overwrite = await mayWrite(await occupiedPlaces([dir], { to: chosen.to, out }));
  if (overwrite === undefined) {
    return;
  }
  const answer = await runCommandLine(paths, command, ["export", dir, "--to", chosen.to, "--out", out, ...(overwrite ? ["--overwrite"] : [])]);
  if (answer !== undefined) {
    const { runs } = answerSchema.parse(answer);
    await vscode.window.showInformationMessage(notificationText(`Exported for ${chosen.label}: ${runs[0]!.place}`));
  }
}

/** Whether to overwrite; undefined when the user keeps what is there. */
async function mayWrite([place]: readonly string[]): Promise<boolean | undefined> {
  if (place === undefined) {
    return false;
  }
  const answer = await vscode.window.showWarningMessage("Replace the earlier export of this run?", { modal: true, detail: place }, "Replace");
  return answer === "Replace" ? true : undefined;
}
