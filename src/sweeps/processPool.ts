import { interruptReasonOf } from "../runs/interruption.js";
import type { TrialResult } from "./contract.js";
import type { TrialJob } from "./engine.js";
import type { FromWorker } from "./workerContract.js";
import { WorkerProcess, type WorkerProgram } from "./workerProcess.js";

interface Asked {
  resolve(answer: FromWorker): void;
  reject(error: Error): void;
}

/** Processes that train trials, each of which is started when all others have work, and trains many. */
export class ProcessPool {
  private readonly idle = new Set<WorkerProcess>();
  private readonly asked = new Map<WorkerProcess, Asked>();

  constructor(private readonly options: WorkerProgram) {}

  /**
   * @param signal stops the training with a checkpoint
   * @returns the result; undefined after `signal`, unless the training had just ended
   * @throws Error where the process or its machine failed
   */
  async train(job: TrialJob, signal: AbortSignal): Promise<TrialResult | undefined> {
    if (signal.aborted) {
      return undefined;
    }
    const worker = this.free();
    const stop = (): void => void worker.stop(interruptReasonOf(signal));
    signal.addEventListener("abort", stop, { once: true });
    try {
      const answer = await new Promise<FromWorker>((resolve, reject) => {
        this.asked.set(worker, { resolve, reject });
        worker.train(job);
      });
      if (answer.type === "ended") {
        return answer.result;
      }
      throw new Error(answer.type === "failed" ? answer.reason : "Somebody stopped the training on the worker's machine.");
    } catch (error) {
      if (signal.aborted) {
        return undefined;
      }
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** Ends those that have nothing to do. */
  async close(): Promise<void> {
    await Promise.all([...this.idle].map((worker) => worker.stop("stopped")));
  }

  private free(): WorkerProcess {
    const [first] = this.idle;
    if (first === undefined) {
      return this.started();
    }
    this.idle.delete(first);
    return first;
  }

  private started(): WorkerProcess {
    const worker: WorkerProcess = new WorkerProcess(this.options, {
      onAnswer: ({ answer }) => {
        this.idle.add(worker);
        this.taken(worker)?.resolve(answer);
      },
      onGone: (_, reason) => {
        this.idle.delete(worker);
        this.taken(worker)?.reject(new Error(reason));
      },
    });
    return worker;
  }

  private taken(worker: WorkerProcess): Asked | undefined {
    const asked = this.asked.get(worker);
    this.asked.delete(worker);
    return asked;
  }
}
