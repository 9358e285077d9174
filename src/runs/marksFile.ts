import { mkdir, rename, rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { writeFileAtomically } from "../files/atomicFile.js";
import { IrregularFileError, readSmallFile } from "../files/regularFile.js";
import { changedMarks, type MarksChange, type RunMarks, runMarksSchema } from "./marks.js";
import { marksFile } from "./marksPlace.js";
import { claimOwnership, releaseOwnership } from "./owner.js";
import { RunError } from "./readRun.js";

/**
 * Marks lie beside the runs, in `.marks/NAME.json` for the run NAME: git merges what two people set on two runs without a conflict.
 * A run without marks has no file.
 */
const version = 1;
const mostBytes = 1024 * 1024;
const lockMilliseconds = 10_000;
const retryMilliseconds = 15;

/** What a newer version wrote beside these fields is kept. */
const fileSchema = z.looseObject({ version: z.literal(version), ...runMarksSchema.shape });

export interface MarksReading {
  /** Undefined where nothing is marked. */
  readonly marks?: RunMarks | undefined;
  /** Why the file cannot be used, and the remedy. */
  readonly problem?: string;
}

/** The marks of a run as its file tells them now. Never throws: a file that cannot be used is a problem to tell. */
export async function readMarks(dir: string): Promise<MarksReading> {
  const file = marksFile(dir);
  try {
    const content = await readContent(file);
    return content === undefined ? {} : { marks: marksOf(content) };
  } catch (error) {
    return { problem: `${file} is not used: ${(error as Error).message}. Repair it; the next change of the marks puts it aside.` };
  }
}

/**
 * Changes the marks of a run. Of changes by several windows and shells at once each counts; a file that cannot be used is renamed,
 * never overwritten.
 * @returns the marks now, and where a damaged file was put
 * @throws MarksError for a change that cannot be made; RunError where another process holds the marks; the file system's error
 */
export async function changeMarks(dir: string, change: MarksChange): Promise<{ readonly marks?: RunMarks | undefined; readonly putAside?: string }> {
  const file = marksFile(path.resolve(dir));
  changedMarks(undefined, change);
  return whileLocked(path.dirname(file), async () => {
    const before = await readContent(file).catch(() => "damaged" as const);
    if (before === "damaged") {
      const putAside = `${file}.damaged-${Date.now()}`;
      await rename(file, putAside);
      return { ...(await write(file, {}, change)), putAside };
    }
    return write(file, before ?? {}, change);
  });
}

type Content = Readonly<Record<string, unknown>>;

async function write(file: string, before: Content, change: MarksChange): Promise<{ readonly marks: RunMarks | undefined }> {
  const others = Object.entries(before).filter(([name]) => name !== "version" && !Object.hasOwn(runMarksSchema.shape, name));
  const marks = changedMarks(marksOf(before), change);
  const content = { ...marks, ...Object.fromEntries(others) };
  if (Object.keys(content).length === 0) {
    await rm(file, { force: true });
  } else {
    const sorted = Object.entries({ ...content, version }).toSorted(([one], [other]) => (one < other ? -1 : 1));
    await writeFileAtomically(file, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
  }
  return { marks };
}

function marksOf(content: Content): RunMarks | undefined {
  const marks = runMarksSchema.parse(content);
  return Object.keys(marks).length === 0 ? undefined : marks;
}

/** @returns undefined where there is no file */
async function readContent(file: string): Promise<Content | undefined> {
  let text: string;
  try {
    text = await readSmallFile(file, mostBytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error instanceof IrregularFileError ? new RunError("it is no regular file", { cause: error }) : error;
  }
  return parse(text);
}

function parse(text: string): Content {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new RunError(/^(<{7}|={7}|>{7})/m.test(text) ? "it has conflicts of a merge" : "it is not JSON");
  }
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) {
    const { path: place, message } = parsed.error.issues[0]!;
    throw new RunError(`${place.join(".") || "its value"}: ${message}`);
  }
  return parsed.data;
}

/** One process at a time reads and then writes; the lock of a process that died is taken over. */
async function whileLocked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const lock = path.join(folder, ".lock");
  const until = Date.now() + lockMilliseconds;
  while (!(await claim(lock))) {
    if (Date.now() > until) {
      throw new RunError(`Another process holds ${lock}: end it, or delete that folder.`);
    }
    await sleep(retryMilliseconds);
  }
  try {
    return await work();
  } finally {
    await releaseOwnership(lock);
    // Whoever waits may have claimed it by now, and removes it in its turn; the folder goes with the last file of marks.
    await rmdir(lock).then(() => rmdir(folder)).catch(() => undefined);
  }
}

async function claim(lock: string): Promise<boolean> {
  try {
    await mkdir(lock, { recursive: true });
    return await claimOwnership(lock);
  } catch (error) {
    // The one before removed the folders in between.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return false;
    }
    throw error;
  }
}
