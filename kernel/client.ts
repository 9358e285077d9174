import { type ChildProcess, fork } from "node:child_process";
import type { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { InterruptReason } from "../src/runs/contract.js";
import { type DebuggerNews, type FromKernel, fromKernelSchema, type InputAnswer, protocolVersion, type ToKernel, type VariablesAnswer, type VariablesQuestion } from "./contract.js";
import { deathMessage } from "./deathMessage.js";
import { endGroup } from "./processGroup.js";
import { textOf } from "./foreignValue.js";
import { answerBytes, interruptionBytes } from "./hostPipe.js";
import { holdMilliseconds, interruptDescriptor } from "./interruptState.js";
import { KernelQuestions } from "./kernelQuestions.js";
import { inspectorFlags, withoutInspectorRemarks } from "./nodeInspector.js";
import { PrintLimit } from "./outputLimits.js";
import type { AnswerTo, CodeQuestion } from "./questions/contract.js";

export interface KernelOptions {
  /** The notebook's folder: where imports and relative paths start. */
  cwd: string;
  /** The kernel's bundle, `dist/kernel.js`. */
  kernelPath: string;
  env?: Record<string, string>;
  /** The Node to run it with; by default the host's own. */
  nodePath?: string;
  notebookPath?: string;
  /** What a run notes whose training the host left behind by dying. */
  hostGone?: InterruptReason;
  /** Asks the user on behalf of a cell; without it cells have no input. */
  askUser?: AskUser;
}

export type Question = Extract<FromKernel, { type: "input" }>;

/** There is nobody who could be asked. */
export const unavailable = Symbol("unavailable");

/**
 * @param ended aborted when the cell has ended, and nobody waits for the answer any more
 * @returns the text (any for "confirm" and "alert"), or undefined when the user dismisses the question
 */
export type AskUser = (question: Question, ended: AbortSignal) => Promise<string | undefined | typeof unavailable>;

export interface KernelExit {
  code: number | null;
  signal: string | null;
}

export type ExecutionStatus = "ok" | "error" | "interrupted" | "died";

/** What goes with the text of a cell: see the message "execute". */
export type CellPlace = Omit<Extract<ToKernel, { type: "execute" }>, "type" | "id" | "code">;

/** The process did not become a kernel. */
export class KernelStartError extends Error {
  override name = "KernelStartError";
}

interface Pending {
  id: string;
  settle(status: ExecutionStatus): void;
}

type Listener = (message: FromKernel) => void;

/** Executions whose late output, of timers, still finds its listener. */
const rememberedListeners = 200;
const startSeconds = 30;
const shutdownMilliseconds = 1000;
const lastMessagesMilliseconds = 500;

/**
 * A notebook's kernel, seen from its host. Executions run in the order of their requests. The process ends with
 * `dispose`, and by itself when the host dies.
 */
export class KernelClient {
  private readonly listeners = new Map<string, Listener>();
  private readonly pending: Pending[] = [];
  private readonly exitListeners = new Set<(exit: KernelExit) => void>();
  private exit: KernelExit | undefined;
  private isEnding = false;
  private executions = 0;
  private latest: string | undefined;
  /** Bytes that the process or its children wrote to their standard streams by themselves. */
  private rawBytes = 0;
  private readonly rawLimit = new PrintLimit();
  private inbox: Promise<void> = Promise.resolve();

  private readonly asked = new KernelQuestions((message) => this.send(message));
  /** Executions that wait for answers, by their numbers. */
  private readonly questions = new Map<string, AbortController>();

  private constructor(
    private readonly child: ChildProcess,
    private readonly askUser: AskUser | undefined,
  ) {
    child.on("message", (message) => {
      this.inbox = this.inbox.then(() => this.receive(message)).catch((error: unknown) => this.reportFault(error));
    });
    // A message that could not be sent: the exit event tells why.
    child.on("error", () => {});
    child.stdio[interruptDescriptor]?.on("error", () => {});
    child.on("exit", (code, signal) => void this.exited({ code, signal }));
    this.forward("stdout");
    this.forward("stderr");
  }

  /** @throws KernelStartError with what the process said, when it does not report itself ready. */
  static async start(options: KernelOptions): Promise<KernelClient> {
    const child = fork(options.kernelPath, [], {
      cwd: options.cwd,
      env: {
        ...process.env,
        ...(options.notebookPath === undefined ? {} : { TRITLOOM_NOTEBOOK: options.notebookPath }),
        ...(options.hostGone === undefined ? {} : { TRITLOOM_HOST_GONE: options.hostGone }),
        ...options.env,
      },
      execArgv: [...inspectorFlags],
      stdio: ["ignore", "pipe", "pipe", "ipc", "pipe"],
      serialization: "json",
      // A process group of its own: Ctrl+C in a terminal is for the host, which decides what the kernel gets of it.
      detached: true,
      ...(options.nodePath === undefined ? {} : { execPath: options.nodePath }),
    });
    await untilReady(child);
    return new KernelClient(child, options.askUser);
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /**
   * Runs one cell; every message about it goes to `onMessage`, also output that comes after its end.
   * @returns how it ended; "died" when the process went away, after an `error` message that says so
   */
  execute(
    code: string,
    where: CellPlace,
    onMessage: Listener,
  ): Promise<ExecutionStatus> {
    this.executions += 1;
    const id = String(this.executions);
    this.remember(id, onMessage);
    return new Promise((resolve) => {
      this.pending.push({ id, settle: resolve });
      if (this.exit) {
        this.reportDeath(this.exit);
      } else {
        this.send({ type: "execute", id, code, ...where });
      }
    });
  }

  /**
   * Stops the running cell and keeps its variables. A second call is less patient with code that cleans up.
   * @param why what a training that ends by it notes in its run
   */
  interrupt(why: InterruptReason = "stopped"): void {
    if (this.exit || this.isEnding) {
      return;
    }
    this.send({ type: "interrupt", id: this.pending[0]?.id, why });
    // The main thread may be in a loop: this byte reaches the thread that watches over it.
    this.writeToWatcher(interruptionBytes());
  }

  /** What the variables are, once the cells that were sent before have run; undefined when the process ends before. */
  async ask(question: VariablesQuestion): Promise<VariablesAnswer | undefined> {
    return this.exit || this.isEnding ? undefined : this.asked.variables.ask(question);
  }

  /**
   * Asks about code that is being written.
   * @throws Error when the kernel fails to answer, or the process has ended or ends before it answers
   */
  async askAboutCode<Question extends CodeQuestion>(question: Question): Promise<AnswerTo<Question>> {
    const answer = this.exit ? undefined : await this.asked.code.ask(question);
    if (answer === undefined || answer.kind === "failed") {
      throw new Error(answer?.message ?? deathMessage(this.exit!));
    }
    return answer as AnswerTo<Question>;
  }

  /** Whether anything that cells have started still goes on: a training, a timer, a child process. False once the process has ended. */
  async isAtWork(): Promise<boolean> {
    return !this.exit && !this.isEnding && ((await this.asked.work.ask(undefined)) ?? false);
  }

  /** Answers the message "inspector" of an execution, or tells that its debugger has gone. */
  tellDebugger(news: DebuggerNews): void {
    if (!this.exit && !this.isEnding) {
      this.send({ type: "debugger", ...news });
    }
  }

  onExit(listener: (exit: KernelExit) => void): void {
    if (this.exit) {
      listener(this.exit);
    } else {
      this.exitListeners.add(listener);
    }
  }

  /** Ends the process, a training in it after its checkpoint; resolves when it is gone. */
  async dispose(why: InterruptReason = "kernel-stopped"): Promise<void> {
    if (this.exit) {
      return;
    }
    this.isEnding = true;
    const gone = new Promise<void>((resolve) => this.onExit(() => resolve()));
    this.send({ type: "shutdown", why });
    // The thread that watches over the main one ends the process when nothing holds it.
    (this.child.stdio[interruptDescriptor] as Writable).end();
    const kill = setTimeout(() => this.child.kill("SIGKILL"), holdMilliseconds + shutdownMilliseconds);
    await gone;
    clearTimeout(kill);
  }

  private send(message: ToKernel): void {
    // A kernel that is just dying: its exit event tells.
    this.child.send(message, () => {});
  }

  private writeToWatcher(bytes: Buffer): void {
    (this.child.stdio[interruptDescriptor] as Writable).write(bytes);
  }

  private async answer(question: Question): Promise<void> {
    const { id, request } = question;
    const ended = this.questions.get(id) ?? new AbortController();
    this.questions.set(id, ended);
    const text = this.askUser ? await this.askUser(question, ended.signal).catch(() => undefined) : unavailable;
    if (!this.exit && !this.isEnding) {
      this.writeToWatcher(answerBytes({ request, ...inputOutcome(text) }));
    }
  }

  private remember(id: string, listener: Listener): void {
    this.listeners.set(id, listener);
    const oldest = this.executions - rememberedListeners;
    this.listeners.delete(String(oldest));
  }

  private async receive(received: unknown): Promise<void> {
    const parsed = fromKernelSchema.safeParse(received);
    if (!parsed.success) {
      this.reportForeignMessage(parsed.error.message);
      return;
    }
    const message = parsed.data;
    if (message.type === "ready") {
      return;
    }
    if (KernelQuestions.isAnswer(message)) {
      this.asked.receive(message);
      return;
    }
    this.latest = message.id;
    if (message.type === "input") {
      void this.answer(message);
      return;
    }
    if (message.type === "done") {
      this.questions.get(message.id)?.abort();
      this.questions.delete(message.id);
      await this.drained();
    }
    try {
      this.listeners.get(message.id)?.(message);
    } finally {
      if (message.type === "done") {
        this.settle(message.id, message.status);
      }
    }
  }

  /** A listener has thrown: the messages after this one, and the end of the cell, are still told. */
  private reportFault(error: unknown): void {
    const reason = error instanceof Error ? error.message : textOf(error, 1000);
    process.stderr.write(`A message of the kernel could not be shown: ${reason}\n`);
  }

  private settle(id: string, status: ExecutionStatus): void {
    const index = this.pending.findIndex((one) => one.id === id);
    if (index >= 0) {
      this.pending.splice(index, 1)[0]?.settle(status);
    }
  }

  private reportForeignMessage(reason: string): void {
    this.toCurrent((id) => ({
      type: "stream",
      id,
      name: "stderr",
      text: `The kernel sent a message that is none of its protocol ${protocolVersion}: ${reason}\n`,
    }));
  }

  private toCurrent(make: (id: string) => Extract<FromKernel, { type: "stream" }>): void {
    const id = this.pending[0]?.id ?? this.latest;
    const message = id === undefined ? undefined : make(id);
    if (message !== undefined && message.text !== "") {
      this.listeners.get(message.id)?.(message);
    }
  }

  /** Native code and child processes write to the standard streams past the kernel's own messages. */
  private forward(name: "stdout" | "stderr"): void {
    const decoder = new StringDecoder("utf8");
    this.child[name]?.on("data", (bytes: Buffer) => {
      this.rawBytes += bytes.length;
      const text = withoutInspectorRemarks(decoder.write(bytes));
      this.toCurrent((id) => ({ type: "stream", id, name, text: this.rawLimit.admit(id, text) }));
    });
  }

  /** What was written before `done` lies in the pipes by now: read until a turn of the event loop brings nothing. */
  private async drained(): Promise<void> {
    for (let before = -1; before !== this.rawBytes; ) {
      before = this.rawBytes;
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  private async exited(exit: KernelExit): Promise<void> {
    endGroup(this.pid);
    if (this.child.connected) {
      // The last messages are still in the channel.
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, lastMessagesMilliseconds);
        this.child.once("disconnect", () => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    await this.inbox;
    await this.drained();
    this.exit = exit;
    this.reportDeath(exit);
    this.asked.end();
    for (const listener of this.exitListeners) {
      listener(exit);
    }
  }

  private reportDeath(exit: KernelExit): void {
    const error = { name: "KernelDied", message: deathMessage(exit), stack: "" };
    for (const { id, settle } of this.pending.splice(0)) {
      this.listeners.get(id)?.({ type: "error", id, error });
      settle("died");
    }
  }
}

function inputOutcome(text: string | undefined | typeof unavailable): Pick<InputAnswer, "outcome" | "text"> {
  switch (text) {
    case unavailable:
      return { outcome: "unavailable", text: "" };
    case undefined:
      return { outcome: "dismissed", text: "" };
    default:
      return { outcome: "given", text };
  }
}

async function untilReady(child: ChildProcess): Promise<void> {
  let said = "";
  const listen = (bytes: Buffer): void => {
    said += bytes.toString();
  };
  child.stderr?.on("data", listen);
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (reason: string): void => reject(new KernelStartError(`${reason}${said && `\n${said}`}`));
      timer = setTimeout(() => fail(`The kernel did not start within ${startSeconds} s.`), startSeconds * 1000);
      child.once("error", (error) => fail(`The kernel could not be started: ${error.message}`));
      child.once("exit", (code, signal) => fail(`The kernel ended while starting (${signal ?? `exit code ${code}`}).`));
      child.once("message", (message) => {
        const parsed = fromKernelSchema.safeParse(message);
        if (parsed.success && parsed.data.type === "ready" && parsed.data.protocol === protocolVersion) {
          resolve();
        } else {
          fail(`The kernel does not speak protocol ${protocolVersion}: ${JSON.stringify(message)}`);
        }
      });
    });
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  } finally {
    clearTimeout(timer);
    child.stderr?.off("data", listen);
    child.removeAllListeners("error");
    child.removeAllListeners("exit");
  }
}
