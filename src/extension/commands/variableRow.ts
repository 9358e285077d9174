import * as vscode from "vscode";
import type { VariableRow } from "../../variables/contract.js";
import type { Services } from "../services.js";

/** Opens the panel with the value. */
export function openVariable({ variables, chosenVariable, panels }: Services, { name }: VariableRow): void {
  const { session } = variables;
  if (session) {
    chosenVariable.choose(session, name);
    panels.variable.show();
  }
}

/** Shows the cell that declared the variable last, selected. @throws Error when it is no longer in the notebook */
export async function goToDefiningCell({ variables: { session } }: Services, { name, place }: VariableRow): Promise<void> {
  const cell = session?.cellOfRun(place.executionCount);
  if (session === undefined || cell === undefined) {
    throw new Error(`The cell that declared ${name} in run [${place.executionCount}] is no longer in the notebook.`);
  }
  const shown = vscode.window.visibleNotebookEditors.find(({ notebook }) => notebook === session.notebook);
  const editor = await vscode.window.showNotebookDocument(session.notebook, { viewColumn: shown?.viewColumn });
  const range = new vscode.NotebookRange(cell.index, cell.index + 1);
  editor.selections = [range];
  editor.revealRange(range, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
}

export async function copyVariableName({ name }: VariableRow): Promise<void> {
  await vscode.env.clipboard.writeText(name);
}

/** Puts the whole value on the clipboard: a string as it is, a tensor as its numbers. @throws Error for one that is too long, or gone */
export async function copyVariableValue({ variables: { session } }: Services, { name }: VariableRow): Promise<void> {
  if (session?.isExecuting) {
    throw new Error(`A cell is running: the value of ${name} can be copied when it has ended.`);
  }
  const answer = await session?.ask({ about: "text", name });
  if (answer?.about !== "text") {
    throw new Error(answer?.about === "problem" ? answer.text : `The value of ${name} is gone with its kernel. Run its cell again.`);
  }
  await vscode.env.clipboard.writeText(answer.text);
}
