import path from "node:path";
import * as vscode from "vscode";
import { chipArguments } from "../../jobs/chipArguments.js";
import type { Services } from "../services.js";
import { runCommandLine } from "./commandLine.js";
import { pickChip } from "./pickChip.js";
import { pickTrainedRun } from "./pickTrainedRun.js";
import { requireTrust } from "./requireTrust.js";

const command = "Show Report";
/** The report's name in the run's directory; each report replaces the one before. */
const reportFile = "hardware-report.md";

/** Synthesises a run's accelerator and opens what it takes: memory, area, timing, energy, FPGA resources. */
export async function showReport(services: Services): Promise<void> {
  requireTrust(command);
  const run = await pickTrainedRun(services, command);
  const chip = run && (await pickChip(services, run, command));
  if (!chip) {
    return;
  }
  const file = path.join(run.dir, reportFile);
  const answer = await runCommandLine(services.paths, command, ["report", run.dir, ...chipArguments(chip), "--out", file, "--overwrite"]);
  if (answer !== undefined) {
    await vscode.commands.executeCommand("markdown.showPreview", vscode.Uri.file(file));
  }
}
