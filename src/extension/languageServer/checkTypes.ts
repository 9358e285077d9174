import * as vscode from "vscode";
import type { CellError } from "../../../kernel/contract.js";
import type { CheckTypes } from "../../languageServer/contract.js";
import type { CellTypeError } from "./cellsClient.js";

/** Whether cells with type errors are left out. */
export function blocksTypeErrors(): boolean {
  return vscode.workspace.getConfiguration("tritloom").get<CheckTypes>("checkTypes") === "block";
}

const remedy = 'Mend the cell, or set "tritloom.checkTypes" to "show" to run it nevertheless.';

/** What a cell shows instead of running. @param errors at least one */
export function typeErrorsOf(errors: readonly CellTypeError[]): CellError {
  const count = errors.length === 1 ? "a type error" : `${errors.length} type errors`;
  const lines = errors.map(({ line, column, message }) => `line ${line}, column ${column}: ${message}`);
  return { name: "TypeErrors", message: [`The cell has ${count} and did not run.`, ...lines, remedy].join("\n"), stack: "" };
}

/** What a cell shows instead of running when nobody can say whether it has type errors. */
export function uncheckedTypes(error: unknown): CellError {
  const reason = error instanceof Error ? error.message : String(error);
  const what = `The types of the cell could not be checked, and it did not run: ${reason}`;
  const how = 'Run the command "Tritloom: Restart Language Server", or set "tritloom.checkTypes" to "show".';
  return { name: "TypesNotChecked", message: `${what}\n${how}`, stack: "" };
}
