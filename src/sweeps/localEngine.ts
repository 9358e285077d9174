import { setTimeout as sleep } from "node:timers/promises";
import type { InterruptReason } from "../runs/contract.js";
import type { SweepEngine, TrialEvent, TrialJob } from "./engine.js";
import { EventQueue } from "./eventQueue.js";
import type { FromWorker } from "./workerContract.js";
import { WorkerProcess, type WorkerProgram } from "./workerProcess.js";

export interface LocalOptions extends WorkerProgram {
  /** Worker processes: workers times threads is the cores that this process may use. */
  readonly workers: number;
}

/** How often a job is tried, and the pause after the first failure; each further pause is twice as long. */
const mostAttempts = 5;
const firstPauseMilliseconds = 250;

/** Trains trials in processes of this machine. Each does one job at a time, and the next one without a new start. */
export class LocalEngine implements SweepEngine {
  readonly name = "local";
  readonly slots: number;
  private readonly queue = new EventQueue<TrialEvent>();
  private readonly workers = new Set<WorkerProcess>();
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

  private started(): WorkerProcess | undefined {
    if (this.workers.size >= this.slots) {
      return undefined;
    }
    const worker: WorkerProcess = new WorkerProcess(this.options, {
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
    } else if (answer.type === "stopped") {
      this.queue.push({ type: "stopped", key: job.key });
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
