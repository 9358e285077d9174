import { randomUUID } from "node:crypto";
import { readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Job } from "bullmq";
import type { Redis } from "ioredis";
import { writeFileAtomically } from "../files/atomicFile.js";
import { prepareRun } from "../runs/enterRun.js";
import { interruptReasonSchema } from "../runs/contract.js";
import { TrainingInterruption } from "../runs/interruption.js";
import { runFiles } from "../runs/runFiles.js";
import { jobKey, type TrialJob } from "../sweeps/engine.js";
import type { ProcessPool } from "../sweeps/processPool.js";
import { EventSender } from "../sweeps/redis/eventSender.js";
import type { Mailbox } from "../sweeps/redis/mailbox.js";
import { type Answer, keptSeconds, keys, keysOfTry, type SentFile, tokenSchema, type WireJob } from "../sweeps/redis/wire.js";

/** Milliseconds between two looks at a training. */
const lookMilliseconds = 500;

/** Somebody else trains the trial now, who took this worker for dead: its copy is discarded. */
export class LostTrialError extends Error {
  override readonly name = "LostTrial";
}

/** What all tries of a worker share. */
export interface Workplace {
  readonly redis: Redis;
  readonly mailbox: Mailbox;
  readonly pool: ProcessPool;
  /** A temporary folder. */
  readonly folder: string;
  /** Milliseconds between two checkpoints that are sent of a training. */
  readonly checkpointMilliseconds: number;
  /** A file with data from Redis, fetched once. */
  dataFile(digest: string, spec: WireJob["spec"]): Promise<string>;
}

/** Why a training ends before its step. */
type Stop = "sweep" | "worker" | "lost";

/** One try to train a trial from the queue, in a folder of its own; what it has is in Redis under its token. */
export class RedisAttempt {
  private readonly token = randomUUID();
  private readonly dir: string;
  private readonly stop = new AbortController();
  private stopped: Stop | undefined;
  private readonly events: EventSender;
  private checkpointAt = performance.now();
  private checkpointTime = 0;
  private looking: Promise<void> = Promise.resolve();
  private isLooking = false;

  constructor(
    private readonly workplace: Workplace,
    private readonly id: string,
    private readonly trial: WireJob,
  ) {
    this.dir = path.join(workplace.folder, this.token, "run");
    this.events = new EventSender(workplace.mailbox, keys.events(id, this.token), path.join(this.dir, runFiles.events));
  }

  /** Ends the training with a checkpoint. */
  end(stopped: Stop, reason: TrainingInterruption): void {
    this.stopped ??= stopped;
    this.stop.abort(reason);
  }

  /**
   * @returns the answer; undefined where the worker is asked to end, and the trial is to be given to another one
   * @throws LostTrialError; Error where this worker failed
   */
  async run(job: Pick<Job, "updateProgress">): Promise<Answer | undefined> {
    const watch = setInterval(() => void this.look(), lookMilliseconds);
    try {
      const trialJob = await this.prepared();
      await job.updateProgress({ token: this.token });
      const result = await this.workplace.pool.train(trialJob, this.stop.signal);
      clearInterval(watch);
      await this.looking;
      if (this.stopped === "lost") {
        throw new LostTrialError("The trial was given to another worker meanwhile.");
      }
      const files = await this.sendAll();
      if (result !== undefined) {
        return { type: "trained", token: this.token, result, files };
      }
      return this.stopped === "sweep" ? { type: "stopped", token: this.token, files } : undefined;
    } catch (error) {
      if (error instanceof LostTrialError) {
        await this.workplace.redis.del(...keysOfTry(this.id, this.token));
      }
      throw error;
    } finally {
      clearInterval(watch);
      await rm(path.dirname(this.dir), { recursive: true, force: true });
    }
  }

  /** The run as far as an earlier try came. */
  private async prepared(): Promise<TrialJob> {
    const { trial, spec, steps, data } = this.trial;
    const dataFile = data === null ? null : await this.workplace.dataFile(data, spec);
    const start = await this.start();
    if (start !== undefined) {
      await prepareRun(this.dir, spec, dataFile ?? undefined);
      await writeFileAtomically(this.fileOf("events"), start.events);
      await writeFileAtomically(this.fileOf("checkpoint"), start.checkpoint);
    }
    return { key: jobKey(trial, steps), trial, spec, steps, sweep: path.dirname(this.dir), dir: this.dir, dataFile };
  }

  private async start(): Promise<{ readonly checkpoint: Buffer; readonly events: Buffer } | undefined> {
    const { redis, mailbox } = this.workplace;
    const token = tokenSchema.safeParse(await redis.get(keys.start(this.id))).data;
    if (token === undefined) {
      return undefined;
    }
    const checkpoint = await mailbox.get(keys.file(this.id, token, "checkpoint"));
    // After the checkpoint: they hold at least all that led to it.
    const events = await mailbox.read(keys.events(this.id, token), 0);
    return checkpoint === undefined || events.length === 0 ? undefined : { checkpoint, events };
  }

  /** Sends what is new, and asks whether to stop. A look that fails is made up for by the next one. */
  private look(): void {
    if (this.isLooking) {
      return;
    }
    this.isLooking = true;
    this.looking = this.lookOnce().catch(() => undefined).finally(() => {
      this.isLooking = false;
    });
  }

  private async lookOnce(): Promise<void> {
    const asked = interruptReasonSchema.safeParse(await this.workplace.redis.get(keys.stop(this.id))).data;
    if (asked !== undefined) {
      this.end("sweep", new TrainingInterruption(asked));
    }
    await this.events.send(false);
    if (performance.now() - this.checkpointAt > this.workplace.checkpointMilliseconds) {
      await this.sendCheckpoint();
    }
  }

  private async sendCheckpoint(): Promise<void> {
    const time = await stat(this.fileOf("checkpoint")).then(({ mtimeMs }) => mtimeMs, () => 0);
    if (time > this.checkpointTime && (await this.send("checkpoint"))) {
      this.checkpointTime = time;
      this.checkpointAt = performance.now();
      // The events that led to it, which were written before it.
      await this.events.send(false);
      await this.workplace.redis.set(keys.start(this.id), this.token, "EX", keptSeconds);
    }
  }

  private async sendAll(): Promise<SentFile[]> {
    const files: SentFile[] = [];
    const all = (["checkpoint", "model", "result"] as const).map(async (file) => {
      if (await this.send(file)) {
        files.push(file);
      }
    });
    await Promise.all([...all, this.events.send(true)]);
    if (files.includes("checkpoint")) {
      await this.workplace.redis.set(keys.start(this.id), this.token, "EX", keptSeconds);
    }
    return files;
  }

  /** @returns whether there is such a file */
  private async send(file: SentFile): Promise<boolean> {
    const content = await readFile(this.fileOf(file)).catch(() => undefined);
    if (content !== undefined) {
      await this.workplace.mailbox.put(keys.file(this.id, this.token, file), content);
    }
    return content !== undefined;
  }

  private fileOf(file: SentFile | "events"): string {
    return path.join(this.dir, runFiles[file]);
  }
}
