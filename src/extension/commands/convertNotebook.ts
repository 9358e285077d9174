import path from "node:path";
import * as vscode from "vscode";
import * as z from "zod";
import { notebookType } from "../ids.js";
import { notificationText } from "../notificationText.js";
import type { Services } from "../services.js";
import { runCommandLine } from "./commandLine.js";
import { type SavedFile, savedOnTop } from "./notebookOnTop.js";

const command = "Convert Notebook";

interface Form extends vscode.QuickPickItem {
  /** What the name of the new file ends in. */
  readonly ending: string;
  readonly args: readonly string[];
}

const html: Form = { label: "HTML page", description: "code, outputs and curves; works without a network", ending: ".html", args: ["--to", "html"] };
const forms: Readonly<Record<SavedFile["form"], readonly Form[]>> = {
  notebook: [
    html,
    { label: "HTML page without code", description: "text and outputs only", ending: ".html", args: ["--to", "html", "--hide-code"] },
    { label: "Markdown", description: "pictures in a folder beside it", ending: ".md", args: ["--to", "md"] },
    { label: "TypeScript with // %% marks", description: "everything but the outputs; converts back", ending: ".ts", args: ["--to", "ts"] },
    { label: "Notebook without outputs", description: "as for version control", ending: ".clean.ipynb", args: ["--to", "ipynb", "--no-outputs"] },
  ],
  script: [
    { label: "Notebook", description: "an .ipynb file", ending: ".ipynb", args: ["--to", "ipynb"] },
    html,
    { label: "Markdown", description: "", ending: ".md", args: ["--to", "md"] },
  ],
};

const answerSchema = z.object({ file: z.string() });

/** Asks for form and file, and writes the notebook or script on top in that form. The dialog asks before it replaces a file. */
export async function convertNotebook({ paths }: Services): Promise<void> {
  const source = await savedOnTop(command);
  const form = source && (await vscode.window.showQuickPick(forms[source.form], { title: `${command}: form` }));
  const target = form && (await pickFile(source.file, form));
  if (!target) {
    return;
  }
  const answer = await runCommandLine(paths, command, ["convert", source.file, ...form.args, "--out", target, "--overwrite"]);
  if (answer !== undefined) {
    await tell(answerSchema.parse(answer).file);
  }
}

async function pickFile(source: string, { label, ending }: Form): Promise<string | undefined> {
  const { dir, name } = path.parse(source);
  const suggested = vscode.Uri.file(path.join(dir, `${name}${ending}`));
  const place = await vscode.window.showSaveDialog({ defaultUri: suggested, saveLabel: "Convert", title: `${command}: ${label}` });
  return place?.fsPath;
}

async function tell(file: string): Promise<void> {
  const open = "Open";
  if ((await vscode.window.showInformationMessage(notificationText(`Wrote ${file}.`), open)) === open) {
    await openFile(vscode.Uri.file(file));
  }
}

/** A page in the browser, the rest in the editor. */
async function openFile(uri: vscode.Uri): Promise<void> {
  switch (path.extname(uri.fsPath)) {
    case ".html":
      await vscode.env.openExternal(uri);
      break;
    case ".ipynb":
      await vscode.commands.executeCommand("vscode.openWith", uri, notebookType);
      break;
    default:
      await vscode.window.showTextDocument(uri);
  }
}
