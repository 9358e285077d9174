import * as vscode from "vscode";
import { commandIds, type CommandId } from "../ids.js";
import type { ListedRun } from "../runs/runList.js";
import type { Services } from "../services.js";
import { deleteRun } from "./deleteRun.js";
import { exportRom, exportRunRom } from "./exportRom.js";
import { generateAccelerator } from "./generateAccelerator.js";
import { installTensorFlow } from "./installTensorFlow.js";
import { lintRom } from "./lintRom.js";
import { newNotebook } from "./newNotebook.js";
import { openQuickstart } from "./openQuickstart.js";
import { openRunCurves } from "./openRunCurves.js";
import { restartKernel } from "./restartKernel.js";
import { showCurves } from "./showCurves.js";
import { showPipeline } from "./showPipeline.js";
import { showReport } from "./showReport.js";
import { stopRun } from "./stopRun.js";
import { verifyAccelerator } from "./verifyAccelerator.js";

type Handler = (services: Services) => void | Promise<void>;
type RunHandler = (services: Services, run: ListedRun) => void | Promise<void>;

/** Commands of the palette. */
const commands = {
  [commandIds.newNotebook]: newNotebook,
  [commandIds.showCurves]: showCurves,
  [commandIds.showPipeline]: showPipeline,
  [commandIds.exportRom]: exportRom,
  [commandIds.generateAccelerator]: generateAccelerator,
  [commandIds.verifyAccelerator]: verifyAccelerator,
  [commandIds.showReport]: showReport,
  [commandIds.lintRom]: lintRom,
  [commandIds.restartKernel]: restartKernel,
  [commandIds.openQuickstart]: openQuickstart,
  [commandIds.installTensorFlow]: installTensorFlow,
} as const satisfies Partial<Record<CommandId, Handler>>;

/** Commands of a row in the tree of runs. */
const runCommands = {
  [commandIds.openRunCurves]: openRunCurves,
  [commandIds.exportRunRom]: exportRunRom,
  [commandIds.deleteRun]: deleteRun,
  [commandIds.stopRun]: (services, run) => stopRun(services, run.dir),
} as const satisfies Record<Exclude<CommandId, keyof typeof commands>, RunHandler>;

/** Registers every command; a failure is told once, in the words of its error. */
export function registerCommands(services: Services, onFailure: (error: unknown) => void): vscode.Disposable[] {
  const register = (id: string, action: (dir: string) => void | Promise<void>): vscode.Disposable =>
    vscode.commands.registerCommand(id, async (dir: string) => {
      try {
        await action(dir);
      } catch (error) {
        onFailure(error);
      }
    });
  const plain = Object.entries(commands).map(([id, handler]: [string, Handler]) => register(id, () => handler(services)));
  const ofRuns = Object.entries(runCommands).map(([id, handler]: [string, RunHandler]) =>
    register(id, (dir) => handler(services, listedRun(services, dir))),
  );
  return [...plain, ...ofRuns];
}

function listedRun({ runs }: Services, dir: string): ListedRun {
  const run = runs.get(dir);
  if (run === undefined) {
    throw new Error(`There is no run in ${dir} any more.`);
  }
  return run;
}
