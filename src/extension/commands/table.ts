import * as vscode from "vscode";
import { commandIds, type CommandId } from "../ids.js";
import type { ListedRun } from "../runs/runList.js";
import type { Services } from "../services.js";
import { lintRom } from "./lintRom.js";
import { openRunCurves } from "./openRunCurves.js";
import { reopenRom } from "./reopenRom.js";
import { restartKernel } from "./restartKernel.js";
import { copyRunPath, openRunPipeline, revealRun } from "./runRow.js";
import { showCurves } from "./showCurves.js";
import { showPipeline } from "./showPipeline.js";

type Handler = (services: Services) => void | Promise<void>;
type RunHandler = (services: Services, run: ListedRun) => void | Promise<void>;

/** Commands of the palette. What needs schemas, models or ROM formats is loaded by its first call, so that activation is short. */
const commands = {
  [commandIds.newNotebook]: async () => (await import("./newNotebook.js")).newNotebook(),
  [commandIds.showCurves]: showCurves,
  [commandIds.showPipeline]: showPipeline,
  [commandIds.exportRom]: async (services) => (await import("./exportRom.js")).exportRom(services),
  [commandIds.generateAccelerator]: async (services) => (await import("./generateAccelerator.js")).generateAccelerator(services),
  [commandIds.verifyAccelerator]: async (services) => (await import("./verifyAccelerator.js")).verifyAccelerator(services),
  [commandIds.showReport]: async (services) => (await import("./showReport.js")).showReport(services),
  [commandIds.lintRom]: lintRom,
  [commandIds.showRomPicture]: () => reopenRom("picture"),
  [commandIds.showRomText]: () => reopenRom("text"),
  [commandIds.restartKernel]: restartKernel,
  [commandIds.openQuickstart]: async (services) => (await import("./openQuickstart.js")).openQuickstart(services),
  [commandIds.installTensorFlow]: async (services) => (await import("./installTensorFlow.js")).installTensorFlow(services),
  [commandIds.openTerminal]: async (services) => (await import("./openTerminal.js")).openTerminal(services),
  [commandIds.resumeStoppedRun]: async (services) => (await import("./resumeRun.js")).pickAndResume(services),
} as const satisfies Partial<Record<CommandId, Handler>>;

/** Commands of a row in the tree of runs. */
const runCommands = {
  [commandIds.openRunCurves]: openRunCurves,
  [commandIds.exportRunRom]: async (services, run) => (await import("./exportRom.js")).exportRunRom(services, run),
  [commandIds.deleteRun]: async (services, run) => (await import("./deleteRun.js")).deleteRun(services, run),
  [commandIds.resumeRun]: async (services, run) => (await import("./resumeRun.js")).resumeRun(services, run),
  [commandIds.stopRun]: async (services, run) => (await import("./stopRun.js")).stopRun(services, run.dir),
  [commandIds.openRunPipeline]: openRunPipeline,
  [commandIds.revealRun]: revealRun,
  [commandIds.copyRunPath]: copyRunPath,
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
