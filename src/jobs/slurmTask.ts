import { setTimeout as sleep } from "node:timers/promises";
import { runProgram } from "../programs/runProgram.js";
import { TrainingInterruption } from "../runs/interruption.js";
import { SlurmFolder } from "../sweeps/slurm/slurmFolder.js";
import type { TrialJob } from "../sweeps/engine.js";
import { TrialStoppedError, TrialTrainer } from "./trainTrial.js";

/** How often a task looks for a request to stop, and for a job while there is none. */
const lookMilliseconds = 1000;
/** A search that learns gives new jobs when results come: whoever drives the sweep needs some time for that. */
const patienceMilliseconds = 60_000;

/**
 * What a task of a Slurm cluster does: it takes jobs of a sweep, which are data, one after the other until there is none, records their
 * results, and ends. Warned of its time limit by SIGUSR1, it writes a checkpoint and queues again. An error of the machine ends it: who
 * drives the sweep sees that its job has no result.
 * @param dir the sweep's directory
 * @param variables of the environment, in which Slurm tells the task who it is
 * @returns how many jobs it trained
 * @throws Error outside of Slurm; errors of the machine
 */
export async function trainAsTask(dir: string, variables: Readonly<NodeJS.ProcessEnv>): Promise<number> {
  const task = new SlurmTask(new SlurmFolder(dir), taskId(variables));
  try {
    return await task.train();
  } finally {
    task.close();
  }
}

/** The name of a task as squeue and sacct write it. */
function taskId({ SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: index, SLURM_JOB_ID: job }: Readonly<NodeJS.ProcessEnv>): string {
  const id = array === undefined ? job : `${array}_${index}`;
  if (id === undefined || !/^\d+(_\d+)?$/.test(id)) {
    throw new Error("tritloom sweep work is called by the tasks that tl.slurm() submits, and SLURM_JOB_ID names no task: go on with the sweep by tritloom sweep resume.");
  }
  return id;
}

class SlurmTask {
  private readonly stop = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private isWarned = false;
  private readonly onWarning = (): void => {
    this.isWarned = true;
    this.stop.abort(new TrainingInterruption("terminated"));
  };

  constructor(
    private readonly folder: SlurmFolder,
    private readonly id: string,
  ) {
    process.on("SIGUSR1", this.onWarning);
    this.timer = setInterval(() => void this.lookForRequest(), lookMilliseconds);
  }

  close(): void {
    clearInterval(this.timer);
    process.off("SIGUSR1", this.onWarning);
  }

  async train(): Promise<number> {
    const trainer = new TrialTrainer();
    let trained = 0;
    await this.lookForRequest();
    for (let job = await this.nextJob(true); job !== undefined; job = await this.nextJob(false)) {
      try {
        await trainer.train(job, this.stop.signal);
        trained += 1;
      } catch (error) {
        if (!(error instanceof TrialStoppedError)) {
          throw error;
        }
        if (!this.stop.signal.aborted) {
          await this.folder.markStopped(job.key);
        }
      }
    }
    if (this.isWarned && (await this.folder.openJobs()).length > 0) {
      await this.queueAgain();
    }
    return trained;
  }

  /** Waits for a job; undefined where none comes, or the task is to end. @param isFirst whether it may have claims of before it was queued again */
  private async nextJob(isFirst: boolean): Promise<TrialJob | undefined> {
    const deadline = performance.now() + patienceMilliseconds;
    while (!this.stop.signal.aborted && performance.now() < deadline) {
      const key = (isFirst ? await this.ownKey() : undefined) ?? (await this.claimedKey());
      if (key !== undefined) {
        return this.folder.readJob(key);
      }
      await sleep(lookMilliseconds, undefined, { signal: this.stop.signal }).catch(() => undefined);
    }
    return undefined;
  }

  private async ownKey(): Promise<string | undefined> {
    const open = new Set(await this.folder.openJobs());
    for (const key of await this.folder.claimedKeys()) {
      if (open.has(key) && (await this.folder.claimant(key)) === this.id) {
        return key;
      }
    }
    return undefined;
  }

  private async claimedKey(): Promise<string | undefined> {
    const claimed = new Set(await this.folder.claimedKeys());
    const free = (await this.folder.openJobs()).filter((key) => !claimed.has(key));
    for (const key of free) {
      if (await this.folder.claim(key, this.id)) {
        return key;
      }
    }
    return undefined;
  }

  private async lookForRequest(): Promise<void> {
    const why = await this.folder.stopRequest();
    if (why !== undefined) {
      this.stop.abort(new TrainingInterruption(why));
    }
  }

  /** Slurm starts the task anew, which finds its claim. Where it may not queue again, whoever drives the sweep submits another task. */
  private async queueAgain(): Promise<void> {
    await runProgram({ program: "scontrol", args: ["requeue", this.id], remedy: "it comes with Slurm" }).catch((error: Error) => {
      process.stderr.write(`The task could not queue again: ${error.message}\n`);
    });
  }
}
