import { PassThrough } from "node:stream";
import { pathToFileURL } from "node:url";
import {
  type ClientCapabilities,
  type CompletionItem,
  type CompletionList,
  createConnection,
  createProtocolConnection,
  type Diagnostic,
  type Location,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  ProposedFeatures,
  type Range,
  StreamMessageReader,
  StreamMessageWriter,
  type TextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver/node";
import { cellRan, errorsOfCell, kernelRestarted } from "../../src/languageServer/contract.js";
import { startServer } from "../../src/languageServer/server.js";

/** A plain client of the Language Server Protocol, with the server in the same process. */
export class Editor {
  /** Whatever the server said last about each document. */
  readonly published = new Map<string, Diagnostic[]>();
  readonly registered: string[] = [];
  private settings: unknown = {};
  private readonly notebooks = new Set<Notebook>();

  private constructor(readonly connection: ProtocolConnection) {}

  static async start(capabilities: ClientCapabilities, folder: string): Promise<Editor> {
    const toServer = new PassThrough();
    const toClient = new PassThrough();
    startServer(createConnection(ProposedFeatures.all, new StreamMessageReader(toServer), new StreamMessageWriter(toClient)), "dist");
    const connection = createProtocolConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
    return Editor.over(connection, capabilities, folder);
  }

  static async over(connection: ProtocolConnection, capabilities: ClientCapabilities, folder: string): Promise<Editor> {
    const editor = new Editor(connection);
    connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }: PublishDiagnosticsParams) => {
      editor.published.set(uri, diagnostics);
    });
    connection.onRequest("workspace/configuration", ({ items }: { items: unknown[] }) => items.map(() => editor.settings));
    connection.onRequest("client/registerCapability", ({ registrations }: { registrations: { method: string }[] }) => {
      editor.registered.push(...registrations.map(({ method }) => method));
    });
    connection.listen();
    const workspaceFolders = [{ uri: pathToFileURL(folder).href, name: "workspace" }];
    await connection.sendRequest("initialize", { processId: null, rootUri: null, capabilities, workspaceFolders });
    await connection.sendNotification("initialized", {});
    return editor;
  }

  async configure(settings: unknown): Promise<void> {
    this.settings = settings;
    await this.connection.sendNotification("workspace/didChangeConfiguration", { settings: null });
  }

  async openFile(path: string, text: string): Promise<void> {
    const textDocument = { uri: pathToFileURL(path).href, languageId: "typescript", version: 1, text };
    await this.connection.sendNotification("textDocument/didOpen", { textDocument });
  }

  async changeFile(path: string, text: string): Promise<void> {
    const textDocument = { uri: pathToFileURL(path).href, version: 2 };
    await this.connection.sendNotification("textDocument/didChange", { textDocument, contentChanges: [{ text }] });
  }

  async closeFile(path: string): Promise<void> {
    await this.connection.sendNotification("textDocument/didClose", { textDocument: { uri: pathToFileURL(path).href } });
  }

  /** @param type 1 created, 2 changed, 3 deleted */
  async fileEvent(path: string, type: 1 | 2 | 3): Promise<void> {
    await this.connection.sendNotification("workspace/didChangeWatchedFiles", { changes: [{ uri: pathToFileURL(path).href, type }] });
  }

  /** @param place a path, or the URI of a notebook that is not saved */
  async open(place: string, texts: readonly (string | CellOptions)[]): Promise<Notebook> {
    const uri = place.startsWith("untitled:") ? place : pathToFileURL(place).href;
    const notebook = new Notebook(this, uri, texts.map((text) => (typeof text === "string" ? { text } : text)));
    this.notebooks.add(notebook);
    await notebook.sendOpen();
    return notebook;
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.notebooks].map((notebook) => notebook.close()));
    this.notebooks.clear();
  }
}

export interface CellOptions {
  readonly text: string;
  readonly language?: string;
  readonly isMarkdown?: boolean;
}

interface Cell {
  readonly uri: string;
  readonly kind: 1 | 2;
  readonly languageId: string;
  text: string;
  version: number;
}

let cellCount = 0;

/** A notebook that is open in the editor. Cells are numbered from 0. */
export class Notebook {
  private readonly cells: Cell[];
  private version = 1;

  constructor(
    private readonly editor: Editor,
    readonly uri: string,
    texts: readonly CellOptions[],
  ) {
    this.cells = texts.map((options) => this.newCell(options));
  }

  cellUri(cell: number): string {
    return this.cells[cell]!.uri;
  }

  async sendOpen(): Promise<void> {
    const cells = this.cells.map(({ uri, kind }) => ({ kind, document: uri }));
    await this.editor.connection.sendNotification("notebookDocument/didOpen", {
      notebookDocument: { uri: this.uri, notebookType: "jupyter-notebook", version: 1, cells },
      cellTextDocuments: this.cells.map(textItem),
    });
  }

  async close(): Promise<void> {
    await this.editor.connection.sendNotification("notebookDocument/didClose", {
      notebookDocument: { uri: this.uri },
      cellTextDocuments: this.cells.map(({ uri }) => ({ uri })),
    });
  }

  async edit(cell: number, text: string): Promise<void> {
    const edited = this.cells[cell]!;
    edited.text = text;
    edited.version += 1;
    const document = { uri: edited.uri, version: edited.version };
    await this.change({ textContent: [{ document, changes: [{ text }] }] });
  }

  async insert(at: number, text: string): Promise<void> {
    const cell = this.newCell({ text });
    this.cells.splice(at, 0, cell);
    const array = { start: at, deleteCount: 0, cells: [{ kind: 2, document: cell.uri }] };
    await this.change({ structure: { array, didOpen: [textItem(cell)] } });
  }

  async remove(at: number): Promise<void> {
    const [cell] = this.cells.splice(at, 1);
    await this.change({ structure: { array: { start: at, deleteCount: 1 }, didClose: [{ uri: cell!.uri }] } });
  }

  /** Exchanges a cell with the next one, as an editor does: both leave and come. */
  async swap(at: number): Promise<void> {
    const [first, second] = this.cells.splice(at, 2);
    this.cells.splice(at, 0, second!, first!);
    const cells = [second!, first!].map(({ kind, uri }) => ({ kind, document: uri }));
    await this.change({ structure: { array: { start: at, deleteCount: 2, cells } } });
  }

  async ran(cell: number): Promise<void> {
    const { uri, text } = this.cells[cell]!;
    await this.editor.connection.sendNotification(cellRan, { notebook: this.uri, cell: uri, text });
  }

  async kernelRestarted(): Promise<void> {
    await this.editor.connection.sendNotification(kernelRestarted, { notebook: this.uri });
  }

  /** Messages of the errors of a cell. */
  async errors(cell: number): Promise<string[]> {
    return (await this.errorList(cell)).map(({ message }) => (typeof message === "string" ? message : message.value));
  }

  errorList(cell: number): Promise<Diagnostic[]> {
    return this.editor.connection.sendRequest(errorsOfCell, { cell: this.cellUri(cell) });
  }

  /** The diagnostics that the server tells by itself. */
  published(cell: number): Diagnostic[] | undefined {
    return this.editor.published.get(this.cellUri(cell));
  }

  /** Asks about the place directly before `|` in `marked`, whose rest must stand in the cell. */
  ask<R>(method: string, cell: number, marked: string, more: object = {}): Promise<R> {
    const params = { textDocument: { uri: this.cellUri(cell) }, position: this.position(cell, marked), ...more };
    return this.editor.connection.sendRequest(method, params);
  }

  /** Asks about a cell as a whole. */
  askCell<R>(method: string, cell: number, more: object = {}): Promise<R> {
    return this.editor.connection.sendRequest(method, { textDocument: { uri: this.cellUri(cell) }, ...more });
  }

  async complete(cell: number, marked: string): Promise<CompletionItem[]> {
    const list = await this.ask<CompletionList | null>("textDocument/completion", cell, marked);
    return list?.items ?? [];
  }

  resolve(item: CompletionItem): Promise<CompletionItem> {
    return this.editor.connection.sendRequest("completionItem/resolve", item);
  }

  /** The block of code of a hover. */
  async hover(cell: number, marked: string): Promise<string> {
    const { contents } = await this.ask<{ contents: { value: string } }>("textDocument/hover", cell, marked);
    return contents.value;
  }

  /** The text at a place, as "cell 1: text" or "file: text". */
  shown({ uri, range }: Location, texts: Readonly<Record<string, string>> = {}): string {
    const number = this.cells.findIndex((cell) => cell.uri === uri);
    const name = number >= 0 ? `cell ${number}` : uri.slice(uri.lastIndexOf("/") + 1);
    const text = this.cells[number]?.text ?? texts[name];
    return text === undefined ? name : `${name}:${range.start.line}: ${textIn(text, range)}`;
  }

  /** The cell's text after edits. */
  applied(cell: number, edits: readonly TextEdit[]): string {
    return applyEdits(this.cells[cell]!.text, edits);
  }

  /** What an edit of the workspace makes of all cells. */
  appliedToAll({ changes = {} }: WorkspaceEdit): string[] {
    return this.cells.map(({ text, uri }) => applyEdits(text, changes[uri] ?? []));
  }

  private position(cell: number, marked: string) {
    const { text } = this.cells[cell]!;
    const caret = marked.indexOf("|");
    const found = text.indexOf(marked.replace("|", ""));
    if (caret < 0 || found < 0) {
      throw new Error(`"${marked}" is not in cell ${cell}`);
    }
    const before = text.slice(0, found + caret).split(/\r\n|\n/);
    return { line: before.length - 1, character: before.at(-1)!.length };
  }

  private async change(cells: object): Promise<void> {
    this.version += 1;
    await this.editor.connection.sendNotification("notebookDocument/didChange", {
      notebookDocument: { uri: this.uri, version: this.version },
      change: { cells },
    });
  }

  private newCell({ text, language = "typescript", isMarkdown = false }: CellOptions): Cell {
    cellCount += 1;
    const path = /^\w+:(?:\/\/)?(.*)$/.exec(this.uri)![1]!;
    return { uri: `vscode-notebook-cell:${path}#W${cellCount}sZmlsZQ%3D%3D`, kind: isMarkdown ? 1 : 2, languageId: language, text, version: 1 };
  }
}

function textItem({ uri, languageId, version, text }: Cell) {
  return { uri, languageId, version, text };
}

function offsetIn(text: string, { line, character }: Range["start"]): number {
  const starts = [0, ...[...text.matchAll(/\r\n|\n/g)].map((found) => found.index + found[0].length)];
  return starts[line]! + character;
}

export function textIn(text: string, { start, end }: Range): string {
  return text.slice(offsetIn(text, start), offsetIn(text, end));
}

export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const placed = edits.map(({ range, newText }) => ({ from: offsetIn(text, range.start), to: offsetIn(text, range.end), newText }));
  return placed.sort((a, b) => b.from - a.from).reduce((done, { from, to, newText }) => done.slice(0, from) + newText + done.slice(to), text);
}
