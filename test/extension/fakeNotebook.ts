import type * as vscode from "vscode";
import type { CellPlace, ExecutionStatus, KernelExit } from "../../kernel/client.js";
import type { DebuggerNews, FromKernel } from "../../kernel/contract.js";
import type { InterruptReason } from "../../src/runs/contract.js";
import type { Kernel } from "../../src/extension/notebook/kernel.js";
import type { NotebookCellOutput, NotebookCellOutputItem } from "./fakeVscode.js";

/** What a cell shows, whichever of its executions put it there. */
interface Shelf {
  outputs: NotebookCellOutput[];
}

/** A cell execution that keeps what it was asked, as the editor would show it. */
export class FakeExecution {
  executionOrder: number | undefined;
  /** Undefined while it runs or waits; null for cancelled. */
  success: boolean | null | undefined;
  started = false;
  /** Number of calls that changed an output. */
  changes = 0;
  startTime: number | undefined;
  endTime: number | undefined;

  constructor(private readonly shelf: Shelf = { outputs: [] }) {}

  get outputs(): NotebookCellOutput[] {
    return this.shelf.outputs;
  }
  start(time?: number): void {
    this.started = true;
    this.startTime = time;
  }
  end(success: boolean | undefined, time?: number): void {
    this.success = success ?? null;
    this.endTime = time;
  }
  async clearOutput(): Promise<void> {
    this.shelf.outputs = [];
  }
  async appendOutput(output: NotebookCellOutput): Promise<void> {
    this.check();
    this.outputs.push(output);
  }
  async appendOutputItems(item: NotebookCellOutputItem, output: NotebookCellOutput): Promise<void> {
    this.check();
    output.items.push(item);
  }
  async replaceOutputItems(items: NotebookCellOutputItem[], output: NotebookCellOutput): Promise<void> {
    this.check();
    output.items = items;
  }

  /** Text of all items, one line per output. */
  get texts(): string[] {
    return this.outputs.map(({ items }) => items.map(({ data }) => Buffer.from(data).toString()).join(""));
  }

  /** As in the editor: an execution that has ended takes nothing more. */
  private check(): void {
    this.changes += 1;
    if (!this.started || this.success !== undefined) {
      throw new Error("this execution is not running");
    }
  }
}

export function asExecution(execution: FakeExecution): vscode.NotebookCellExecution {
  return execution as unknown as vscode.NotebookCellExecution;
}

/** A notebook of code cells with one markdown cell in front, and a controller that remembers executions. */
export function fakeNotebook(sources: readonly string[], tags: Readonly<Record<number, string[]>> = {}) {
  const cells: (vscode.NotebookCell & Shelf)[] = [];
  const notebook = { uri: { scheme: "file", path: "/project/a.ipynb", fsPath: "/project/a.ipynb" }, getCells: () => cells } as unknown as vscode.NotebookDocument;
  const cell = (kind: number, text: string, index: number, metadata: object) =>
    ({ kind, index, metadata, notebook, outputs: [], document: { uri: `cell:${index}`, getText: () => text } }) as unknown as (typeof cells)[number];
  cells.push(cell(1, "# title", 0, {}));
  sources.forEach((source, index) => cells.push(cell(2, source, index + 1, { metadata: { tags: tags[index] } })));
  const executions: FakeExecution[] = [];
  const latest = new Map<object, FakeExecution>();
  const controller = {
    createNotebookCellExecution: (of: (typeof cells)[number]) => {
      if (latest.has(of) && latest.get(of)!.success === undefined) {
        throw new Error("duplicate execution for this cell");
      }
      const execution = new FakeExecution(of);
      latest.set(of, execution);
      executions.push(execution);
      return execution;
    },
  } as unknown as vscode.NotebookController;
  return { notebook, controller, executions, code: cells.slice(1) };
}

type Answer = (send: (message: FromKernel) => void, kernel: FakeKernel) => Promise<ExecutionStatus>;

/** A kernel that answers each cell text by a function of the test. */
export class FakeKernel implements Kernel {
  static nextPid = 1000;
  readonly pid = (FakeKernel.nextPid += 1);
  readonly places: { cell: number; executionCount: number }[] = [];
  /** What the kernel was told about debuggers. */
  readonly debugger: DebuggerNews[] = [];
  interrupted = 0;
  disposed = false;
  disposedFor: InterruptReason | undefined;
  private readonly exitListeners: ((exit: KernelExit) => void)[] = [];

  constructor(private readonly answers: Readonly<Record<string, Answer>>) {}

  execute(code: string, { cell, executionCount }: CellPlace, onMessage: (message: FromKernel) => void) {
    this.places.push({ cell, executionCount });
    const answer = this.answers[code];
    return answer ? answer(onMessage, this) : Promise.resolve("ok" as const);
  }
  interrupt(): void {
    this.interrupted += 1;
  }
  tellDebugger(news: DebuggerNews): void {
    this.debugger.push(news);
  }
  onExit(listener: (exit: KernelExit) => void): void {
    this.exitListeners.push(listener);
  }
  async dispose(why: InterruptReason): Promise<void> {
    this.disposed = true;
    this.disposedFor = why;
  }
  die(exit: KernelExit): void {
    this.exitListeners.forEach((listener) => listener(exit));
  }
}
