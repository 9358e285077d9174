import { setTimeout as sleep } from "node:timers/promises";
import { Queue, QueueEvents } from "bullmq";
import type { Redis } from "ioredis";
import type { InterruptReason } from "../../runs/contract.js";
import type { SweepEngine, TrialEvent, TrialJob } from "../engine.js";
import { EventQueue } from "../eventQueue.js";
import { connectRedis, disconnectRedis, troubleInWords } from "./connect.js";
import { DataSender } from "./dataSender.js";
import { type Exchange, GivenTrial } from "./givenTrial.js";
import { Mailbox } from "./mailbox.js";
import type { RedisPlace } from "./place.js";
import { mostAttempts, queueName } from "./wire.js";

const lookMilliseconds = 1000;
const stopLookMilliseconds = 150;
/** Milliseconds between two looks for workers. */
const workersMilliseconds = 3000;
/** Milliseconds between two looks at the data that workers may need. */
const dataMilliseconds = 600_000;
/** Time for all workers to write and send their checkpoints, and for a server that is away to come back. */
const stopMilliseconds = 40_000;
const awayMilliseconds = 5000;
/** A server that says nothing for so long is told of. */
const silentMilliseconds = 15_000;

/** A trial, and how it is looked at. */
interface Watched {
  readonly trial: GivenTrial;
  isLookedAt: boolean;
  /** Something happened during a look. */
  isWanted: boolean;
  /** Failures of this machine in a row, and when it is tried again. */
  failures: number;
  pausedUntil: number;
}

/**
 * Trials through a queue of BullMQ in Redis, for workers on any machine. The queue gives each job at least once; the sweep's directory
 * takes each result once. What is in Redis is looked at again and again, and the queue's events only say when to look: whatever gets lost on
 * the way, Redis with all it held included, is given out once more.
 */
export class RedisEngine implements SweepEngine {
  readonly name = "redis";
  private readonly told = new EventQueue<TrialEvent>();
  private readonly watched = new Map<string, Watched>();
  private readonly hints: QueueEvents;
  private readonly exchange: Exchange;
  private readonly timer: NodeJS.Timeout;
  private why: InterruptReason | undefined;
  private stopping: Promise<void> | undefined;
  private notice: string | null = null;
  private trouble: Error | undefined;
  private answeredAt = performance.now();
  private workers = 1;
  private workersAt = performance.now();
  private dataAt = performance.now();

  private constructor(
    private readonly place: RedisPlace,
    private readonly redis: Redis,
    readonly slots: number,
  ) {
    const mailbox = new Mailbox(redis);
    const queue = new Queue(queueName, { connection: redis, skipVersionCheck: true });
    this.exchange = { queue, redis, mailbox, data: new DataSender(mailbox), tell: (event) => this.told.push(event) };
    this.hints = new QueueEvents(queueName, { connection: redis, skipVersionCheck: true });
    // They are told by the connection that the looks use.
    queue.on("error", () => {});
    this.hints.on("error", () => {});
    redis.on("error", (error: Error) => {
      this.trouble = error;
    });
    for (const event of ["progress", "completed", "failed", "delayed", "stalled"] as const) {
      this.hints.on(event, ({ jobId }: { readonly jobId: string }) => this.lookAtJob(jobId));
    }
    this.timer = setInterval(() => void this.lookAround(), lookMilliseconds);
  }

  /**
   * @param slots trials that are given out at a time
   * @throws RedisError when the server cannot be used
   */
  static async open(place: RedisPlace, slots: number): Promise<RedisEngine> {
    return new RedisEngine(place, await connectRedis(place), slots);
  }

  submit(job: TrialJob): void {
    if (this.watched.has(job.key) || this.why !== undefined) {
      return;
    }
    if (this.watched.size === 0) {
      this.answeredAt = performance.now();
    }
    this.watched.set(job.key, { trial: new GivenTrial(job, this.exchange), isLookedAt: false, isWanted: false, failures: 0, pausedUntil: 0 });
    void this.look(job.key);
  }

  events(): AsyncIterable<TrialEvent> {
    return this.told;
  }

  stop(why: InterruptReason): Promise<void> {
    this.why ??= why;
    this.stopping ??= this.end();
    return this.stopping;
  }

  private async end(): Promise<void> {
    clearInterval(this.timer);
    const until = performance.now() + (this.redis.status === "ready" ? stopMilliseconds : awayMilliseconds);
    const timeLeft = (): number => Math.max(0, until - performance.now());
    while (this.watched.size > 0 && timeLeft() > 0) {
      const looks = Promise.all([...this.watched.keys()].map((key) => this.look(key)));
      await Promise.race([looks, sleep(timeLeft(), undefined, { ref: false })]);
      if (this.watched.size > 0) {
        await sleep(Math.min(stopLookMilliseconds, timeLeft()));
      }
    }
    await Promise.all([...this.watched.values()].map(({ trial }) => trial.release()));
    await Promise.race([this.hints.close(), sleep(awayMilliseconds, undefined, { ref: false })]).catch(() => undefined);
    disconnectRedis(this.redis);
    this.told.end();
  }

  private lookAtJob(id: string): void {
    for (const [key, { trial }] of this.watched) {
      if (trial.id === id) {
        void this.look(key);
      }
    }
  }

  private async lookAround(): Promise<void> {
    [...this.watched.keys()].forEach((key) => void this.look(key));
    this.tellNotice();
    const now = performance.now();
    if (this.redis.status === "ready" && now - this.workersAt > workersMilliseconds) {
      this.workersAt = now;
      // Not every server tells who is connected.
      this.workers = await this.exchange.queue.getWorkersCount().catch(() => 1);
    }
    if (now - this.dataAt > dataMilliseconds) {
      this.dataAt = now;
      await this.exchange.data.keep().catch(() => undefined);
    }
  }

  /** Two looks at the same trial follow each other. */
  private async look(key: string): Promise<void> {
    const watched = this.watched.get(key);
    if (watched === undefined || performance.now() < watched.pausedUntil) {
      return;
    }
    if (watched.isLookedAt) {
      watched.isWanted = true;
      return;
    }
    watched.isLookedAt = true;
    do {
      watched.isWanted = false;
      await this.lookOnce(key, watched);
    } while (watched.isWanted && this.watched.has(key));
    watched.isLookedAt = false;
  }

  private async lookOnce(key: string, watched: Watched): Promise<void> {
    try {
      if (await watched.trial.look(this.why)) {
        this.watched.delete(key);
      }
      watched.failures = 0;
      this.trouble = undefined;
      this.answeredAt = performance.now();
    } catch (error) {
      if (isOfRedis(error)) {
        this.trouble = error as Error;
      } else {
        await this.failed(key, watched, error as Error);
      }
    }
  }

  /** This machine could not read or write what the trial needs. */
  private async failed(key: string, watched: Watched, { message }: Error): Promise<void> {
    watched.failures += 1;
    if (watched.failures >= mostAttempts) {
      this.watched.delete(key);
      await watched.trial.abandon(`${message} (tried ${watched.failures} times)`);
      return;
    }
    watched.trial.tellRetry(message);
    watched.pausedUntil = performance.now() + lookMilliseconds * 2 ** (watched.failures - 1);
  }

  private tellNotice(): void {
    const notice = this.noticeNow();
    if (notice !== this.notice) {
      this.notice = notice;
      this.told.push({ type: "notice", text: notice });
    }
  }

  private noticeNow(): string | null {
    const isSilent = performance.now() - this.answeredAt > silentMilliseconds;
    const trouble = this.trouble ?? (isSilent && this.watched.size > 0 ? Object.assign(new Error("no answer"), { code: "ETIMEDOUT" }) : undefined);
    if (trouble !== undefined) {
      return `${troubleInWords(this.place, trouble)} The sweep waits for it.`;
    }
    return this.workers === 0 ? `No worker is connected to ${this.place.url}: start some with tritloom worker ${this.place.url}` : null;
  }
}

/** Not what a command said, but that it could not be given, or that the server is in no state for it. */
function isOfRedis(error: unknown): boolean {
  const { name, message } = error as Error;
  return name === "ReplyError" || name === "MaxRetriesPerRequestError" || /Connection is closed|Missing lock|locked/.test(message);
}
