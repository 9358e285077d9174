import path from "node:path";
import { readRegularFile } from "../files/regularFile.js";
import { EventLog } from "./eventLog.js";
import { isSameStamp, isSettled, keepFile, type Stamp, stampOf } from "./keptFile.js";
import type { Outline } from "./outline.js";
import { runFiles } from "./runFiles.js";

/** A shorter log is read as quickly as what is kept of it. */
const longLog = 256 * 1024;
const mostMebibytes = 4;

/** How a log is kept in a file. */
export interface LogForm<Log> {
  /** Name of the file in the run's directory. */
  readonly file: string;
  encode(log: Log, stamp: Stamp): string | Uint8Array;
  /** @returns undefined where the bytes are of another state of the log @throws Error for bytes that are none of these */
  decode(bytes: Uint8Array, stamp: Stamp): Log | undefined;
}

/** @returns what was kept in a file; undefined where the file is not there, or `decode` can make nothing of it */
export async function readKeptLog<Log>(file: string, decode: (bytes: Uint8Array) => Log | undefined): Promise<Log | undefined> {
  try {
    return decode(await readRegularFile(file, mostMebibytes));
  } catch {
    // The log itself says what it says, whatever is wrong with this file.
    return undefined;
  }
}

/**
 * What a run's log says. That of a long log that grows no more is kept in a file of the run, so that a thousand runs can be listed and
 * compared without reading gigabytes: it counts for one state of the log, and may be deleted.
 */
export class KeptLog<Log extends Outline> {
  private readonly log: EventLog<Log>;
  private readonly file: string;
  private readonly keptFile: string;
  private restored: { readonly log: Log; readonly stamp: Stamp } | undefined;
  /** The log itself was read: from then on only what is appended is. */
  private isRead = false;
  private kept: Stamp | undefined;

  constructor(dir: string, private readonly form: LogForm<Log>, make: () => Log) {
    this.file = path.join(dir, runFiles.events);
    this.keptFile = path.join(dir, form.file);
    this.log = new EventLog(this.file, make);
  }

  /** What the last `read` gave. */
  get present(): Log {
    return this.restored?.log ?? this.log.present;
  }

  /**
   * @param grows whether its owner lives
   * @returns the same object while the log does not change, or only grows
   * @throws as `EventLog.read`
   */
  async read(grows: boolean): Promise<Log> {
    const stamp = grows ? undefined : await this.settledStamp();
    this.restored = stamp && !this.isRead ? await this.restore(stamp) : undefined;
    if (this.restored === undefined) {
      await this.log.read();
      this.isRead = true;
      await (stamp && this.keep(stamp));
    }
    return this.present;
  }

  /** Undefined for a log that is short, may still be written, or is not there. */
  private async settledStamp(): Promise<Stamp | undefined> {
    const stamp = await stampOf(this.file);
    return stamp !== undefined && stamp.size >= longLog && isSettled(stamp) ? stamp : undefined;
  }

  private async restore(stamp: Stamp): Promise<KeptLog<Log>["restored"]> {
    if (this.restored && isSameStamp(this.restored.stamp, stamp)) {
      return this.restored;
    }
    const log = await readKeptLog(this.keptFile, (bytes) => this.form.decode(bytes, stamp));
    return log && { log, stamp };
  }

  private async keep(stamp: Stamp): Promise<void> {
    if (this.kept === undefined || !isSameStamp(this.kept, stamp)) {
      await keepFile(this.keptFile, this.form.encode(this.log.present, stamp));
      this.kept = stamp;
    }
  }
}
