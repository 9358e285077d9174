import type { TextDocument } from "vscode-languageserver-textdocument";
import type { OpenFiles } from "./notebookHost.js";
import { pathOfUri } from "./uris.js";

/** The files that the editor holds, by their paths. */
export class OpenDocuments implements OpenFiles {
  private readonly files = new Map<string, { text: string; version: number }>();
  /** An editor's own versions begin anew when a file is opened again. */
  private revision = 0;

  set(document: TextDocument): void {
    const path = pathOfUri(document.uri);
    if (path !== undefined) {
      this.revision += 1;
      this.files.set(path, { text: document.getText(), version: this.revision });
    }
  }

  delete(document: TextDocument): void {
    this.files.delete(pathOfUri(document.uri) ?? "");
  }

  find(path: string): { readonly text: string; readonly version: number } | undefined {
    return this.files.get(path);
  }
}
