import { existsSync } from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import type { Services } from "../services.js";

/**
 * Shows a page of the guide that came with the extension, rendered, so that its links lead to the other pages.
 * @param page the name of its file; without one the index. Menus give the thing that they were opened on, which is no page.
 */
export async function openGuide({ paths }: Pick<Services, "paths">, page?: unknown): Promise<void> {
  const name = typeof page === "string" && /^[\w-]+$/.test(page) ? page : "README";
  const file = path.join(paths.guide, `${name}.md`);
  if (!existsSync(file)) {
    throw new Error(`The guide has no page "${name}"; "Tritloom: Open Guide" shows those that there are.`);
  }
  await vscode.commands.executeCommand("markdown.showPreview", vscode.Uri.file(file));
}
