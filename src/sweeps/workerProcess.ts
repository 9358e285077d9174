import { type ChildProcess, fork } from "node:child_process";
import type { InterruptReason } from "../runs/contract.js";
import { printableLines } from "../text/printable.js";
import type { TrialJob } from "./engine.js";
import { type FromWorker, fromWorkerSchema, type ToWorker } from "./workerContract.js";

/** Time for a checkpoint, after which a worker that was asked to stop is killed. */
const stopMilliseconds = 20_000;
const keptErrorCharacters = 2000;

export interface WorkerProgram {
  /** The path of the program that trains. */
  readonly program: string;
  /** Threads of one process. */
  readonly threads: number;
}

interface Listeners {
  onAnswer(answered: { readonly job: TrialJob; readonly answer: FromWorker }): void;
  /** The process has ended. @param job what it was at */
  onGone(job: TrialJob | undefined, reason: string): void;
}

/** A process that trains one trial at a time, and the next one without a new start. */
export class WorkerProcess {
  job: TrialJob | undefined;
  private readonly child: ChildProcess;
  private readonly gone: Promise<void>;
  private said = "";

  constructor({ program, threads }: WorkerProgram, listeners: Listeners) {
    this.child = fork(program, [], {
      env: { ...process.env, TRITLOOM_THREADS: String(threads) },
      execArgv: [],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      serialization: "json",
      // A group of its own: Ctrl+C in a terminal is for who drives the sweep, and stops the workers with checkpoints.
      detached: true,
    });
    this.child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.said = (this.said + text).slice(-keptErrorCharacters);
    });
    this.child.on("message", (message) => {
      const parsed = fromWorkerSchema.safeParse(message);
      const { job } = this;
      if (parsed.success && job?.key === parsed.data.key) {
        this.job = undefined;
        listeners.onAnswer({ job, answer: parsed.data });
      }
    });
    this.gone = new Promise((resolve) => {
      const end = (reason: string): void => {
        const { job } = this;
        this.job = undefined;
        resolve();
        listeners.onGone(job, reason);
      };
      this.child.once("error", (error) => end(`A worker could not be started: ${error.message}`));
      this.child.once("close", (code, signal) => end(`A worker ended (${signal ?? `exit code ${code}`})${this.lastWords()}`));
    });
  }

  train(job: TrialJob): void {
    this.job = job;
    this.send({ type: "train", job });
  }

  /** Resolves when the process is gone. */
  async stop(why: InterruptReason): Promise<void> {
    this.send({ type: "stop", why });
    const timer = setTimeout(() => this.child.kill("SIGKILL"), stopMilliseconds);
    await this.gone;
    clearTimeout(timer);
  }

  private lastWords(): string {
    const text = printableLines(this.said).trim();
    return text === "" ? "" : `: ${text}`;
  }

  /** Whether it arrives is told by the end of the process. */
  private send(message: ToWorker): void {
    if (this.child.connected) {
      this.child.send(message, () => {});
    }
  }
}
