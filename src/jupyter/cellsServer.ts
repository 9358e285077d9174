import { type ChildProcess, spawn } from "node:child_process";
import { pathToFileURL } from "node:url";
import { CancellationTokenSource, type CompletionItem, type CompletionList, createProtocolConnection, type Hover, type ProtocolConnection, type SignatureHelp, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";

/** Code that is being written, and a place in it in UTF-16 code units. */
export interface WrittenCode {
  readonly code: string;
  readonly cursor: number;
}

/** What the types say of a name. */
export interface Description {
  readonly declaration: string;
  readonly documentation: string;
}

/** Cells that ran and are remembered, the last ones: Jupyter does not tell the other cells of the notebook. */
const mostCells = 300;
/** Starts of the process in one session; what ends so often is left alone. */
const mostStarts = 3;

/**
 * A language server in a process of its own, with one notebook: the cells that ran, and after them the code that is being written. It
 * starts with the first question: programs that only execute never pay for it.
 */
export class CellsServer {
  private readonly cells: string[] = [];
  private open: Promise<OpenNotebook> | undefined;
  private starts = 0;

  /**
   * @param program the server's bundle
   * @param notebookPath the notebook, or a file in the folder in which cells run
   */
  constructor(
    private readonly program: string,
    private readonly notebookPath: string,
  ) {}

  /** A cell was executed. */
  ran(code: string): void {
    this.cells.push(code);
    void this.open?.then((notebook) => notebook.add(code)).catch(() => {});
    if (this.cells.length > mostCells) {
      this.cells.shift();
    }
  }

  /** @param late gives the question up: the answers to later ones would wait behind it */
  async complete(written: WrittenCode, late: AbortSignal): Promise<readonly CompletionItem[]> {
    const found = await (await this.notebook()).ask<CompletionList | CompletionItem[] | null>("textDocument/completion", written, late);
    return Array.isArray(found) ? found : (found?.items ?? []);
  }

  /** What the place stands for, or the call that it belongs to; undefined for nothing that has a type. */
  async describe(written: WrittenCode, late: AbortSignal): Promise<Description | undefined> {
    const notebook = await this.notebook();
    const hover = await notebook.ask<Hover | null>("textDocument/hover", written, late);
    if (hover !== null) {
      return describedBy((hover.contents as { value: string }).value);
    }
    const help = await notebook.ask<SignatureHelp | null>("textDocument/signatureHelp", written, late);
    const signature = help?.signatures[help.activeSignature ?? 0];
    return signature && { declaration: signature.label, documentation: (signature.documentation as { value: string } | undefined)?.value ?? "" };
  }

  dispose(): void {
    void this.open?.then((notebook) => notebook.dispose()).catch(() => {});
    this.starts = mostStarts;
    this.open = undefined;
  }

  private notebook(): Promise<OpenNotebook> {
    if (this.open === undefined) {
      if (this.starts === mostStarts) {
        return Promise.reject(new Error("The language server ended too often."));
      }
      this.starts += 1;
      const opened = OpenNotebook.start(this.program, this.notebookPath, this.cells, () => {
        this.open = this.open === opened ? undefined : this.open;
      });
      this.open = opened;
    }
    return this.open;
  }
}

/** A hover is a block of code and the docstring. */
function describedBy(markdown: string): Description {
  const [, declaration = "", documentation = ""] = /^```typescript\n([^]*?)\n```\s*([^]*)$/.exec(markdown) ?? [];
  return { declaration, documentation };
}

/** The process, and the notebook as it knows it. */
class OpenNotebook {
  private count = 0;
  private version = 1;
  private readonly written: string;
  private readonly uri: string;

  private constructor(
    private readonly child: ChildProcess,
    private readonly connection: ProtocolConnection,
    notebookPath: string,
  ) {
    this.uri = pathToFileURL(notebookPath).href;
    this.written = this.cellUri("written");
  }

  /** @param onEnd called when the process has ended, or could not start */
  static async start(program: string, notebookPath: string, cells: readonly string[], onEnd: () => void): Promise<OpenNotebook> {
    const child = spawn(process.execPath, [program, "--stdio"], { stdio: ["pipe", "pipe", "ignore"] });
    // What is written to a process that has ended is lost, and the end is told.
    child.stdin.on("error", () => {});
    const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
    connection.onError(() => {});
    const ended = (): void => {
      // Questions that wait are given up.
      connection.dispose();
      onEnd();
    };
    child.once("exit", ended).once("error", ended);
    connection.listen();
    const notebook = new OpenNotebook(child, connection, notebookPath);
    const { uri } = notebook;
    await connection.sendRequest("initialize", { processId: process.pid, rootUri: null, capabilities: {}, initializationOptions: { checkTypes: "off" } });
    await connection.sendNotification("initialized", {});
    const documents = [...cells.map((text) => notebook.newCell(text)), { uri: notebook.written, languageId: "typescript", version: 1, text: "" }];
    await connection.sendNotification("notebookDocument/didOpen", {
      notebookDocument: { uri, notebookType: "jupyter-notebook", version: 1, cells: documents.map((document) => ({ kind: 2, document: document.uri })) },
      cellTextDocuments: documents,
    });
    return notebook;
  }

  /** A cell before that which is being written. */
  async add(text: string): Promise<void> {
    const cell = this.newCell(text);
    const array = { start: this.count - 1, deleteCount: 0, cells: [{ kind: 2, document: cell.uri }] };
    await this.change({ structure: { array, didOpen: [cell] } });
  }

  /** A request about a place in the code that is being written. */
  async ask<Found>(method: string, { code, cursor }: WrittenCode, late: AbortSignal): Promise<Found> {
    late.throwIfAborted();
    const cancellation = new CancellationTokenSource();
    late.addEventListener("abort", () => cancellation.cancel(), { once: true });
    const document = { uri: this.written, version: this.version + 1 };
    await this.change({ textContent: [{ document, changes: [{ text: code }] }] });
    const position = TextDocument.create(this.written, "typescript", 1, code).positionAt(cursor);
    return this.connection.sendRequest<Found>(method, { textDocument: { uri: this.written }, position }, cancellation.token);
  }

  dispose(): void {
    this.connection.dispose();
    this.child.kill();
  }

  private async change(cells: object): Promise<void> {
    this.version += 1;
    await this.connection.sendNotification("notebookDocument/didChange", { notebookDocument: { uri: this.uri, version: this.version }, change: { cells } });
  }

  private newCell(text: string) {
    this.count += 1;
    return { uri: this.cellUri(String(this.count)), languageId: "typescript", version: 1, text };
  }

  private cellUri(name: string): string {
    return `vscode-notebook-cell:${new URL(this.uri).pathname}#${name}`;
  }
}
