import * as vscode from "vscode";
import type { ListedRun } from "../runs/runList.js";
import type { Services } from "../services.js";
import { commandIds } from "./commandIds.js";
import { type CommandName, commands, type KernelCommand, type PaletteCommand, type RowCommand } from "./commands.js";
import type { ListedKernel } from "../../../kernel/keeper/listKernels.js";

/** Registers every command; a failure is told once, in the words of its error. */
export function registerCommands(services: Services, onFailure: (error: unknown) => void): vscode.Disposable[] {
  return Object.entries(commands).map(([name, command]: [string, PaletteCommand | RowCommand | KernelCommand]) =>
    vscode.commands.registerCommand(commandIds[name as CommandName], async (row: string) => {
      try {
        await perform(command, services, row);
      } catch (error) {
        onFailure(error);
      }
    }),
  );
}

/** @param row the element of a tree that the command is called on */
async function perform(command: PaletteCommand | RowCommand | KernelCommand, services: Services, row: string): Promise<void> {
  if ("run" in command) {
    await command.run(services);
  } else if ("runOn" in command) {
    await command.runOn(services, listedRun(services, row));
  } else {
    await command.runOnKernel(services, listedKernel(services, row));
  }
}

function listedKernel({ kernels }: Services, id: string): ListedKernel {
  const kernel = kernels.get(id);
  if (kernel === undefined) {
    throw new Error(`The kernel ${id} lives no more.`);
  }
  return kernel;
}

function listedRun({ runs }: Services, dir: string): ListedRun {
  const run = runs.get(dir);
  if (run === undefined) {
    throw new Error(`There is no run in ${dir} any more.`);
  }
  return run;
}
