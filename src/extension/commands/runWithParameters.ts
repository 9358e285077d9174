import path from "node:path";
import * as vscode from "vscode";
import { declaredNames } from "../../notebooks/declaredNames.js";
import { cellSource } from "../../notebooks/notebookFile.js";
import { openNotebookFile } from "../../notebooks/openNotebookFile.js";
import { parametersCell } from "../../notebooks/parameters.js";
import { notebookType } from "../ids.js";
import type { Services } from "../services.js";
import { runCommandLine } from "./commandLine.js";
import { savedOnTop } from "./notebookOnTop.js";
import { requireTrust } from "./requireTrust.js";

const command = "Run Notebook with Parameters";

/**
 * Asks for values of the variables that the cell tagged `parameters` declares, executes the notebook in a kernel of its own, and
 * opens the copy with the outputs, NAME.executed.ipynb. The notebook itself stays as it is.
 */
export async function runWithParameters({ paths }: Services): Promise<void> {
  requireTrust(command);
  const source = await savedOnTop(command);
  const values = source && (await askValues(await parametersOf(source.file)));
  if (!values) {
    return;
  }
  const { dir, name } = path.parse(source.file);
  const out = path.join(dir, `${name}.executed.ipynb`);
  const args = [...values].flatMap(([parameter, value]) => ["--param", `${parameter}=${value}`]);
  if ((await runCommandLine(paths, command, ["run", source.file, "--out", out, ...args])) !== undefined) {
    await vscode.commands.executeCommand("vscode.openWith", vscode.Uri.file(out), notebookType);
  }
}

/** Names of the parameters. @throws Error where the notebook has none */
async function parametersOf(file: string): Promise<string[]> {
  const cell = parametersCell(await openNotebookFile(file));
  const names = cell === undefined ? [] : [...declaredNames(cellSource(cell)).keys()];
  if (names.length === 0) {
    throw new Error(`${file} has no parameters: select the cell that declares them, and run the command "Tag Cell as Parameters".`);
  }
  return names;
}

/** A list of the parameters, until the user runs the notebook; undefined where they give up. */
async function askValues(names: readonly string[]): Promise<Map<string, string> | undefined> {
  const values = new Map<string, string>();
  for (;;) {
    const run = { label: "$(play) Run", description: values.size === 0 ? "with the notebook's own values" : "", name: undefined };
    const items = [run, ...names.map((name) => ({ label: name, description: values.get(name) ?? "as in the notebook", name }))];
    const picked = await vscode.window.showQuickPick(items, { title: command, placeHolder: "Choose a parameter to change, or run" });
    if (picked?.name === undefined) {
      return picked && values;
    }
    const value = await askValue(picked.name, values.get(picked.name));
    if (value !== undefined) {
      values.set(picked.name, value);
    }
  }
}

function askValue(name: string, value = ""): Thenable<string | undefined> {
  return vscode.window.showInputBox({ title: `${command}: ${name}`, prompt: "JSON, as 400 or [1, 2]; anything else is text", value });
}
