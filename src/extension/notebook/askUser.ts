import * as vscode from "vscode";
import type { AskUser } from "../../../kernel/client.js";

/** Shows what a cell asks: an input box for text, a dialog for yes or no, a notification for what is only told. */
export const askUser: AskUser = async ({ kind, prompt, initial }, ended) => {
  switch (kind) {
    case "text":
      return askText(prompt, initial, ended);
    case "confirm":
      return vscode.window.showInformationMessage(prompt, { modal: true }, "Yes");
    case "alert":
      await vscode.window.showInformationMessage(prompt, { modal: true });
      return "";
  }
};

/** The box stays when the focus goes elsewhere, for example to look something up, and closes with the end of the cell. */
async function askText(prompt: string, value: string, ended: AbortSignal): Promise<string | undefined> {
  const closing = new vscode.CancellationTokenSource();
  ended.addEventListener("abort", () => closing.cancel(), { once: true });
  const text = await vscode.window.showInputBox({ prompt, value, title: "A cell asks", ignoreFocusOut: true }, closing.token);
  closing.dispose();
  return text;
}
