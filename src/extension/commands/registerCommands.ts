import * as vscode from "vscode";
import type { ListedRun } from "../runs/runList.js";
import type { Services } from "../services.js";
import { commandIds } from "./commandIds.js";
import { type CommandName, commands, type PaletteCommand, type RowCommand } from "./commands.js";

/** Registers every command; a failure is told once, in the words of its error. */
export function registerCommands(services: Services, onFailure: (error: unknown) => void): vscode.Disposable[] {
  return Object.entries(commands).map(([name, command]: [string, PaletteCommand | RowCommand]) =>
    vscode.commands.registerCommand(commandIds[name as CommandName], async (dir: string) => {
      try {
        await ("run" in command ? command.run(services, dir) : command.runOn(services, listedRun(services, dir)));
      } catch (error) {
        onFailure(error);
      }
    }),
  );
}

function listedRun({ runs }: Services, dir: string): ListedRun {
  const run = runs.get(dir);
  if (run === undefined) {
    throw new Error(`There is no run in ${dir} any more.`);
  }
  return run;
}
