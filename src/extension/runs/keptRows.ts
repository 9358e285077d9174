import { readdir } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { version } from "../../../package.json";
import { readSmallFile } from "../../files/regularFile.js";
import { isSettled, keepFile, stampOf } from "../../runs/keptFile.js";
import { marksFile } from "../../runs/marksPlace.js";
import { runFiles } from "../../runs/runFiles.js";
import { runSummarySchema } from "../../runs/runViews.js";
import type { ListedRun } from "./runList.js";

/** A shorter list is read as quickly as what is kept of it. */
const longList = 50;
const mostBytes = 64 * 1024 * 1024;
const writeMilliseconds = 1_000;
const fileName = ".index.json";

/** All files that a row tells of. */
const tellingFiles = [runFiles.spec, runFiles.owner, runFiles.events, runFiles.model, runFiles.result, runFiles.verified, runFiles.imported];

const rowSchema = z.object({
  summary: runSummarySchema,
  startedAt: z.number(),
  owner: z.number().optional(),
  isExportable: z.boolean(),
  events: z.number(),
  verification: z.string().optional(),
});
const entrySchema = z.object({ stamps: z.string(), row: rowSchema });
const fileSchema = z.object({ version: z.literal(version), entries: z.record(z.string(), z.unknown()) });

export interface FoundRow {
  /** Without the curves, and in the colour that it had then. */
  readonly row?: ListedRun;
  /** The present states of all files that a row tells of; undefined where one of them may still be written. */
  readonly stamps: string | undefined;
}

/**
 * Rows of runs at rest, kept in one file of each long folder of runs, so that a thousand are listed without opening a file of each. A row
 * counts while all files that it tells of are in the states that it was made of. Of several windows that write the file, one's rows stay;
 * the others' runs are read again.
 */
export class KeptRows {
  private readonly folders = new Map<string, KeptFolder>();

  async find(dir: string): Promise<FoundRow> {
    const [stamps, entries] = await Promise.all([stampsOf(dir), this.folderOf(dir).entries()]);
    const entry = entrySchema.safeParse(entries.get(path.basename(dir)));
    if (stamps === undefined || entry.data?.stamps !== stamps) {
      return { stamps };
    }
    const { row } = entry.data;
    // Held once, by the list and here.
    entries.set(path.basename(dir), entry.data);
    // The folder may have another name by now.
    return { stamps, row: { ...row, dir, owner: row.owner, summary: { ...row.summary, dir } } };
  }

  /** @param stamps before the run was read */
  keep({ dir, ...run }: ListedRun, stamps: string | undefined): void {
    const row = rowSchema.safeParse(run);
    if (stamps !== undefined && row.success && row.data.summary.state !== "running" && run.problem === undefined) {
      this.folderOf(dir).keep(path.basename(dir), { stamps, row: row.data });
    }
  }

  private folderOf(dir: string): KeptFolder {
    const place = path.dirname(dir);
    const folder = this.folders.get(place) ?? new KeptFolder(place);
    this.folders.set(place, folder);
    return folder;
  }
}

class KeptFolder {
  private readonly file: string;
  private reading: Promise<Map<string, unknown>> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(folder: string) {
    this.file = path.join(folder, fileName);
  }

  entries(): Promise<Map<string, unknown>> {
    this.reading ??= this.read();
    return this.reading;
  }

  keep(name: string, entry: z.infer<typeof entrySchema>): void {
    void this.entries().then((entries) => entries.set(name, entry));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.write(), writeMilliseconds).unref();
  }

  private async read(): Promise<Map<string, unknown>> {
    try {
      const { entries } = fileSchema.parse(JSON.parse(await readSmallFile(this.file, mostBytes)));
      return new Map(Object.entries(entries));
    } catch {
      // The runs themselves say what they say, whatever is wrong with this file.
      return new Map();
    }
  }

  /** Rows of runs that went are left out. */
  private async write(): Promise<void> {
    const entries = await this.entries();
    for (const name of entries.keys()) {
      if ((await stampsOf(path.join(path.dirname(this.file), name))) === undefined) {
        entries.delete(name);
      }
    }
    if (entries.size >= longList) {
      await keepFile(this.file, JSON.stringify({ version, entries: Object.fromEntries(entries) }));
    }
  }
}

/** Undefined where no such file is there, or one of them may still be written. */
async function stampsOf(dir: string): Promise<string | undefined> {
  // To ask for the files that are not there takes most of the time.
  const names = new Set(await readdir(dir).catch(() => []));
  const isThere = tellingFiles.some((name) => names.has(name));
  if (!isThere) {
    return undefined;
  }
  const ofFiles = tellingFiles.map((name) => (names.has(name) ? stampOf(path.join(dir, name)) : undefined));
  const stamps = await Promise.all([...ofFiles, stampOf(marksFile(dir))]);
  if (stamps.some((stamp) => stamp !== undefined && !isSettled(stamp))) {
    return undefined;
  }
  return stamps.map((stamp) => (stamp === undefined ? "-" : `${stamp.size}:${stamp.mtime}:${stamp.ctime}:${stamp.inode}`)).join(" ");
}
