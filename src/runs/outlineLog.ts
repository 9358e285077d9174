import { rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import type { ExperimentSpec } from "../experiment/spec.js";
import { readSmallFile } from "../files/regularFile.js";
import { temporaryBeside, withTemporary } from "../files/temporary.js";
import { EventLog } from "./eventLog.js";
import { Outline, outlineStateSchema } from "./outline.js";
import { runFiles } from "./runFiles.js";

/** A shorter log is read as quickly as what is kept of it. */
const longLog = 256 * 1024;
/** A log that was written so shortly ago may be written again within the resolution of its time. */
const settledMilliseconds = 2_000;
const mostBytes = 256 * 1024;

const keptSchema = z.object({ version: z.literal(1), log: z.object({ size: z.number(), mtime: z.number() }), outline: outlineStateSchema });

interface Stamp {
  readonly size: number;
  readonly mtime: number;
}

/**
 * The outline of a run's log. That of a long log that grows no more is kept in a file of the run, so that a list of a thousand runs need not
 * read gigabytes: it counts while size and time of the log are those that it was made of, and may be deleted.
 */
export class OutlineLog {
  private readonly log: EventLog<Outline>;
  private readonly file: string;
  private readonly keptFile: string;
  private restored: Outline | undefined;

  constructor(
    dir: string,
    private readonly spec: ExperimentSpec,
  ) {
    this.file = path.join(dir, runFiles.events);
    this.keptFile = path.join(dir, runFiles.outline);
    this.log = new EventLog(this.file, () => new Outline(spec));
  }

  /** What the last `read` gave. */
  get present(): Outline {
    return this.restored ?? this.log.present;
  }

  /**
   * @param grows whether its owner lives
   * @throws as `EventLog.read`
   */
  async read(grows: boolean): Promise<Outline> {
    const stamp = grows ? undefined : await this.settledStamp();
    this.restored = stamp && (await this.kept(stamp));
    if (this.restored === undefined) {
      await this.log.read();
      await (stamp && this.keep(stamp));
    }
    return this.present;
  }

  /** Undefined for a log that is short, may still be written, or is not there. */
  private async settledStamp(): Promise<Stamp | undefined> {
    const found = await stat(this.file).catch(() => undefined);
    if (found === undefined || found.size < longLog || Date.now() - found.mtimeMs < settledMilliseconds) {
      return undefined;
    }
    return { size: found.size, mtime: found.mtimeMs };
  }

  private async kept({ size, mtime }: Stamp): Promise<Outline | undefined> {
    try {
      const { log, outline } = keptSchema.parse(JSON.parse(await readSmallFile(this.keptFile, mostBytes)));
      return log.size === size && log.mtime === mtime ? Outline.restored(this.spec, outline) : undefined;
    } catch {
      // The log itself says what it says, whatever is wrong with this file.
      return undefined;
    }
  }

  /** Not synced to the disk, and not told where it fails: a folder that is read only has runs to list as well. */
  private async keep(log: Stamp): Promise<void> {
    const content = JSON.stringify({ version: 1, log, outline: this.log.present.state });
    const temporary = await temporaryBeside(this.keptFile);
    await withTemporary(temporary, async () => {
      try {
        await writeFile(temporary, content, { flag: "wx" });
        await rename(temporary, this.keptFile);
      } catch {
        await rm(temporary, { force: true }).catch(() => undefined);
      }
    });
  }
}
