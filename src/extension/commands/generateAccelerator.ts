import path from "node:path";
import * as vscode from "vscode";
import * as z from "zod";
import type { Services } from "../services.js";
import { runCommandLine } from "./commandLine.js";
import { argumentsOf, pickChip } from "./pickChip.js";
import { pickTrainedRun } from "./pickTrainedRun.js";
import { requireTrust } from "./requireTrust.js";
import { notificationText } from "../notificationText.js";

const command = "Generate Accelerator";

const answerSchema = z.object({ dir: z.string(), files: z.array(z.string()), steps: z.number(), scheduleCycles: z.number() });

/** Asks for run, size and folder, and writes Verilog, ROM files and testbench. An existing folder is never written to. */
export async function generateAccelerator(services: Services): Promise<void> {
  requireTrust(command);
  const run = await pickTrainedRun(services, command);
  const chip = run && (await pickChip(services, run, command));
  const folder = chip && (await pickFolder(path.join(run.dir, "accelerator")));
  if (!folder) {
    return;
  }
  const answer = await runCommandLine(services.paths, command, ["rtl", run.dir, "--out", folder, ...argumentsOf(chip)]);
  if (answer !== undefined) {
    await tell(answerSchema.parse(answer));
  }
}

/** A folder that does not exist yet. */
async function pickFolder(suggested: string): Promise<string | undefined> {
  const place = await vscode.window.showSaveDialog({ defaultUri: vscode.Uri.file(suggested), saveLabel: "Generate", title: `${command}: new folder` });
  return place?.fsPath;
}

async function tell({ dir, files, steps, scheduleCycles }: z.infer<typeof answerSchema>): Promise<void> {
  const open = "Open README";
  const words = `${files.length} files in ${dir}; the testbench runs ${steps} timesteps in ${scheduleCycles} cycles.`;
  if ((await vscode.window.showInformationMessage(notificationText(words), open)) === open) {
    await vscode.window.showTextDocument(vscode.Uri.file(path.join(dir, "README.md")));
  }
}
