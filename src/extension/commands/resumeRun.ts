import * as vscode from "vscode";
import type { ListedRun } from "../runs/runList.js";
import { runDescription } from "../runs/runText.js";
import type { Services } from "../services.js";
import { nodeProgram } from "../nodeProgram.js";
import { requireTrust } from "./requireTrust.js";

const command = "Resume Run";

/** Asks for one of the runs that stopped before their last step, and resumes it. */
export async function pickAndResume(services: Pick<Services, "runs" | "paths">): Promise<void> {
  requireTrust(command);
  const items = services.runs.all().filter(isResumable).map((run) => ({
    label: run.summary.name,
    description: runDescription(run.summary),
    detail: run.dir,
    run,
  }));
  if (items.length === 0) {
    await vscode.window.showInformationMessage("There is no run in this workspace that stopped before its last step.");
    return;
  }
  const picked = await vscode.window.showQuickPick(items, { title: `${command}: run` });
  if (picked) {
    await resumeRun(services, picked.run);
  }
}

/**
 * Trains a run on in a terminal, which shows its progress and where Ctrl+C stops it: it needs no notebook. The curves follow
 * it as any other run.
 */
export async function resumeRun({ runs, paths }: Pick<Services, "runs" | "paths">, { dir }: ListedRun): Promise<void> {
  requireTrust(command);
  await runs.refresh(dir);
  const run = runs.get(dir);
  if (run === undefined || !isResumable(run)) {
    throw new Error(`${run?.summary.name ?? dir} cannot be resumed: it is ${run?.summary.state ?? "gone"}.`);
  }
  const { program, env } = nodeProgram(paths);
  const execution = new vscode.ProcessExecution(program, [paths.commandLine, "resume", dir], { env });
  const name = `resume ${run.summary.name}`;
  const task = new vscode.Task({ type: "tritloom", run: dir }, vscode.TaskScope.Workspace, name, "Tritloom", execution);
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, panel: vscode.TaskPanelKind.Dedicated, showReuseMessage: false };
  await vscode.tasks.executeTask(task);
}

function isResumable({ summary }: ListedRun): boolean {
  return summary.state === "interrupted" || summary.state === "crashed";
}
