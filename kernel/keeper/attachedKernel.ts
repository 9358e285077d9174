import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import type { InterruptReason } from "../../src/runs/contract.js";
import type { AskUser, Question } from "../client.js";
import type { DebuggerNews, VariablesAnswer, VariablesQuestion } from "../contract.js";
import { answerMilliseconds, connect, refusal, silence } from "./connection.js";
import type { CellRequest, Exit, FromKeeper, ToKeeper } from "./contract.js";
import { sendLine } from "./jsonLines.js";
import type { KernelRecord } from "./record.js";

/** What becomes of executions. */
export type ExecutionNews = Extract<FromKeeper, { type: "execution" | "started" | "message" | "ended" }>;

export interface AttachedEvents {
  /** What the kernel had executed before, in order. */
  onExecuted(cells: readonly CellRequest[]): void;
  onNews(news: ExecutionNews): void;
  /** The kernel's process has ended; undefined when its keeper was killed, and nobody knows how the kernel ended. */
  onDeath(exit: Exit | undefined): void;
  /** Somebody else has taken the kernel over. */
  onTaken(by: string): void;
}

export interface AttachOptions {
  /** How this side is called where others are told of it. */
  readonly by: string;
  /** Tells it apart from others of the same name. */
  readonly window: string;
  readonly takeOver: boolean;
  readonly idleSeconds: number;
  readonly askUser: AskUser;
}

/** A keeper answers at once, unless it was stopped. */
const endingMilliseconds = 10_000;

/** A kernel that lives by itself, seen from the one window that is attached to it. */
export class AttachedKernel {
  private readonly questions = new Map<number, AbortController>();
  /** Questions about variables that the kernel has not answered yet. */
  private readonly asked = new Map<string, (answer: VariablesAnswer | undefined) => void>();
  private markEnding: () => void = () => {};
  private readonly ending = new Promise<void>((resolve) => {
    this.markEnding = resolve;
  });
  private socket!: Socket;
  private processId = 0;
  /** Nothing more is told: this side has let go, or the kernel or its connection is gone. */
  private isOver = false;

  private constructor(
    readonly record: KernelRecord,
    private readonly askUser: AskUser,
    private readonly events: AttachedEvents,
  ) {}

  /**
   * Attaches to a living kernel. News of what the notebook may not show follow, in order.
   * @throws KernelRefusedError
   */
  static attach(record: KernelRecord, { askUser, ...words }: AttachOptions, events: AttachedEvents): Promise<AttachedKernel> {
    const kernel = new AttachedKernel(record, askUser, events);
    return new Promise((resolve, reject) => {
      const early: FromKeeper[] = [];
      const giveAll = (): void => {
        receive = (next) => kernel.receive(next);
        early.splice(0).forEach(receive);
      };
      let receive = (first: FromKeeper): void => {
        if (first.type !== "attached") {
          kernel.isOver = true;
          reject(refusal(record, first));
          return;
        }
        kernel.processId = first.pid;
        receive = (next) => void early.push(next);
        resolve(kernel);
        // Whoever attached has seen the promise resolve by then.
        setImmediate(giveAll);
      };
      const close = (reason: string): void => {
        clearTimeout(timer);
        reject(silence(record, reason));
        giveAll();
        kernel.close();
      };
      const message = (message: FromKeeper): void => {
        clearTimeout(timer);
        receive(message);
      };
      kernel.socket = connect(record, { type: "attach", ...words }, { message, close });
      const timer = setTimeout(() => kernel.socket.destroy(new Error(`nothing came within ${answerMilliseconds / 1000} s`)), answerMilliseconds);
    });
  }

  /** The kernel's process. */
  get pid(): number {
    return this.processId;
  }

  /** Runs cells after those that wait. What earlier executions of theirs showed is forgotten. */
  run(cells: readonly CellRequest[]): void {
    this.send({ type: "run", cells: [...cells] });
  }

  /** Stops the running cell, keeps all variables, and forgets the cells that wait. */
  interrupt(why: InterruptReason = "stopped"): void {
    this.send({ type: "interrupt", why });
  }

  /** What the variables are, once the cells that were sent before have run; undefined when the kernel, or this side's tie to it, ends before. */
  async ask(question: VariablesQuestion): Promise<VariablesAnswer | undefined> {
    const id = randomUUID();
    return this.isOver
      ? undefined
      : new Promise((resolve) => {
          this.asked.set(id, resolve);
          this.send({ type: "ask", id, question });
        });
  }

  /** Answers the message "inspector" of an execution, or tells that its debugger has gone. */
  tellDebugger(news: DebuggerNews): void {
    this.send({ type: "debugger", news });
  }

  /** The notebook shows all news up to this number. */
  shown(seq: number): void {
    this.send({ type: "shown", seq });
  }

  /** Lets the kernel go on without this side. */
  detach(): void {
    this.letGo();
    this.socket.end();
  }

  /** Ends the kernel, a training in it after its checkpoint; resolves when the notebook can have another one. */
  async dispose(why: InterruptReason): Promise<void> {
    this.send({ type: "end", why });
    this.letGo();
    const timer = setTimeout(() => this.socket.destroy(), endingMilliseconds);
    await this.ending;
    clearTimeout(timer);
  }

  private send(message: ToKeeper): void {
    sendLine(this.socket, message);
  }

  private receive(message: FromKeeper): void {
    if (message.type === "ending") {
      this.markEnding();
      this.socket.end();
    } else if (!this.isOver) {
      this.take(message);
    }
  }

  private take(message: FromKeeper): void {
    switch (message.type) {
      case "input":
        return void this.answer(message.request, message.question as Question);
      case "told":
        this.asked.get(message.id)?.(message.answer);
        return void this.asked.delete(message.id);
      case "executed":
        return this.events.onExecuted(message.cells);
      case "inputOver":
        return this.questions.get(message.request)?.abort();
      case "taken":
        return this.over(() => this.events.onTaken(message.by));
      case "died":
        // The connection stays, so that what is shown can still be told.
        return this.over(() => this.events.onDeath(message.exit));
      default:
        return "seq" in message ? this.events.onNews(message) : undefined;
    }
  }

  private async answer(request: number, question: Question): Promise<void> {
    const ended = new AbortController();
    this.questions.set(request, ended);
    // A window that goes away rejects what it was asked: the question stays for the next one.
    const answer = await this.askUser(question, ended.signal).then((text) => ({ text }), () => undefined);
    this.questions.delete(request);
    if (answer && !ended.signal.aborted && !this.isOver) {
      const { text } = answer;
      this.send({ type: "answer", request, ...(typeof text === "string" && { text }) });
    }
  }

  private close(): void {
    if (!this.isOver && this.processId !== 0) {
      this.over(() => this.events.onDeath(undefined));
    }
    this.markEnding();
  }

  private letGo(): void {
    this.isOver = true;
    this.asked.forEach((settle) => settle(undefined));
    this.asked.clear();
  }

  private over(tell: () => void): void {
    this.letGo();
    this.questions.forEach((ended) => ended.abort());
    tell();
  }
}
