import * as vscode from "vscode";
import { romEditorId } from "../ids.js";
import { romOnTop } from "./lintRom.js";

/** Opens the ROM file on top in the other of its two editors. @throws Error when there is none */
export async function reopenRom(as: "picture" | "text"): Promise<void> {
  const uri = romOnTop();
  if (uri === undefined) {
    throw new Error("There is no ROM file on top: open one first.");
  }
  await vscode.commands.executeCommand("vscode.openWith", uri, as === "picture" ? romEditorId : "default");
}
