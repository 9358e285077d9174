import { TrainingInterruption } from "../runs/interruption.js";
import type { TrialJob } from "../sweeps/engine.js";
import { type FromWorker, toWorkerSchema } from "../sweeps/workerContract.js";
import { TrialStoppedError, TrialTrainer } from "./trainTrial.js";

/**
 * A worker process of a sweep: gets jobs, which are data, over its IPC channel, and does one after the other. It ends when it is told to, and
 * when whoever started it is gone; a training is then stopped with a checkpoint.
 */

const trainer = new TrialTrainer();
const stop = new AbortController();
let isTraining = false;

function answer(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) {
      process.send!(message, () => resolve());
    } else {
      resolve();
    }
  });
}

async function train(job: TrialJob): Promise<void> {
  isTraining = true;
  try {
    await answer({ type: "ended", key: job.key, result: await trainer.train(job, stop.signal) });
  } catch (error) {
    await tellFault(job, error as Error);
  }
  isTraining = false;
  if (stop.signal.aborted) {
    process.exit();
  }
}

function tellFault({ key }: TrialJob, error: Error): Promise<void> {
  if (!(error instanceof TrialStoppedError)) {
    return answer({ type: "failed", key, reason: error.message });
  }
  // What the engine itself has stopped, it knows of.
  return stop.signal.aborted ? Promise.resolve() : answer({ type: "stopped", key });
}

function end(reason: TrainingInterruption): void {
  stop.abort(reason);
  if (!isTraining) {
    process.exit();
  }
}

process.on("message", (message) => {
  const order = toWorkerSchema.parse(message);
  if (order.type === "train") {
    void train(order.job);
  } else {
    end(new TrainingInterruption(order.why));
  }
});
process.on("disconnect", () => end(new TrainingInterruption("sweep-killed")));
