import type * as vscode from "vscode";
import type { ExecutionStatus } from "../../kernel/client.js";
import type { DebuggerNews, FromKernel, VariablesAnswer, VariablesQuestion } from "../../kernel/contract.js";
import type { AttachedEvents, ExecutionNews } from "../../kernel/keeper/attachedKernel.js";
import { CellQueue } from "../../kernel/keeper/cellQueue.js";
import type { CellRequest, ExecutionEnd, Exit } from "../../kernel/keeper/contract.js";
import { skippedText } from "../../kernel/skippedCell.js";
import type { InterruptReason } from "../../src/runs/contract.js";
import type { Kernel } from "../../src/extension/notebook/kernel.js";
import type { KernelListener } from "../../src/extension/notebook/kernelListener.js";
import type { NotebookCellOutput, NotebookCellOutputItem } from "./fakeValues.js";

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

/** Refuses nothing, and hears nothing. */
export const nobody: KernelListener = { mayRefuse: () => false, refusal: async () => undefined, cellRan: () => {}, variablesLost: () => {} };

/** A notebook of code cells with one markdown cell in front, and a controller that remembers executions. */
export function fakeNotebook(sources: readonly string[], tags: Readonly<Record<number, string[]>> = {}) {
  const cells: (vscode.NotebookCell & Shelf)[] = [];
  const notebook = { uri: { scheme: "file", path: "/project/a.ipynb", fsPath: "/project/a.ipynb" }, getCells: () => cells } as unknown as vscode.NotebookDocument;
  const cell = (kind: number, text: string, index: number, metadata: object) =>
    ({ kind, index, metadata, notebook, outputs: [], document: { uri: `cell:${index}`, getText: () => text, languageId: "typescript" } }) as unknown as (typeof cells)[number];
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

/** A kernel with its keeper that answers each cell text by a function of the test. */
export class FakeKernel implements Kernel {
  static nextPid = 1000;
  readonly pid = (FakeKernel.nextPid += 1);
  readonly places: { cell: number; executionCount: number }[] = [];
  interrupted = 0;
  disposed = false;
  disposedFor: InterruptReason | undefined;
  detached = false;
  /** Numbers that the notebook said to show. */
  readonly acknowledged: number[] = [];
  seq = 0;
  private readonly queue = new CellQueue();
  private executionCount = 0;
  private events: AttachedEvents | undefined;

  constructor(private readonly answers: Readonly<Record<string, Answer>>) {}

  /** As when a notebook attaches. */
  tell(events: AttachedEvents): this {
    this.events = events;
    return this;
  }

  news(news: Parameters<AttachedEvents["onNews"]>[0] extends infer News ? (News extends unknown ? Omit<News, "seq"> : never) : never): void {
    this.seq += 1;
    this.events?.onNews({ ...news, seq: this.seq } as ExecutionNews);
  }

  executedBefore(cells: readonly CellRequest[]): void {
    this.events?.onExecuted(cells);
  }

  run(cells: readonly CellRequest[]): void {
    void this.queue.add(
      cells.map((request) => ({
        mayFail: request.mayFail,
        run: () => this.runCell(request),
        cancel: () => this.end(request.execution, "cancelled"),
      })),
    );
  }
  interrupt(): void {
    this.interrupted += 1;
    this.queue.cancelWaiting();
  }
  /** Every question so far; the answer to all of them. */
  readonly asked: VariablesQuestion[] = [];
  answer: VariablesAnswer | undefined;
  async ask(question: VariablesQuestion): Promise<VariablesAnswer | undefined> {
    this.asked.push(question);
    return this.answer;
  }
  /** What the kernel was told about debuggers. */
  readonly debugger: DebuggerNews[] = [];
  tellDebugger(news: DebuggerNews): void {
    this.debugger.push(news);
  }
  shown(seq: number): void {
    this.acknowledged.push(seq);
  }
  detach(): void {
    this.detached = true;
  }
  async dispose(why: InterruptReason): Promise<void> {
    this.disposed = true;
    this.disposedFor = why;
  }
  die(exit: Exit | undefined): void {
    const { events } = this;
    events?.onDeath(exit);
  }
  takeOver(by: string): void {
    this.events?.onTaken(by);
  }

  private async runCell({ execution, cell, code, isSkipped }: CellRequest): Promise<ExecutionStatus> {
    if (isSkipped) {
      this.news({ type: "started", execution, start: { startTime: Date.now() } });
      this.news({ type: "message", execution, message: { type: "stream", id: "", name: "stdout", text: skippedText } });
      this.end(execution, "skipped");
      return "ok";
    }
    this.executionCount += 1;
    const { executionCount } = this;
    this.places.push({ cell, executionCount });
    this.news({ type: "started", execution, start: { executionCount, startTime: Date.now() } });
    const send = (message: FromKernel) => this.news({ type: "message", execution, message });
    const status = (await this.answers[code]?.(send, this)) ?? "ok";
    this.end(execution, status);
    return status;
  }

  private end(execution: string, status: ExecutionEnd["status"]): void {
    this.news({ type: "ended", execution, end: { status, endTime: Date.now() } });
  }
}
