import { randomUUID } from "node:crypto";
import { Job, type Queue } from "bullmq";
import type { Redis } from "ioredis";
import { version } from "../../../package.json";
import type { ExperimentSpec } from "../../experiment/spec.js";
import type { InterruptReason } from "../../runs/contract.js";
import { printableLines } from "../../text/printable.js";
import { jobKey, type TrialEvent, type TrialJob } from "../engine.js";
import { recordResult } from "../results.js";
import { trialId } from "../trialId.js";
import type { DataSender } from "./dataSender.js";
import type { Mailbox } from "./mailbox.js";
import { LostFilesError, RunMirror, startOf } from "./runMirror.js";
import { type Answer, answerSchema, firstPauseMilliseconds, keptSeconds, keys, keysOfTry, mostAttempts, progressSchema, type WireJob } from "./wire.js";

/** Milliseconds between two looks at the checkpoint that a worker sends on its way. */
const checkpointMilliseconds = 30_000;
/** A request to stop is for the worker that trains now. */
const stopSeconds = 120;

/** What the trials of an engine share. */
export interface Exchange {
  readonly queue: Queue;
  readonly redis: Redis;
  readonly mailbox: Mailbox;
  readonly data: DataSender;
  tell(event: TrialEvent): void;
}

/** A trial that a sweep has given out, from the queue to its result in the sweep's directory. */
export class GivenTrial {
  private readonly spec: ExperimentSpec;
  /** Its name in Redis. */
  readonly id: string;
  private isInQueue = false;
  private toldFailures = 0;
  private toldLosses = 0;
  private mirror: RunMirror | undefined;
  private checkpointAt = performance.now();
  /** The try that was told to have begun. */
  private toldToken: string | undefined;

  constructor(
    private readonly job: TrialJob,
    private readonly exchange: Exchange,
  ) {
    this.spec = withoutPaths(job.spec);
    this.id = jobKey(trialId(this.spec), job.steps);
  }

  /**
   * Looks at what became of it, and does what is next.
   * @param stop why all trainings are to stop; undefined while they go on
   * @returns whether it is over
   * @throws RedisError's causes, the file system's errors: to be tried again
   */
  async look(stop: InterruptReason | undefined): Promise<boolean> {
    const found = await Job.fromId<WireJob, unknown>(this.exchange.queue, this.id);
    if (stop !== undefined) {
      return this.end(found, stop);
    }
    if (found === undefined || !this.isInQueue) {
      await this.giveOut(found);
      return false;
    }
    this.tellTroubles(found);
    if (found.finishedOn !== undefined) {
      return this.finish(found);
    }
    await this.follow(found);
    return false;
  }

  /** Gives it up without looking any further. */
  async abandon(reason: string): Promise<void> {
    this.exchange.tell({ type: "abandoned", key: this.job.key, reason });
    await this.release();
  }

  async release(): Promise<void> {
    await this.mirror?.close();
    this.mirror = undefined;
  }

  /** @param found what an earlier driver of the sweep, or another sweep with the same trial, has put into the queue */
  private async giveOut(found: Job | undefined): Promise<void> {
    const { queue, redis } = this.exchange;
    const data = await this.sendData();
    if (found !== undefined && found.finishedOn !== undefined && answerOf(found)?.type !== "trained") {
      await found.remove();
      return this.giveOut(undefined);
    }
    this.toldFailures = found?.attemptsMade ?? 0;
    this.toldLosses = found?.stalledCounter ?? 0;
    if (found === undefined) {
      await redis.del(keys.stop(this.id));
      await this.sendStart();
      const wire: WireJob = { version, trial: trialId(this.spec), spec: this.spec, steps: this.job.steps, data };
      await queue.add(this.spec.name, wire, {
        jobId: this.id,
        attempts: mostAttempts,
        backoff: { type: "exponential", delay: firstPauseMilliseconds },
        removeOnComplete: { age: keptSeconds },
        removeOnFail: { age: keptSeconds },
      });
    }
    this.isInQueue = true;
  }

  private async sendData(): Promise<string | null> {
    const { task } = this.job.spec;
    const { source } = task.kind === "classification" ? task.data : task.corpus;
    const file = source.kind === "file" ? source.path : this.job.dataFile;
    return file === null ? null : this.exchange.data.send(file);
  }

  /** What the run has so far, to go on from. */
  private async sendStart(): Promise<void> {
    const { mailbox, redis } = this.exchange;
    const start = await startOf(this.job.dir);
    if (start !== undefined) {
      const token = randomUUID();
      await mailbox.writeAt(keys.events(this.id, token), 0, start.events);
      await mailbox.put(keys.file(this.id, token, "checkpoint"), start.checkpoint);
      await redis.set(keys.start(this.id), token, "EX", keptSeconds);
    }
  }

  private tellTroubles({ attemptsMade, stalledCounter, finishedOn, failedReason }: Job): void {
    const failures = attemptsMade - (finishedOn === undefined ? 0 : 1);
    for (; this.toldLosses < stalledCounter; this.toldLosses++) {
      this.tellRetry("A worker was killed, frozen or cut off: it no longer says that it trains.");
    }
    for (; this.toldFailures < failures; this.toldFailures++) {
      this.tellRetry(printableLines(failedReason));
    }
  }

  tellRetry(reason: string): void {
    this.exchange.tell({ type: "retried", key: this.job.key, attempt: this.toldFailures + this.toldLosses + 1, reason });
  }

  private async follow({ progress }: Job): Promise<void> {
    const parsed = progressSchema.safeParse(progress);
    if (!parsed.success) {
      return;
    }
    const { token } = parsed.data;
    if (token !== this.toldToken) {
      this.toldToken = token;
      this.exchange.tell({ type: "began", key: this.job.key });
    }
    const mirror = await this.opened();
    await mirror.follow(token);
    if (mirror.isStopAsked) {
      await this.exchange.redis.set(keys.stop(this.id), "stopped" satisfies InterruptReason, "EX", stopSeconds);
    }
    if (performance.now() - this.checkpointAt > checkpointMilliseconds) {
      this.checkpointAt = performance.now();
      await mirror.takeCheckpoint(token);
    }
  }

  private async opened(): Promise<RunMirror> {
    this.mirror ??= await RunMirror.open(this.job, this.id, this.exchange.mailbox);
    return this.mirror;
  }

  private async finish(found: Job): Promise<boolean> {
    const answer = answerOf(found);
    if (answer === undefined) {
      await this.forget(found);
      await this.abandon(reasonOf(found));
      return true;
    }
    try {
      await (await this.opened()).take(answer.token, answer.files);
    } catch (error) {
      if (!(error instanceof LostFilesError)) {
        throw error;
      }
      await this.forget(found);
      this.tellRetry(error.message);
      this.isInQueue = false;
      return false;
    }
    if (answer.type === "stopped") {
      await this.forget(found, answer.token);
      return this.hasStopped();
    }
    await this.record(answer);
    await this.forget(found, answer.token);
    return true;
  }

  /** @returns whether a person asked for it here; else another sweep did, which has the same trial */
  private async hasStopped(): Promise<boolean> {
    this.isInQueue = false;
    if (this.mirror?.isStopAsked !== true) {
      return false;
    }
    await this.release();
    this.exchange.tell({ type: "stopped", key: this.job.key });
    return true;
  }

  private async record({ result }: Extract<Answer, { type: "trained" }>): Promise<void> {
    const { sweep, trial, steps, key } = this.job;
    await this.release();
    const first = await recordResult(sweep, { ...result, trial, steps });
    this.exchange.tell({ type: "ended", key, result: first });
  }

  /** What is done with leaves Redis. */
  private async forget(found: Job, token?: string): Promise<void> {
    await found.remove();
    await this.exchange.redis.del(keys.stop(this.id), keys.start(this.id), ...(token === undefined ? [] : keysOfTry(this.id, token)));
  }

  /** @returns whether nobody trains it any more */
  private async end(found: Job | undefined, why: InterruptReason): Promise<boolean> {
    if (found === undefined || !this.isInQueue) {
      await this.release();
      return true;
    }
    if (found.finishedOn !== undefined) {
      const answer = answerOf(found);
      const isTrained = await this.finish(found);
      await this.release();
      return isTrained || answer?.type === "stopped";
    }
    try {
      await found.remove();
    } catch {
      // A worker has it.
      await this.follow(found);
      await this.exchange.redis.set(keys.stop(this.id), why, "EX", stopSeconds);
      return false;
    }
    await this.release();
    return true;
  }
}

function answerOf({ returnvalue, failedReason }: Job): Answer | undefined {
  return failedReason && returnvalue === null ? undefined : answerSchema.safeParse(returnvalue).data;
}

function reasonOf({ failedReason, attemptsMade }: Job): string {
  const reason = printableLines(failedReason || "A worker's answer is none that a sweep knows.");
  return attemptsMade > 1 ? `${reason} (tried ${attemptsMade} times)` : reason;
}

/** A file of this machine travels as if it had been given in a cell: no worker opens a path that came out of a queue. */
function withoutPaths(spec: ExperimentSpec): ExperimentSpec {
  const { task } = spec;
  if (task.kind === "classification" || task.corpus.source.kind !== "file") {
    return spec;
  }
  return { ...spec, task: { ...task, corpus: { ...task.corpus, source: { kind: "inline" } } } };
}
