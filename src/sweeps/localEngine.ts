import { type ChildProcess, fork } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { InterruptReason } from "../runs/contract.js";
import { printableLines } from "../text/printable.js";
import type { SweepEngine, TrialEvent, TrialJob } from "./engine.js";
import { EventQueue } from "./eventQueue.js";
import { type FromWorker, fromWorkerSchema, type ToWorker } from "./workerContract.js";

export interface LocalOptions {
  /** Worker processes. */
  readonly workers: number;
  /** Threads of each: workers times threads is the cores that this process may use. */
  readonly threads: number;
  /** The worker's program. */
  readonly program: string;
}

/** How often a job is tried, and the pause after the first failure; each further pause is twice as long. */
const mostAttempts = 5;
const firstPauseMilliseconds = 250;
/** Time for a checkpoint, after which a worker that was asked to stop is killed. */
const stopMilliseconds = 20_000;
const keptErrorCharacters = 2000;

/** Trains trials in processes of this machine. Each does one job at a time, and the next one without a new start. */
export class LocalEngine implements SweepEngine {
  readonly name = "local";
  readonly slots: number;
  private readonly queue = new EventQueue<TrialEvent>();
  private readonly workers = new Set<Worker>();
  private readonly waiting: TrialJob[] = [];
  private readonly attempts = new Map<string, number>();
  private isStopping = false;

  constructor(private readonly options: LocalOptions) {
    this.slots = options.workers;
  }

  submit(job: TrialJob): void {
    this.waiting.push(job);
    this.assign();
  }

  events(): AsyncIterable<TrialEvent> {
    return this.queue;
  }

  async stop(why: InterruptReason): Promise<void> {
    this.isStopping = true;
    this.waiting.length = 0;
    await Promise.all([...this.workers].map((worker) => worker.stop(why)));
    this.queue.end();
  }

  private assign(): void {
    while (!this.isStopping && this.waiting.length > 0) {
      const worker = [...this.workers].find(({ job }) => job === undefined) ?? this.started();
      if (worker === undefined) {
        return;
      }
      const job = this.waiting.shift()!;
      worker.train(job);
      this.queue.push({ type: "began", key: job.key });
    }
  }

  private started(): Worker | undefined {
    if (this.workers.size >= this.slots) {
      return undefined;
    }
    const worker: Worker = new Worker(this.options, {
      onAnswer: (answer) => this.answered(answer),
      onGone: (job, reason) => {
        this.workers.delete(worker);
        if (job !== undefined) {
          void this.failed(job, reason);
        }
        this.assign();
      },
    });
    this.workers.add(worker);
    return worker;
  }

  private answered({ job, answer }: { readonly job: TrialJob; readonly answer: FromWorker }): void {
    if (answer.type === "ended") {
      this.attempts.delete(job.key);
      this.queue.push({ type: "ended", key: job.key, result: answer.result });
    } else {
      void this.failed(job, answer.reason);
    }
    this.assign();
  }

  /** Not the fault of the trial: after a pause it is tried again, for a limited number of times. */
  private async failed(job: TrialJob, reason: string): Promise<void> {
    const attempt = (this.attempts.get(job.key) ?? 0) + 1;
    this.attempts.set(job.key, attempt);
    if (this.isStopping) {
      return;
    }
    if (attempt >= mostAttempts) {
      this.attempts.delete(job.key);
      this.queue.push({ type: "abandoned", key: job.key, reason: `${reason} (tried ${attempt} times)` });
      return;
    }
    this.queue.push({ type: "retried", key: job.key, attempt, reason });
    await sleep(firstPauseMilliseconds * 2 ** (attempt - 1), undefined, { ref: true });
    if (!this.isStopping) {
      this.submit(job);
    }
  }
}

interface Listeners {
  onAnswer(answered: { readonly job: TrialJob; readonly answer: FromWorker }): void;
  /** The process has ended. @param job what it was at */
  onGone(job: TrialJob | undefined, reason: string): void;
}

/** One worker process. */
class Worker {
  job: TrialJob | undefined;
  private readonly child: ChildProcess;
  private readonly gone: Promise<void>;
  private said = "";

  constructor({ program, threads }: LocalOptions, listeners: Listeners) {
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
