import { createHash } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import path from "node:path";
import type { ExperimentSpec } from "../experiment/spec.js";
import type { NamedTensors } from "../files/namedTensors.js";
import { syncFolder, writeFileAtomically, writeNewFileAtomically } from "../files/atomicFile.js";
import { type InterruptReason, runEventSchema, type RunEvent, type RunResult } from "./contract.js";
import { runFiles } from "./runFiles.js";
import { claimOwnership, releaseOwnership, startHeartbeat } from "./owner.js";
import { readCheckpoint } from "./readCheckpoint.js";
import { readRun, RunError } from "./readRun.js";
import { makeRunDirectory } from "./runDirectory.js";
import { encodeSafetensors, writeSafetensors } from "../files/safetensors.js";
import { steadyClock } from "./steadyClock.js";

/** Events wait so long for others before they are written and synced together. */
const batchMilliseconds = 250;

const urgent = new Set<RunEvent["type"]>(["checkpoint", "interrupted", "failed", "finished"]);

export interface NewRunOptions {
  /** The text of a run whose corpus was given in a cell; needed for such a run, and for no other. */
  readonly corpusText?: string;
  /** The same for labelled sequences. */
  readonly sequences?: NamedTensors;
  /** The model that ships of the spec's teacher; needed where it has one. */
  readonly teacher?: NamedTensors | undefined;
}

/**
 * Makes the directory of a new run and becomes its owner.
 * @param root folder of runs; made when missing
 * @throws TypeError when the data of an inline task is missing or another one; the file system's errors
 */
export async function createRun(root: string, spec: ExperimentSpec, options: NewRunOptions = {}): Promise<RunWriter> {
  checkInlineData(spec, options);
  const dir = await makeRunDirectory(path.resolve(root), spec.name);
  try {
    await claimOwnership(dir);
    if (options.corpusText !== undefined) {
      await writeFileAtomically(path.join(dir, runFiles.corpus), options.corpusText);
    }
    if (options.sequences !== undefined) {
      await writeSafetensors(path.join(dir, runFiles.data), options.sequences);
    }
    if (options.teacher !== undefined) {
      await writeSafetensors(path.join(dir, runFiles.teacher), options.teacher);
    }
    const writer = await RunWriter.open(dir);
    // Last: a directory with a spec is a run.
    await writeFileAtomically(path.join(dir, runFiles.spec), `${JSON.stringify(spec, null, 2)}\n`);
    await syncFolder(path.dirname(dir));
    return writer;
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Becomes the owner of an unfinished run, to write on where it stopped.
 * @throws RunError when it is no run, is finished, has no checkpoint or a log that is no file, or belongs to a process that lives
 */
export async function resumeRun(dir: string): Promise<RunWriter> {
  const { dir: absolute, result, logProblem } = await readRun(dir);
  if (result !== undefined) {
    throw new RunError(`The run ${absolute} is finished: start a new run to train longer.`);
  }
  if (logProblem?.kind === "unreadable") {
    throw new RunError(`The run ${absolute} cannot be resumed: ${logProblem.message}`);
  }
  if (!(await claimOwnership(absolute))) {
    throw new RunError(`The run ${absolute} is being written by a living process: stop that one first.`);
  }
  try {
    await readCheckpoint(absolute);
    // Weights that a cell chose while the run rested are not those of what is trained now.
    await rm(path.join(absolute, runFiles.model), { force: true });
    return await RunWriter.open(absolute);
  } catch (error) {
    await releaseOwnership(absolute);
    throw error;
  }
}

/**
 * Writes a run's directory; made by `createRun` and `resumeRun`. Events are written and synced in batches; the writes
 * happen in the order of the calls. After a write has failed every later call fails with the same error.
 */
export class RunWriter {
  private lines: string[] = [];
  private timer: NodeJS.Timeout | undefined;
  private queue: Promise<void> = Promise.resolve();
  private failure: Error | undefined;
  private isFailureTold = false;
  private isClosed = false;
  private readonly clock = steadyClock();
  private readonly stopHeartbeat: () => void;

  private constructor(
    readonly dir: string,
    private readonly log: FileHandle,
    /** A torn last line is ended, so that it spoils no later one. */
    private endsTornLine: boolean,
  ) {
    this.stopHeartbeat = startHeartbeat(dir, () => {
      this.failure ??= new RunError(`The run ${dir} is written by another process now, which took this one for dead.`);
    });
  }

  /** Opens a directory that this process owns. */
  static async open(dir: string): Promise<RunWriter> {
    const log = await open(path.join(dir, runFiles.events), "a+");
    const { size } = await log.stat();
    const { buffer } = await log.read(Buffer.from("\n"), 0, 1, Math.max(0, size - 1));
    return new RunWriter(dir, log, buffer.toString() !== "\n");
  }

  /**
   * Adds an event; it is on the disk within about 250 ms, a checkpoint, an interrupt and an end at once.
   * @throws TypeError for an event that could not be read back, such as one with a figure that is not finite;
   *   the error of an earlier write
   */
  append(event: RunEvent): void {
    this.tellFailure();
    if (this.isClosed) {
      throw new Error(`The run ${this.dir} is closed: resume it to write on.`);
    }
    const parsed = runEventSchema.safeParse(event);
    if (!parsed.success) {
      const { path: field, message } = parsed.error.issues[0]!;
      throw new TypeError(`The event "${event.type}" of ${this.dir} is not valid: ${field.join(".")}: ${message}`);
    }
    this.lines.push(`${JSON.stringify(parsed.data)}\n`);
    if (urgent.has(event.type)) {
      this.writeLines();
    } else {
      this.timer ??= setTimeout(() => this.writeLines(), batchMilliseconds);
    }
  }

  /** Resolves when all events so far are on the disk. */
  async flush(): Promise<void> {
    this.writeLines();
    await this.queue;
    this.tellFailure();
  }

  /** Replaces the checkpoint, then says so in the events. The tensors may change as soon as the call returns. */
  checkpoint(tensors: NamedTensors, step: number): Promise<void> {
    const bytes = encodeSafetensors(tensors);
    this.writeLines();
    this.enqueue(() => writeFileAtomically(path.join(this.dir, runFiles.checkpoint), bytes));
    this.append({ type: "checkpoint", time: this.now(), step });
    return this.done();
  }

  /** Replaces the deployed model. The tensors may change as soon as the call returns. */
  model(tensors: NamedTensors): Promise<void> {
    const bytes = encodeSafetensors(tensors);
    this.enqueue(() => writeFileAtomically(path.join(this.dir, runFiles.model), bytes));
    return this.done();
  }

  /**
   * Ends the run as finished, its result written last, and closes it. Where somebody else has finished it meanwhile, who took this process
   * for dead, that result stays.
   */
  async finish(result: RunResult): Promise<void> {
    this.append({ type: "finished", time: this.now(), step: result.steps });
    this.enqueue(async () => {
      await writeNewFileAtomically(path.join(this.dir, runFiles.result), `${JSON.stringify(result, null, 2)}\n`);
    });
    await this.flush();
    await this.close();
  }

  /** Ends the run as interrupted at a step that the checkpoint holds, and closes it. */
  async interrupted(step: number, reason: InterruptReason = "stopped"): Promise<void> {
    this.append({ type: "interrupted", time: this.now(), step, reason });
    await this.flush();
    await this.close();
  }

  /**
   * Ends the run as crashed, with the reason, and closes it. When the reason is that writing failed, the event may be
   * missing: the run reads as crashed without it.
   */
  async failed(step: number, message: string): Promise<void> {
    if (this.failure === undefined) {
      this.append({ type: "failed", time: this.now(), step, message });
    }
    this.isFailureTold = true;
    await this.close();
  }

  /**
   * Writes what waits and gives the run up; a second call does nothing.
   * @throws the error of a write that no earlier call has told
   */
  async close(): Promise<void> {
    if (this.isClosed) {
      return;
    }
    this.writeLines();
    this.isClosed = true;
    await this.queue;
    this.stopHeartbeat();
    await this.log.close();
    await releaseOwnership(this.dir);
    if (!this.isFailureTold) {
      this.tellFailure();
    }
  }

  private writeLines(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.lines.length === 0) {
      return;
    }
    const batch = (this.endsTornLine ? "\n" : "") + this.lines.join("");
    this.lines = [];
    this.endsTornLine = false;
    this.enqueue(async () => {
      await this.log.appendFile(batch);
      await this.log.datasync();
    });
  }

  private enqueue(write: () => Promise<void>): void {
    this.queue = this.queue.then(async () => {
      if (this.failure === undefined) {
        await write();
      }
    }).catch((error: Error) => {
      this.failure = new RunError(`The run ${this.dir} cannot be written: ${error.message}`, { cause: error });
    });
  }

  private done(): Promise<void> {
    const done = this.queue.then(() => this.tellFailure());
    // A caller that does not wait is told by its next call.
    done.catch(() => undefined);
    return done;
  }

  /** Seconds since the epoch. */
  private now(): number {
    return this.clock() / 1000;
  }

  private tellFailure(): void {
    if (this.failure !== undefined) {
      this.isFailureTold = true;
      throw this.failure;
    }
  }
}

function checkInlineData({ task }: ExperimentSpec, { corpusText: text, sequences }: NewRunOptions): void {
  const { name, source, sha256 } = task.kind === "classification" ? task.data : task.corpus;
  const given = task.kind === "classification" ? sequences : text;
  const [option, noun] = task.kind === "classification" ? ["sequences", "data"] : ["corpusText", "text"];
  if ((source.kind === "inline") !== (given !== undefined)) {
    throw new TypeError(`The ${noun} "${name}" is ${source.kind}: ${option} is for inline data, which needs it.`);
  }
  if (text !== undefined && createHash("sha256").update(text, "utf8").digest("hex") !== sha256) {
    throw new TypeError(`corpusText is not the text "${name}" of the spec: its SHA-256 is not ${sha256}.`);
  }
}
