import { readdir } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import * as z from "zod";
import { manifestName } from "../../hardware/rom/manifest.js";
import { type RomFormat, romFormatNames, romFormats } from "../../romFormats/romFormats.js";
import { runFiles } from "../../runs/runFiles.js";
import type { ListedRun } from "../runs/runList.js";
import type { Services } from "../services.js";
import { runCommandLine } from "./commandLine.js";
import { argumentsOf, chipText } from "./pickChip.js";
import { pickTrainedRun } from "./pickTrainedRun.js";
import { notificationText } from "../notificationText.js";

const command = "Export Weight ROM";

const answerSchema = z.object({ dir: z.string(), manifest: z.string(), files: z.array(z.string()), memorySavingInWords: z.string(), ranges: z.string() });

/** Asks for run, formats and folder, and writes the ROM files. */
export async function exportRom(services: Services): Promise<void> {
  const run = await pickTrainedRun(services, command);
  if (run) {
    await exportRunRom(services, run);
  }
}

/** The same for a run that is already chosen. */
export async function exportRunRom(services: Services, run: ListedRun): Promise<void> {
  if (!services.runs.get(run.dir)?.isExportable) {
    throw new Error(`${run.summary.name} has no trained model yet: let it finish, or call run.accelerator() in a cell.`);
  }
  const formats = await pickFormats(chipText(services, run));
  const folder = formats && (await pickFolder(run));
  if (!formats || !folder) {
    return;
  }
  const overwrite = await mayWrite(folder);
  if (overwrite === undefined) {
    return;
  }
  const chip = argumentsOf(services.pipeline.optionsOf(run.dir));
  const place = ["--format", formats.join(","), "--out", folder, ...(overwrite ? ["--overwrite"] : [])];
  const answer = await runCommandLine(services.paths, command, ["export", run.dir, ...place, ...chip]);
  if (answer !== undefined) {
    await tell(answerSchema.parse(answer));
  }
}

/** Undefined when the user gives up or chooses none. @param chip in words */
async function pickFormats(chip: string): Promise<RomFormat[] | undefined> {
  const items = romFormatNames.map((format) => ({
    label: format,
    description: romFormats[format].title,
    picked: format === "mem",
    format,
  }));
  const picked = await vscode.window.showQuickPick(items, { title: `${command}: formats`, placeHolder: `The chip: ${chip}`, canPickMany: true });
  return picked && picked.length > 0 ? picked.map(({ format }) => format) : undefined;
}

/** The run's own folder for exports, or one that the user picks. */
async function pickFolder(run: ListedRun): Promise<string | undefined> {
  const own = path.join(run.dir, runFiles.rom);
  const items = [
    { label: "$(folder) In the run", description: own, isOwn: true },
    { label: "$(folder-opened) Choose a folder…", description: "", isOwn: false },
  ];
  const choice = await vscode.window.showQuickPick(items, { title: `${command}: folder` });
  if (choice === undefined || choice.isOwn) {
    return choice && own;
  }
  const options = { canSelectFiles: false, canSelectFolders: true, openLabel: "Export Here" };
  const [picked] = (await vscode.window.showOpenDialog(options)) ?? [];
  return picked && placeIn(picked.fsPath, run);
}

/** The folder itself when it is empty or holds an export, else a subfolder named after the run. */
async function placeIn(folder: string, run: ListedRun): Promise<string> {
  const entries = await readdir(folder);
  const isOurs = entries.length === 0 || entries.includes(manifestName);
  return isOurs ? folder : path.join(folder, `${path.basename(run.dir)}-rom`);
}

/** Whether to overwrite; undefined when the user keeps what is there. */
async function mayWrite(folder: string): Promise<boolean | undefined> {
  if (!(await holdsFiles(folder))) {
    return false;
  }
  const options = { modal: true, detail: `${folder}\nThe earlier export in it is replaced as a whole.` };
  const answer = await vscode.window.showWarningMessage("Replace the ROM files in this folder?", options, "Replace");
  return answer === "Replace" ? true : undefined;
}

async function holdsFiles(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return false;
    }
    throw error;
  }
}

async function tell({ dir, manifest, files, memorySavingInWords, ranges }: z.infer<typeof answerSchema>): Promise<void> {
  const open = "Open Manifest";
  const words = `${files.length} ROM files in ${dir}. Memory saving: ${memorySavingInWords}. ${ranges}.`;
  if ((await vscode.window.showInformationMessage(notificationText(words), open)) === open) {
    await vscode.window.showTextDocument(vscode.Uri.file(manifest));
  }
}
