import {
  type Connection,
  type DidChangeNotebookDocumentParams,
  type DidCloseNotebookDocumentParams,
  type DidOpenNotebookDocumentParams,
  type NotebookCell,
  type TextDocumentItem,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";

type Structure = NonNullable<NonNullable<DidChangeNotebookDocumentParams["change"]["cells"]>["structure"]>;

/** A notebook as the editor has it. */
export interface SyncedNotebook {
  readonly uri: string;
  readonly cells: readonly NotebookCell[];
}

/** Who wants to know. */
export interface NotebookListener {
  /** It was opened, or its cells or their texts changed. @param gone URIs of cells that left */
  changed(notebook: SyncedNotebook, gone: readonly string[]): void;
  closed(notebook: SyncedNotebook): void;
}

/**
 * Keeps notebooks and their cells' texts in step with the editor. The library's own class for this tells nothing when cells
 * only change places.
 */
export class NotebookSync {
  private readonly notebooks = new Map<string, NotebookCell[]>();
  private readonly texts = new Map<string, TextDocument>();
  private readonly owners = new Map<string, string>();

  /** The text of a cell; undefined for what is no cell of an open notebook. */
  text(cellUri: string): TextDocument | undefined {
    return this.texts.get(cellUri);
  }

  /** The URI of the notebook of a cell. */
  notebookOf(cellUri: string): string | undefined {
    return this.owners.get(cellUri);
  }

  listen(connection: Connection, listener: NotebookListener): void {
    const { synchronization } = connection.notebooks;
    synchronization.onDidOpenNotebookDocument((params) => listener.changed(this.open(params), []));
    synchronization.onDidChangeNotebookDocument((params) => {
      const changed = this.change(params);
      if (changed) {
        listener.changed(changed.notebook, changed.gone);
      }
    });
    synchronization.onDidCloseNotebookDocument((params) => {
      const notebook = this.close(params);
      if (notebook) {
        listener.closed(notebook);
      }
    });
  }

  private open({ notebookDocument: { uri, cells }, cellTextDocuments }: DidOpenNotebookDocumentParams): SyncedNotebook {
    cellTextDocuments.forEach((item) => this.openText(uri, item));
    const own = [...cells];
    this.notebooks.set(uri, own);
    return { uri, cells: own };
  }

  private change({ notebookDocument: { uri }, change: { cells: changes } }: DidChangeNotebookDocumentParams) {
    const cells = this.notebooks.get(uri);
    if (!cells || !changes) {
      return undefined;
    }
    const { structure, data = [], textContent = [] } = changes;
    const gone = structure ? this.restructure(uri, cells, structure) : [];
    for (const cell of data) {
      const place = cells.findIndex(({ document }) => document === cell.document);
      if (place >= 0) {
        cells[place] = cell;
      }
    }
    for (const { document, changes: edits } of textContent) {
      const text = this.texts.get(document.uri);
      if (text) {
        this.texts.set(document.uri, TextDocument.update(text, edits, document.version));
      }
    }
    return { notebook: { uri, cells }, gone };
  }

  /** @returns URIs of cells that left */
  private restructure(notebook: string, cells: NotebookCell[], { array, didOpen = [], didClose = [] }: Structure): string[] {
    const gone = didClose.map(({ uri }) => uri);
    gone.forEach((cell) => this.closeText(cell));
    didOpen.forEach((item) => this.openText(notebook, item));
    cells.splice(array.start, array.deleteCount, ...(array.cells ?? []));
    return gone;
  }

  private close({ notebookDocument: { uri } }: DidCloseNotebookDocumentParams): SyncedNotebook | undefined {
    const cells = this.notebooks.get(uri);
    this.notebooks.delete(uri);
    cells?.forEach(({ document }) => this.closeText(document));
    return cells && { uri, cells };
  }

  private openText(notebook: string, { uri, languageId, version, text }: TextDocumentItem): void {
    this.texts.set(uri, TextDocument.create(uri, languageId, version, text));
    this.owners.set(uri, notebook);
  }

  private closeText(uri: string): void {
    this.texts.delete(uri);
    this.owners.delete(uri);
  }
}
