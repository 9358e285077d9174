import { steadyClock } from "../../src/runs/steadyClock.js";
import type { InterruptReason } from "../../src/runs/contract.js";
import type { ExecutionStatus, KernelClient, KernelExit } from "../client.js";
import type { FromKernel } from "../contract.js";
import { skippedText } from "../skippedCell.js";
import { CellQueue } from "./cellQueue.js";
import type { CellRequest, ExecutionEnd, FromKeeper, Outlook, ToKeeper } from "./contract.js";
import { ExecutedTexts } from "./executedTexts.js";
import { KeptExecutions, type KeptExecution } from "./keptExecutions.js";
import { memoryOf } from "./memory.js";
import type { Questions } from "./questions.js";

/** The one that is attached, as the keeper sees it. */
export interface Listener {
  readonly by: string;
  /** Tells it apart from others of the same name. */
  readonly window: string;
  /** It does not read as fast as the kernel speaks: what happens meanwhile is told at once later. */
  readonly isSlow: boolean;
  send(message: FromKeeper): void;
  /** Closes its connection once all that was sent is read. */
  close(): void;
}

interface KeeperEvents {
  /** The kernel is going to end, because somebody wants it to. */
  onEnding(): Promise<void>;
  /** The kernel is gone, and nothing is left to tell. */
  onOver(): void;
}

/** What is shown in the name of the keeper itself. */
const ownId = "";

/**
 * Keeps a kernel busy and remembers what it says, whether somebody is attached or not. It runs the cells it was given one after the other; an
 * error cancels those that wait.
 */
export class Keeper {
  private readonly queue = new CellQueue();
  private readonly executions = new KeptExecutions();
  private readonly executed = new ExecutedTexts();
  private executionCount = 0;
  private seq = 0;
  private running: KeptExecution | undefined;
  private waiting = 0;
  private listener: Listener | undefined;
  /** Executions of which the one attached knows everything so far. */
  private readonly told = new Set<string>();
  /** The kernel's number of the execution that has asked for a debugger. */
  private debugged: string | undefined;
  private exit: KernelExit | undefined;
  private isDeathTold = false;
  private idleTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly kernel: KernelClient,
    private readonly questions: Questions,
    private idleSeconds: number,
    private readonly events: KeeperEvents,
  ) {
    this.idleSeconds = Math.max(idleSeconds, firstSeconds);
    questions.onAsked = (question) => this.listener?.send({ type: "input", request: question.request, question });
    questions.onOver = (request) => this.listener?.send({ type: "inputOver", request });
    // The end of the running cell is told first.
    kernel.onExit((exit) => setImmediate(() => this.died(exit)));
    this.watchIdleness();
  }

  /** The one that is attached. */
  get attached(): Listener | undefined {
    return this.listener;
  }

  /** Tells a new listener of all that its notebook may not show. One that was attached is told, and detached. */
  attach(listener: Listener, idleSeconds: number): void {
    if (this.listener?.window !== listener.window) {
      this.listener?.send({ type: "taken", by: listener.by });
    }
    this.listener?.close();
    this.loseDebugger();
    this.listener = listener;
    this.idleSeconds = idleSeconds;
    this.told.clear();
    this.isDeathTold = false;
    listener.send({ type: "attached", pid: this.kernel.pid });
    const cells = this.executed.all();
    if (cells.length > 0) {
      listener.send({ type: "executed", cells });
    }
    this.questions.open().forEach((question) => listener.send({ type: "input", request: question.request, question }));
    this.catchUp(listener);
    this.endIfToldAll();
    this.watchIdleness();
  }

  detach(listener: Listener): void {
    if (this.listener === listener) {
      this.listener = undefined;
      this.loseDebugger();
      this.endIfToldAll();
      this.watchIdleness();
    }
  }

  /** Tells what happened while a listener was slow, or away, as far as it reads; that the kernel died comes last. */
  catchUp(listener: Listener): void {
    if (this.listener !== listener) {
      return;
    }
    for (const kept of this.executions.behind().filter(({ request }) => !this.told.has(request.execution))) {
      if (listener.isSlow) {
        return;
      }
      this.tellWhole(kept);
    }
    if (this.exit && !this.isDeathTold) {
      this.isDeathTold = true;
      listener.send({ type: "died", exit: this.exit });
    }
  }

  receive(message: ToKeeper): void {
    switch (message.type) {
      case "run":
        return this.run(message.cells);
      case "interrupt":
        this.queue.cancelWaiting();
        return this.kernel.interrupt(message.why);
      case "answer":
        return this.questions.answer(message.request, message.text);
      case "debugger":
        return this.kernel.tellDebugger(message.news);
      case "ask":
        return void this.ask(message);
      case "shown":
        this.executions.shown(message.seq);
        return this.endIfToldAll();
      case "end":
        return void this.end(message.why);
    }
  }

  /** Whoever is attached when the answer comes is told; one that did not ask does not know the id. */
  private async ask({ id, question }: Extract<ToKeeper, { type: "ask" }>): Promise<void> {
    const answer = await this.kernel.ask(question);
    this.listener?.send({ type: "told", id, ...(answer && { answer }) });
  }

  /** Ends the kernel, a training in it after its checkpoint; `onOver` follows. */
  async end(why: InterruptReason): Promise<void> {
    await this.events.onEnding();
    this.listener?.send({ type: "ending" });
    this.queue.cancelWaiting();
    await this.kernel.dispose(why);
    this.events.onOver();
  }

  async outlook(): Promise<Outlook> {
    const start = this.running?.start;
    return {
      running: this.running && start ? { cell: this.running.request.cell, ...start } : null,
      waiting: this.waiting,
      attached: this.listener?.by ?? null,
      memory: await memoryOf(this.exit ? [process.pid] : [process.pid, this.kernel.pid]),
      exit: this.exit ?? null,
    };
  }

  private run(cells: readonly CellRequest[]): void {
    const kept = cells.map((request) => this.executions.add(request));
    this.waiting += kept.length;
    // Those of one request were told by whoever made it.
    kept.forEach(({ request }) => this.told.add(request.execution));
    void this.queue.add(
      kept.map((each) => ({
        mayFail: each.request.mayFail,
        run: () => this.runCell(each),
        cancel: () => this.cancel(each),
      })),
    ).then(() => this.watchIdleness());
    this.watchIdleness();
  }

  private async runCell(kept: KeptExecution): Promise<ExecutionStatus> {
    this.waiting -= 1;
    this.running = kept;
    const clock = steadyClock();
    const status = await (kept.request.isSkipped ? this.skip(kept, clock()) : this.execute(kept, clock()));
    this.running = undefined;
    this.debugged = undefined;
    this.endExecution(kept, { status, endTime: clock() });
    return status === "skipped" ? "ok" : status;
  }

  /** It gets no number, and no mark of success. */
  private async skip(kept: KeptExecution, startTime: number): Promise<"skipped"> {
    this.begin(kept, { startTime });
    this.hear(kept, { type: "stream", id: ownId, name: "stdout", text: skippedText });
    return "skipped";
  }

  private execute(kept: KeptExecution, startTime: number): Promise<ExecutionStatus> {
    this.executionCount += 1;
    const { executionCount } = this;
    this.begin(kept, { executionCount, startTime });
    const { code, cell, source, isDebugged } = kept.request;
    return this.kernel.execute(code, { cell, executionCount, source, isDebugged }, (message) => this.hear(kept, message));
  }

  private begin(kept: KeptExecution, start: NonNullable<KeptExecution["start"]>): void {
    kept.start = start;
    this.tell(kept, (seq) => ({ type: "started", seq, execution: kept.request.execution, start }));
  }

  private hear(kept: KeptExecution, message: FromKernel): void {
    if (message.type === "inspector") {
      this.debugged = message.id;
      return this.askForDebugger(kept, message);
    }
    const changed = message.type === "done" ? undefined : this.executions.receive(kept, message);
    if (changed === undefined) {
      return;
    }
    // The one attached may know nothing of an old execution whose timer updates the display of another.
    const { execution } = (this.told.has(kept.request.execution) ? kept : changed).request;
    this.tell(changed, (seq) => ({ type: "message", seq, execution, message }));
  }

  /** It concerns the window that is there now; the next one starts no debugger for a cell that runs. */
  private askForDebugger({ request: { execution }, seq }: KeptExecution, message: Extract<FromKernel, { type: "inspector" }>): void {
    if (this.listener && this.told.has(execution)) {
      this.listener.send({ type: "message", seq, execution, message });
    } else {
      this.kernel.tellDebugger({ id: message.id, state: "detached", reason: "No window is attached to the kernel: run the cell with Debug Cell again." });
    }
  }

  /** With its window a debugger goes, and the cell goes on. */
  private loseDebugger(): void {
    if (this.debugged !== undefined) {
      this.kernel.tellDebugger({ id: this.debugged, state: "detached" });
      this.debugged = undefined;
    }
  }

  private endExecution(kept: KeptExecution, end: ExecutionEnd): void {
    kept.end = end;
    this.executed.add(kept.request, end);
    this.tell(kept, (seq) => ({ type: "ended", seq, execution: kept.request.execution, end }));
  }

  private cancel(kept: KeptExecution): void {
    this.waiting -= 1;
    this.endExecution(kept, { status: "cancelled", endTime: Date.now() });
    if (!this.listener?.isSlow) {
      this.executions.remove(kept.request.execution);
    }
  }

  /** Tells a change of an execution to the listener that knows the state before, and the whole execution to one that does not. */
  private tell(kept: KeptExecution, news: (seq: number) => FromKeeper): void {
    this.seq += 1;
    kept.seq = this.seq;
    const { execution } = kept.request;
    if (this.listener === undefined || this.listener.isSlow) {
      this.told.delete(execution);
    } else if (this.told.has(execution)) {
      this.listener.send(news(this.seq));
    } else {
      this.tellWhole(kept);
    }
  }

  private tellWhole(kept: KeptExecution): void {
    this.told.add(kept.request.execution);
    const { isWhole } = kept.output;
    this.listener?.send({ type: "execution", seq: kept.seq, execution: kept.state, isWhole, messages: kept.output.messages() });
  }

  private died(exit: KernelExit): void {
    this.exit = exit;
    this.queue.cancelWaiting();
    if (this.listener) {
      this.catchUp(this.listener);
    }
    this.endIfToldAll();
    this.watchIdleness();
  }

  /** A dead kernel is kept until its last outputs are shown. */
  private endIfToldAll(): void {
    if (this.exit && this.executions.behind().length === 0) {
      this.events.onOver();
    }
  }

  private get isIdle(): boolean {
    return this.listener === undefined && !this.queue.isBusy;
  }

  private watchIdleness(): void {
    this.endIdleIn(this.idleSeconds);
  }

  /** The timer counts by a clock that nobody sets. */
  private endIdleIn(seconds: number, hasWorked = false): void {
    clearTimeout(this.idleTimer);
    const isWatched = this.isIdle && this.idleSeconds < longestTimerSeconds;
    this.idleTimer = isWatched ? setTimeout(() => void this.endUnlessAtWork(hasWorked), seconds * 1000) : undefined;
  }

  /** What cells have started may outlast them: the time of a kernel that is at work without a cell begins when it is seen to have ended. */
  private async endUnlessAtWork(hasWorked: boolean): Promise<void> {
    const timer = this.idleTimer;
    const isAtWork = await this.kernel.isAtWork();
    if (timer !== this.idleTimer) {
      return;
    }
    if (isAtWork) {
      this.endIdleIn(Math.min(Math.max(this.idleSeconds, 1), lookSeconds), true);
    } else if (hasWorked) {
      this.watchIdleness();
    } else {
      await this.end("kernel-stopped");
    }
  }
}

/** Timers count milliseconds in 31 bits: a kernel that may idle for longer stays. */
const longestTimerSeconds = 2 ** 31 / 1000;
/** Whoever starts a kernel has this long to attach to it. */
const firstSeconds = 10;
/** How often one looks whether work without a cell has ended. */
const lookSeconds = 60;
