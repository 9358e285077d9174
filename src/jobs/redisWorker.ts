import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Job, UnrecoverableError, WaitingError, Worker } from "bullmq";
import { loadText } from "../data/corpus.js";
import { loadSequences } from "../data/sequenceCorpus.js";
import { writeFileAtomically } from "../files/atomicFile.js";
import { fileDigest } from "../files/fileDigest.js";
import { inTemporaryFolder } from "../files/temporary.js";
import { interruptReasonOf, TrainingInterruption } from "../runs/interruption.js";
import { ProcessPool } from "../sweeps/processPool.js";
import { connectRedis, disconnectRedis, troubleInWords } from "../sweeps/redis/connect.js";
import { LargeFileError, Mailbox } from "../sweeps/redis/mailbox.js";
import type { RedisPlace } from "../sweeps/redis/place.js";
import { type Answer, checkedJob, keptSeconds, keys, mostLost, queueName, RefusedJobError, sourceOf, type WireJob } from "../sweeps/redis/wire.js";
import type { WorkerProgram } from "../sweeps/workerProcess.js";
import { cellFunctionsOf } from "./dataOnly.js";
import { RedisAttempt, type Workplace } from "./redisAttempt.js";

/** A worker that says nothing for so long is taken for dead, and its trials are given to others. */
const lockMilliseconds = 30_000;
const checkpointMilliseconds = 30_000;
const idleLookMilliseconds = 200;
/** Time for all processes to write their checkpoints, and to send them. */
const endMilliseconds = 40_000;
const awayMilliseconds = 5000;

export interface WorkerSettings extends WorkerProgram {
  readonly place: RedisPlace;
  /** Trials that are trained at the same time, each in a process of its own. */
  readonly workers: number;
  /** Ends when there was nothing to do for so long; undefined: never. */
  readonly idleSeconds: number | undefined;
  readonly signal: AbortSignal;
  tell(line: string): void;
  readonly lockMilliseconds?: number;
  readonly checkpointMilliseconds?: number;
}

/**
 * Takes trials of sweeps from a Redis, and trains them in processes of their own, until `signal` aborts; what is under way then goes back with
 * a checkpoint. This process only supervises, so that its word that it lives is never late. It runs specs, which are data: a job that is
 * anything else is refused.
 * @returns the number of trials trained
 * @throws RedisError where there is no server, or it lets nobody in
 */
export async function serveTrials(settings: WorkerSettings): Promise<number> {
  const redis = await connectRedis(settings.place);
  try {
    return await inTemporaryFolder("worker", async (folder) => {
      const mailbox = new Mailbox(redis);
      const pool = new ProcessPool(settings);
      const data = new WorkerData(mailbox, folder);
      const workplace: Workplace = {
        redis,
        mailbox,
        pool,
        folder,
        checkpointMilliseconds: settings.checkpointMilliseconds ?? checkpointMilliseconds,
        dataFile: (digest, spec) => data.file(digest, spec),
      };
      const server = new TrialServer(settings, workplace, data);
      try {
        return await server.serve();
      } finally {
        await pool.close();
      }
    });
  } finally {
    disconnectRedis(redis);
  }
}

class TrialServer {
  private readonly attempts = new Map<string, RedisAttempt>();
  private readonly worker: Worker<unknown, Answer>;
  private trained = 0;
  private busyAt = performance.now();
  private isAway = false;

  constructor(
    private readonly settings: WorkerSettings,
    private readonly workplace: Workplace,
    private readonly data: WorkerData,
  ) {
    const lock = settings.lockMilliseconds ?? lockMilliseconds;
    const { redis } = workplace;
    this.worker = new Worker<unknown, Answer>(queueName, (job) => this.take(job), {
      connection: redis,
      concurrency: settings.workers,
      lockDuration: lock,
      stalledInterval: lock / 2,
      maxStalledCount: mostLost,
      runRetryDelay: 1000,
      autorun: false,
    });
    // What it says of connections is told once, by the connection itself, and a lock that is lost by the next event.
    this.worker.on("error", () => {});
    this.worker.on("lockRenewalFailed", (ids) => ids.forEach((id) => this.attempts.get(id)?.end("lost", new TrainingInterruption("stopped"))));
    redis.on("error", (error: Error) => this.away(error));
    redis.on("ready", () => {
      this.isAway = false;
      settings.tell(`The Redis ${settings.place.url} is back.`);
    });
  }

  async serve(): Promise<number> {
    const { settings, worker } = this;
    settings.tell(`Trains trials of ${settings.place.url}, ${settings.workers} at a time.`);
    const running = worker.run();
    running.catch((error: Error) => this.away(error));
    await this.untilToldToEnd();
    const why = settings.signal.aborted ? interruptReasonOf(settings.signal) : "stopped";
    this.attempts.forEach((attempt) => attempt.end("worker", new TrainingInterruption(why)));
    // A server that is away keeps nobody from ending: what was under way is then given to another worker, as after a crash.
    const limit = this.workplace.redis.status === "ready" ? endMilliseconds : awayMilliseconds;
    await Promise.race([worker.close(), sleep(limit, undefined, { ref: false })]);
    disconnectRedis(this.workplace.redis);
    return this.trained;
  }

  private async untilToldToEnd(): Promise<void> {
    const { signal, idleSeconds = Infinity } = this.settings;
    while (!signal.aborted && performance.now() - this.busyAt < idleSeconds * 1000) {
      await sleep(idleLookMilliseconds, undefined, { signal }).catch(() => undefined);
      if (this.attempts.size > 0) {
        this.busyAt = performance.now();
      }
    }
  }

  private async take(job: Job): Promise<Answer> {
    const { tell } = this.settings;
    const id = job.id ?? "";
    let attempt: RedisAttempt | undefined;
    try {
      const trial = accepted(id, job.data);
      attempt = new RedisAttempt(this.workplace, id, trial);
      this.attempts.set(id, attempt);
      await this.data.found(trial.spec);
      const answer = await attempt.run(job);
      if (answer === undefined) {
        await job.moveToWait(job.token);
        throw new WaitingError();
      }
      this.told(trial, answer);
      return answer;
    } catch (error) {
      if (!(error instanceof WaitingError)) {
        tell(`${id.slice(0, 60)}: ${(error as Error).message}`);
      }
      // Nothing else is tried again by itself: what is wrong with the trial is a result.
      throw error instanceof RefusedJobError || error instanceof LargeFileError ? new UnrecoverableError(error.message) : error;
    } finally {
      if (this.attempts.get(id) === attempt) {
        this.attempts.delete(id);
      }
      this.busyAt = performance.now();
    }
  }

  private told({ trial, steps, spec }: WireJob, answer: Answer): void {
    if (answer.type === "trained") {
      this.trained += 1;
      const { result } = answer;
      this.settings.tell(`${trial}@${steps} ${spec.name}: ${result.outcome === "value" ? result.value : result.message}`);
    }
  }

  private away(error: Error): void {
    if (!this.isAway && !this.settings.signal.aborted) {
      this.isAway = true;
      this.settings.tell(`${troubleInWords(this.settings.place, error)} Trainings go on, and the worker tries again.`);
    }
  }
}

/** @throws RefusedJobError */
function accepted(id: string, data: unknown): WireJob {
  const job = checkedJob(id, data);
  const functions = cellFunctionsOf(job.spec);
  if (functions.length > 0) {
    throw new RefusedJobError(`The job has ${functions.join(" and ")} of a cell, which no worker has.`);
  }
  return job;
}

/** Data of trials on this machine. */
class WorkerData {
  private readonly files = new Map<string, Promise<string>>();
  private readonly sets = new Map<string, Promise<unknown>>();

  constructor(
    private readonly mailbox: Mailbox,
    private readonly folder: string,
  ) {}

  /** @throws Error where it is not in Redis */
  file(digest: string, spec: WireJob["spec"]): Promise<string> {
    return once(this.files, digest, async () => {
      const content = await this.mailbox.get(keys.data(digest));
      if (content === undefined || fileDigest(content).sha256 !== digest) {
        throw new Error(`The data "${sourceOf(spec).name}" (SHA-256 ${digest}) is not in Redis, which keeps it for ${keptSeconds / 3600} hours.`);
      }
      const file = path.join(this.folder, `${digest}.${sourceOf(spec).isText ? "txt" : "safetensors"}`);
      await writeFileAtomically(file, content);
      return file;
    });
  }

  /** Sees to it that a data set that is known by its name is on this machine; its checksum is looked at by who trains. @throws DatasetError */
  async found(spec: WireJob["spec"]): Promise<void> {
    const { name, kind, isText } = sourceOf(spec);
    if (kind === "dataset") {
      await once(this.sets, name, async () => void (isText ? await loadText(name) : await loadSequences(name)));
    }
  }
}

/** Calls that come meanwhile get the same; after a failure the next call tries again. */
function once<T>(known: Map<string, Promise<T>>, name: string, work: () => Promise<T>): Promise<T> {
  const found = known.get(name) ?? work();
  known.set(name, found);
  found.catch(() => known.delete(name));
  return found;
}
