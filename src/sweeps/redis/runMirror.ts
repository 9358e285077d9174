import { appendFile, readFile } from "node:fs/promises";
import path from "node:path";
import { writeFileAtomically, writeNewFileAtomically } from "../../files/atomicFile.js";
import { runResultSchema } from "../../runs/contract.js";
import { claimRun } from "../../runs/enterRun.js";
import { releaseOwnership, startHeartbeat } from "../../runs/owner.js";
import { readRun } from "../../runs/readRun.js";
import { runFiles } from "../../runs/runFiles.js";
import { watchStopRequests } from "../../runs/stopRequest.js";
import type { TrialJob } from "../engine.js";
import { trialId } from "../trialId.js";
import type { Mailbox } from "./mailbox.js";
import { keys, type SentFile } from "./wire.js";

/** What a worker sent is not all there any more, or damaged. */
export class LostFilesError extends Error {
  override readonly name = "LostFiles";
}

const names: Readonly<Record<SentFile, string>> = { checkpoint: runFiles.checkpoint, model: runFiles.model, result: runFiles.result };

/** The run directory of a trial that trains elsewhere: this process owns it, and it follows the latest try. */
export class RunMirror {
  private token: string | undefined;
  private readBytes = 0;
  /** Somebody asked its owner, which is this process, to stop the run. */
  isStopAsked = false;
  private readonly stopWatching: () => void;

  private constructor(
    private readonly job: TrialJob,
    /** The job's name in Redis. */
    private readonly id: string,
    private readonly mailbox: Mailbox,
    private readonly stopHeartbeat: () => void,
  ) {
    this.stopWatching = watchStopRequests(job.dir, () => {
      this.isStopAsked = true;
    });
  }

  /**
   * Makes the run where it is not there, and becomes its owner.
   * @throws OwnedRunError while another process writes it; Error for the run of another trial; the file system's error
   */
  static async open(job: TrialJob, id: string, mailbox: Mailbox): Promise<RunMirror> {
    const { dir, spec, dataFile, trial } = job;
    await claimRun(dir, spec, dataFile ?? undefined);
    const mirror = new RunMirror(job, id, mailbox, startHeartbeat(dir, () => {}));
    try {
      if (trialId((await readRun(dir)).spec) !== trial) {
        throw new Error(`The run ${dir} is not that of its trial: delete it, and the sweep trains the trial anew.`);
      }
    } catch (error) {
      await mirror.close();
      throw error;
    }
    return mirror;
  }

  /** Takes the events that came since, of the try that is under way. */
  async follow(token: string): Promise<void> {
    const from = token === this.token ? this.readBytes : 0;
    const bytes = await this.mailbox.read(keys.events(this.id, token), from);
    const whole = bytes.subarray(0, bytes.lastIndexOf("\n") + 1);
    if (whole.length === 0) {
      return;
    }
    const file = this.fileOf(runFiles.events);
    await (token === this.token ? appendFile(file, whole) : writeFileAtomically(file, whole));
    this.token = token;
    this.readBytes = from + whole.length;
  }

  /** Takes the checkpoint that a try sent on its way, if there is one. */
  async takeCheckpoint(token: string): Promise<void> {
    const checkpoint = await this.mailbox.get(keys.file(this.id, token, "checkpoint"));
    if (checkpoint !== undefined) {
      // The events that lead to it come first.
      await this.follow(token);
      await writeFileAtomically(this.fileOf(runFiles.checkpoint), checkpoint);
    }
  }

  /**
   * Takes all that a try has sent, the result last.
   * @throws LostFilesError
   */
  async take(token: string, files: readonly SentFile[]): Promise<void> {
    const [events, ...contents] = await Promise.all([
      this.mailbox.read(keys.events(this.id, token), 0),
      ...files.map((file) => this.mailbox.get(keys.file(this.id, token, file))),
    ]);
    if (contents.includes(undefined) || (files.length > 0 && events.length === 0)) {
      throw new LostFilesError("What a worker sent of the trial is no longer in Redis.");
    }
    if (events.length > 0) {
      await writeFileAtomically(this.fileOf(runFiles.events), events);
    }
    const byFile = new Map(files.map((file, index) => [file, contents[index]!]));
    for (const file of ["checkpoint", "model"] as const) {
      const content = byFile.get(file);
      if (content !== undefined) {
        await writeFileAtomically(this.fileOf(names[file]), content);
      }
    }
    const result = byFile.get("result");
    if (result !== undefined) {
      await writeNewFileAtomically(this.fileOf(names.result), checkedResult(result));
    }
  }

  /** Gives the run up. */
  async close(): Promise<void> {
    this.stopHeartbeat();
    this.stopWatching();
    await releaseOwnership(this.job.dir);
  }

  private fileOf(name: string): string {
    return path.join(this.job.dir, name);
  }
}

/** @throws LostFilesError for what is no result */
function checkedResult(content: Buffer): string {
  try {
    return `${JSON.stringify(runResultSchema.parse(JSON.parse(content.toString())), null, 2)}\n`;
  } catch (error) {
    throw new LostFilesError("What a worker sent as the result of the trial is none.", { cause: error });
  }
}

/** What a worker goes on from; undefined for a run that has no checkpoint. */
export async function startOf(dir: string): Promise<{ readonly checkpoint: Buffer; readonly events: Buffer } | undefined> {
  const [checkpoint, events] = await Promise.all([runFiles.checkpoint, runFiles.events].map((name) => readFile(path.join(dir, name)).catch(() => undefined)));
  return checkpoint === undefined || events === undefined ? undefined : { checkpoint, events };
}
