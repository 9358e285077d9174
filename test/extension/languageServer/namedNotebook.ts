import type * as vscode from "vscode";
import { notebookType } from "../../../src/extension/ids.js";

interface Differences {
  readonly notebookType?: string;
  readonly scheme?: string;
  readonly isClosed?: boolean;
}

/** A notebook as the editor shows it, by its path and what its file says. */
export function namedNotebook(path: string, fileMetadata: object, { scheme = "file", ...differences }: Differences = {}): vscode.NotebookDocument {
  const notebook = { uri: { scheme, path, toString: () => `${scheme}://${path}` }, notebookType, isClosed: false, metadata: { metadata: fileMetadata } };
  return { ...notebook, ...differences } as unknown as vscode.NotebookDocument;
}
