import * as vscode from "vscode";
import type { CellError, FromKernel, VariablesAnswer, VariablesQuestion } from "../../../kernel/contract.js";
import type { AttachedEvents, ExecutionNews } from "../../../kernel/keeper/attachedKernel.js";
import type { CellRequest, ExecutionEnd, Exit } from "../../../kernel/keeper/contract.js";
import type { InterruptReason } from "../../runs/contract.js";
import type { AttachDebugger } from "../debugging/attachDebugger.js";
import { CellDebugger } from "../debugging/cellDebugger.js";
import { Throttle } from "../throttle.js";
import type { Displays } from "./cellOutputs.js";
import { requestFor } from "./cellRequest.js";
import { findCell, uriOfCell } from "./findCell.js";
import type { Connect, ConnectKernel, Kernel } from "./kernel.js";
import type { KernelListener } from "./kernelListener.js";
import { keeperGone, killed, startError } from "./sessionErrors.js";
import type { LostExecution, SessionEvents } from "./sessionEvents.js";
import { ShownExecution } from "./shownExecution.js";

type WholeNews = Extract<ExecutionNews, { type: "execution" }>;

/** How often the kernel's keeper is told what the notebook shows. */
const acknowledgeMilliseconds = 1_000;

/** One notebook, attached to its kernel, and the executions that its cells show. */
export class NotebookSession {
  private readonly displays: Displays = new Map();
  /** Executions of the present kernel, by their ids, each the latest of its cell. */
  private readonly executions = new Map<string, ShownExecution>();
  /** Executions that the kernel's keeper does not know yet. */
  private readonly unsent = new Set<ShownExecution>();
  private readonly lost = new Map<string, LostExecution>();
  private attaching: Promise<unknown> = Promise.resolve();
  private connecting: Promise<Kernel> | undefined;
  private live: Kernel | undefined;
  /** Counts the kernels let go, so that one that was still starting then is not kept. */
  private generation = 0;
  /** What becomes of such a kernel. */
  private letGo: "stop" | "detach" = "detach";
  /** The end of the kernel before: until then its notebook cannot have another one. */
  private leaving: Promise<unknown> = Promise.resolve();
  /** The kernel of which the listener knows. */
  private lastPid: number | undefined;
  private latestSeq = 0;
  private readonly debugger: CellDebugger;
  private readonly acknowledgement = new Throttle(() => void this.acknowledge(), acknowledgeMilliseconds);

  constructor(
    readonly notebook: vscode.NotebookDocument,
    private readonly controller: vscode.NotebookController,
    private readonly connectKernel: ConnectKernel,
    private readonly events: SessionEvents,
    private readonly listener: KernelListener,
    attachDebugger: AttachDebugger,
  ) {
    this.debugger = new CellDebugger(attachDebugger);
  }

  /** The process that owns the runs this notebook trains; undefined while no kernel is attached. */
  get pid(): number | undefined {
    return this.live?.pid;
  }

  /** Execution number of the cell that runs; undefined while none does. */
  get runningCell(): number | undefined {
    return [...this.executions.values()].map(({ runningCount }) => runningCount).find((count) => count !== undefined);
  }

  /** Whether a cell is being executed just now; between two cells of a queue none is. */
  get isExecuting(): boolean {
    return [...this.executions.values()].some(({ isRunning }) => isRunning);
  }

  /** The cell whose run had the number [n]; undefined where no run of the present kernel had it, or the cell is gone. */
  cellOfRun(executionCount: number): vscode.NotebookCell | undefined {
    const cells = this.notebook.getCells();
    const known = [...this.executions.values()].find((shown) => shown.executionCount === executionCount);
    // A window that was reloaded since knows the run by what its cell shows.
    return known ? cells.find((cell) => cell === known.cell) : cells.find(({ executionSummary }) => executionSummary?.executionOrder === executionCount);
  }

  /** What the kernel says of its variables; undefined without a kernel, or when it ends first. */
  async ask(question: VariablesQuestion): Promise<VariablesAnswer | undefined> {
    return this.live?.ask(question);
  }

  /**
   * Runs cells, as they are now, after those that already wait.
   * @param isDebugged whether each waits for a debugger when its turn comes
   * @returns when all of them have ended
   */
  async run(cells: readonly vscode.NotebookCell[], isDebugged = false): Promise<void> {
    const shown = cells.map((cell) => this.show(cell, requestFor(cell, isDebugged)));
    const { generation } = this;
    shown.forEach((each) => this.unsent.add(each));
    try {
      if (this.listener.mayRefuse()) {
        await this.refuseIll(shown);
      }
      // At once where a kernel is there: Stop, if it comes next, comes after.
      const kernel = this.live ?? (await this.connectOrAsk());
      if (generation === this.generation) {
        kernel.run(shown.filter(({ isEnded }) => !isEnded).map(({ request }) => request));
      }
    } catch (error) {
      if (generation === this.generation) {
        failFirst(shown, startError(error));
      }
    } finally {
      shown.forEach((each) => this.unsent.delete(each));
    }
    await Promise.all(shown.map(({ finished }) => finished));
  }

  /** Attaches to the notebook's kernel where one lives. @throws KernelRefusedError */
  async attach(takeOver: boolean): Promise<void> {
    if (this.live === undefined && this.connecting === undefined) {
      const attached = this.connect({ start: false, takeOver });
      this.attaching = attached.catch(() => undefined);
      await attached;
    }
  }

  /** Stops the running cell and forgets those that wait; variables stay. */
  interrupt(): void {
    if (this.live) {
      this.unsent.forEach((shown) => shown.cancel());
      this.live.interrupt();
      this.debugger.stop();
    } else {
      this.stop();
    }
  }

  /** Ends the process and whatever runs in it. @param why what a run notes that it trains */
  stop(why: InterruptReason = "kernel-stopped"): void {
    this.letGo = "stop";
    const kernel = this.release(killed);
    this.leaving = kernel ? kernel.dispose(why) : this.leaving;
    this.events.onChange();
  }

  /** Ends the process and starts a fresh one; cells count from 1 again. */
  async restart(): Promise<void> {
    this.stop();
    await this.connectOrAsk();
  }

  /**
   * Forgets the outputs that wait to be written, before the kernel of a closed notebook is let go. VS Code forgets the document
   * only some time later, and opens a new tab when an output changes it until then. The kernel's keeper still has them.
   */
  dropOutputs(): void {
    this.executions.forEach((shown) => shown.drop());
  }

  /** Lets the kernel go on without this notebook. */
  detach(): void {
    this.letGo = "detach";
    this.release()?.detach();
    this.events.onChange();
  }

  /** A cell that may not run shows why, at once, and those after it do not run. */
  private async refuseIll(shown: readonly ShownExecution[]): Promise<void> {
    for (const [index, { cell, request }] of shown.entries()) {
      const error = request.isSkipped ? undefined : await this.listener.refusal(cell);
      if (error !== undefined) {
        return failFirst(shown.slice(index), error);
      }
    }
  }

  private show(cell: vscode.NotebookCell, request: CellRequest): ShownExecution {
    this.forget(cell);
    const shown = new ShownExecution(this.controller, cell, request, this.displays);
    this.executions.set(request.execution, shown);
    return shown;
  }

  private forget(cell: vscode.NotebookCell): void {
    for (const [id, shown] of this.executions) {
      if (shown.cell === cell && shown.isEnded) {
        shown.forget();
        this.executions.delete(id);
      }
    }
  }

  private async connectOrAsk(): Promise<Kernel> {
    this.connecting ??= this.startOrTakeOver();
    const { connecting } = this;
    try {
      return await connecting;
    } finally {
      if (this.connecting === connecting) {
        this.connecting = undefined;
      }
    }
  }

  private async startOrTakeOver(): Promise<Kernel> {
    await this.attaching;
    if (this.live) {
      return this.live;
    }
    try {
      return (await this.connect({ start: true, takeOver: false }))!;
    } catch (error) {
      if (!(await this.events.onRefused(error))) {
        throw error;
      }
      return (await this.connect({ start: true, takeOver: true }))!;
    }
  }

  private async connect(how: Connect): Promise<Kernel | undefined> {
    const { generation } = this;
    await this.leaving;
    const isCurrent = (): boolean => generation === this.generation;
    const events: AttachedEvents = {
      onExecuted: (cells) => isCurrent() && cells.forEach((request) => this.noteExecuted(request)),
      onNews: (news) => isCurrent() && this.receive(news),
      onDeath: (exit) => isCurrent() && this.die(exit),
      onTaken: (by) => isCurrent() && this.taken(by),
    };
    const kernel = await this.connectKernel(how, events);
    if (!isCurrent()) {
      await (this.letGo === "stop" ? kernel?.dispose("kernel-stopped") : kernel?.detach());
      throw new Error("The kernel was stopped before it had started.");
    }
    if (kernel) {
      this.live = kernel;
      if (this.lastPid !== kernel.pid) {
        this.listener.variablesLost(this.notebook);
      }
      this.lastPid = kernel.pid;
      this.events.onChange();
    }
    return kernel;
  }

  private receive(news: ExecutionNews): void {
    this.latestSeq = Math.max(this.latestSeq, news.seq);
    if (news.type === "execution") {
      this.takeWhole(news);
    } else {
      this.takePart(news, this.executions.get(news.execution));
    }
    this.acknowledgement.request();
  }

  private takePart(news: Exclude<ExecutionNews, WholeNews>, shown: ShownExecution | undefined): void {
    switch (news.type) {
      case "started":
        shown?.start(news.start);
        return this.events.onCell();
      case "ended":
        return shown && this.end(shown, news.end);
      case "message":
        this.lost.get(news.execution)?.messages.push(news.message);
        return this.take(news.message, shown);
    }
  }

  private take(message: FromKernel, shown: ShownExecution | undefined): void {
    if (message.type === "report") {
      this.receiveReport(message.report);
    } else if (message.type === "inspector") {
      void (shown && this.live && this.debugger.attach(this.live, shown.cell, message));
    } else {
      shown?.add(message);
    }
  }

  private takeWhole(news: WholeNews): void {
    const { request, end, start } = news.execution;
    const known = this.executions.get(request.execution);
    const taken = new Set([...this.executions.values()].map(({ cell }) => cell));
    const cell = known?.cell ?? findCell(this.notebook, request, (each) => !taken.has(each));
    if (cell === undefined) {
      this.lose({ request, messages: [...news.messages] });
    } else if (known || start || !end) {
      (known ?? this.show(cell, request)).take(news);
    }
    this.events.onCell();
    if (cell && end) {
      this.noteEnd(cell, request, end);
    }
  }

  private end(shown: ShownExecution, end: ExecutionEnd): void {
    shown.end(end);
    this.events.onCell();
    this.noteEnd(shown.cell, shown.request, end);
  }

  private noteExecuted(request: CellRequest): void {
    this.listener.cellRan(this.notebook, { cell: uriOfCell(this.notebook, request), text: request.code });
  }

  /** A cell that failed or was stopped has declared what stands before that. */
  private noteEnd({ document }: vscode.NotebookCell, { code }: CellRequest, { status }: ExecutionEnd): void {
    if (status === "ok" || status === "error" || status === "interrupted") {
      this.listener.cellRan(this.notebook, { cell: document.uri, text: code });
    }
  }

  private lose(lost: LostExecution): void {
    this.lost.set(lost.request.execution, lost);
    this.events.onLost(lost);
  }

  private receiveReport(report: Extract<FromKernel, { type: "report" }>["report"]): void {
    if (report.kind === "run") {
      this.events.onRun(report.dir);
    } else if (report.kind === "trials") {
      report.runs.forEach((dir) => this.events.onRun(dir));
    } else if (report.kind === "chip") {
      this.events.onChip({ dir: report.dir, options: report.options });
    }
  }

  /** The keeper forgets what it knows to be shown. */
  private async acknowledge(): Promise<void> {
    const { live, latestSeq } = this;
    await Promise.all([...this.executions.values()].map((shown) => shown.settled()));
    if (live === this.live) {
      live?.shown(latestSeq);
    }
  }

  private die(exit: Exit | undefined): void {
    const { live } = this;
    const shown = [...this.executions.values()];
    this.release(keeperGone);
    // The keeper of a dead kernel stays until its last words are shown.
    this.leaving = Promise.all(shown.map((each) => each.settled())).then(() => live?.dispose("kernel-stopped"));
    this.events.onDeath(exit);
    this.events.onChange();
  }

  private taken(by: string): void {
    this.release();
    this.events.onTaken(by);
    this.events.onChange();
  }

  /**
   * Forgets the kernel, so that the next cell connects to another.
   * @param why what the running cell shows; without it the cells end without a word
   */
  private release(why?: CellError): Kernel | undefined {
    const kernel = this.live;
    this.generation += 1;
    this.live = undefined;
    this.connecting = undefined;
    this.latestSeq = 0;
    this.acknowledgement.dispose();
    this.debugger.stop();
    const unfinished = [...this.executions.values()].filter(({ isEnded }) => !isEnded);
    if (why) {
      failFirst(unfinished, why);
      this.listener.variablesLost(this.notebook);
    } else {
      unfinished.forEach((shown) => shown.cancel());
    }
    this.executions.forEach((shown) => shown.forget());
    this.executions.clear();
    this.lost.clear();
    this.displays.clear();
    return kernel;
  }
}

/** The cell that runs, or would have run next, shows the error; those that wait end without a word. */
function failFirst(shown: readonly ShownExecution[], error: CellError): void {
  const [first, ...others] = shown.filter(({ isEnded }) => !isEnded);
  first?.fail(error);
  others.forEach((each) => each.cancel());
}
