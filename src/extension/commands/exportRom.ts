import { readdir } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import { calibratedModel } from "../../api/calibratedModel.js";
import { exportRom as writeRom, type RomExport } from "../../hardware/rom/exportRom.js";
import { manifestName } from "../../hardware/rom/manifest.js";
import { savingFigures } from "../../hardware/rom/memory.js";
import { romFormats, type RomFormat, romWriters } from "../../hardware/rom/formats.js";
import { deployedModelFromTensors } from "../../rnn/deployedModelFile.js";
import { runFiles } from "../../runs/runFiles.js";
import { readRun } from "../../runs/readRun.js";
import { readSafetensors } from "../../runs/safetensors.js";
import type { ListedRun } from "../runs/runList.js";
import type { Services } from "../services.js";
import { pickTrainedRun } from "./pickTrainedRun.js";

/** Asks for run, formats and folder, and writes the ROM files. */
export async function exportRom(services: Services): Promise<void> {
  const run = await pickTrainedRun(services, "Export Weight ROM");
  if (run) {
    await exportRunRom(services, run);
  }
}

/** The same for a run that is already chosen. */
export async function exportRunRom({ runs }: Services, run: ListedRun): Promise<void> {
  if (!runs.get(run.dir)?.isExportable) {
    throw new Error(`${run.snapshot.name} has no trained model yet: let it finish, or call run.accelerator() in a cell.`);
  }
  const formats = await pickFormats();
  const folder = formats && (await pickFolder(run));
  if (!formats || !folder) {
    return;
  }
  const overwrite = await mayWrite(folder);
  const written = overwrite === undefined ? undefined : await writeWithProgress(run, formats, folder, overwrite);
  if (written) {
    await tell(written);
  }
}

/** Undefined when the user gives up or chooses none. */
async function pickFormats(): Promise<RomFormat[] | undefined> {
  const items = romFormats.map((format) => ({
    label: format,
    description: romWriters[format].title,
    picked: format === "mem",
    format,
  }));
  const picked = await vscode.window.showQuickPick(items, { title: "Export Weight ROM: formats", canPickMany: true });
  return picked && picked.length > 0 ? picked.map(({ format }) => format) : undefined;
}

/** The run's own folder for exports, or one that the user picks. */
async function pickFolder(run: ListedRun): Promise<string | undefined> {
  const own = path.join(run.dir, runFiles.rom);
  const items = [
    { label: "$(folder) In the run", description: own, isOwn: true },
    { label: "$(folder-opened) Choose a folder…", description: "", isOwn: false },
  ];
  const choice = await vscode.window.showQuickPick(items, { title: "Export Weight ROM: folder" });
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

/** Undefined when cancelled before anything was written: the files themselves appear all at once. */
async function writeWithProgress(
  { dir, snapshot }: ListedRun,
  formats: readonly RomFormat[],
  folder: string,
  overwrite: boolean,
): Promise<RomExport | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title: "Exporting weight ROM", cancellable: true };
  return vscode.window.withProgress(options, async (progress, cancel) => {
    progress.report({ message: "reading the model" });
    const deployed = deployedModelFromTensors(await readSafetensors(path.join(dir, runFiles.model)));
    const { model, fixed } = await calibratedModel(await readRun(dir), deployed);
    progress.report({ message: `writing ${formats.join(", ")}` });
    if (cancel.isCancellationRequested) {
      return undefined;
    }
    return writeRom(model, { folder, formats, fixed, overwrite, source: { runDir: dir, name: snapshot.name } });
  });
}

async function tell({ dir, manifest, files, memory }: RomExport): Promise<void> {
  const { memorySavingInWords } = savingFigures(memory);
  const open = "Open Manifest";
  const answer = await vscode.window.showInformationMessage(`${files.length} ROM files in ${dir}. Memory saving: ${memorySavingInWords}.`, open);
  if (answer === open) {
    await vscode.window.showTextDocument(vscode.Uri.file(manifest));
  }
}
