import * as vscode from "vscode";
import type { ListedRun } from "../runs/runList.js";
import type { Services } from "../services.js";
import { commandIds } from "./commandIds.js";
import type { ListedKernel } from "../../../kernel/keeper/listKernels.js";
import type { VariableRow } from "../../variables/contract.js";
import { type AnyCommand, type CommandName, commands } from "./commands.js";

/** Registers every command; a failure is told once, in the words of its error. */
export function registerCommands(services: Services, onFailure: (error: unknown) => void): vscode.Disposable[] {
  return Object.entries(commands).map(([name, command]: [string, AnyCommand]) =>
    vscode.commands.registerCommand(commandIds[name as CommandName], async (target: unknown) => {
      try {
        await perform(command, services, target);
      } catch (error) {
        onFailure(error);
      }
    }),
  );
}

/** @param target what the command is called on: the cell of a menu, or of a tree the directory of a run, the id of a kernel, the name of a variable */
function perform(command: AnyCommand, services: Services, target: unknown): void | Promise<void> {
  if ("run" in command) {
    return command.run(services, target);
  }
  const row = String(target);
  if ("runOn" in command) {
    return command.runOn(services, listedRun(services, row));
  }
  return "runOnKernel" in command ? command.runOnKernel(services, listedKernel(services, row)) : command.runOnVariable(services, listedVariable(services, row));
}

function listedKernel({ kernels }: Services, id: string): ListedKernel {
  const kernel = kernels.get(id);
  if (kernel === undefined) {
    throw new Error(`The kernel ${id} lives no more.`);
  }
  return kernel;
}

function listedVariable({ variables }: Services, name: string): VariableRow {
  const row = variables.row(name);
  if (row === undefined) {
    throw new Error(`There is no variable ${name} any more.`);
  }
  return row;
}

function listedRun({ runs }: Services, dir: string): ListedRun {
  const run = runs.get(dir);
  if (run === undefined) {
    throw new Error(`There is no run in ${dir} any more.`);
  }
  return run;
}
