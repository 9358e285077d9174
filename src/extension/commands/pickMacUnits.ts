import * as vscode from "vscode";
import { defaultMacUnits } from "../../hardware/schedule/shape.js";

/** Asks for P, the multiply-accumulate units of a layer; undefined when the user gives up. */
export function pickMacUnits(command: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: `${command}: multiply-accumulate units`,
    value: String(defaultMacUnits),
    prompt: "Gate rows that are summed side by side, 1 to 65536",
    validateInput: (text) => (/^[1-9]\d{0,4}$/.test(text.trim()) && Number(text) <= 65_536 ? undefined : `"${text}" is no whole number from 1 to 65536.`),
  });
}
