import { createHash, randomUUID } from "node:crypto";
import { link, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { runOwnerSchema, type RunOwner } from "./contract.js";
import { processLives, thisProcess } from "../files/processIdentity.js";
import { IrregularFileError, readSmallFile } from "../files/regularFile.js";
import { runFiles } from "./runFiles.js";
import { temporaryBeside, withTemporary } from "../files/temporary.js";

/** How often an owner touches its file, and how old the touch may be where nothing better tells whether it lives. */
export const heartbeatMilliseconds = 5_000;
const freshMilliseconds = 30_000;
/** A file that is no owner's may be one that is being written, where links cannot make it appear whole: for so long it counts as life. */
const halfWrittenMilliseconds = 2_000;

/** What this process has written into the owner files of the runs that it owns, by their directories. */
const owned = new Map<string, string>();

/** An owner file has four short fields. */
const mostBytes = 64 * 1024;

/** A process named in a file, of the owner or of one that wants to succeed a dead owner. */
interface Holder {
  /** A digest of the file's bytes, which hold a token: no two claims have the same. */
  readonly identity: string;
  readonly lives: boolean;
}

/**
 * Whether the process that writes a run lives, from evidence: on this host its process id and start time, elsewhere
 * (a shared folder) or where start times cannot be had the age of its last heartbeat.
 */
export async function ownerLives(dir: string): Promise<boolean> {
  const holder = await holderOf(ownerFile(dir)).catch(noOwner);
  return holder?.lives ?? false;
}

/** The owner named in a run's directory, or undefined when there is none or the file is not whole. */
export async function readOwner(dir: string): Promise<RunOwner | undefined> {
  const text = await ownerText(dir);
  return text === undefined ? undefined : parseOwner(text);
}

/**
 * Makes this process the owner of a run's directory; the owner file of a dead process is replaced.
 *
 * Of any number of processes that find the same dead owner, one succeeds it: the one that first makes the file of its
 * succession, which names that owner. A successor that dies in the middle is succeeded in the same way, so that the files
 * form a chain, whose last holder alone may replace the owner file, if that still is the dead owner's.
 * @returns false when another process owns it and lives, or has just become its owner
 */
export async function claimOwnership(dir: string): Promise<boolean> {
  const owner: RunOwner = { ...(await thisProcess()), host: hostname(), token: randomUUID() };
  const content = JSON.stringify(owner);
  const isMine = (await makeWhole(ownerFile(dir), content)) || (await succeed(dir, content));
  if (isMine) {
    owned.set(path.resolve(dir), content);
  }
  return isMine;
}

/** The bytes of the owner file, which no other claim has; undefined where there is none. */
export function ownerText(dir: string): Promise<string | undefined> {
  return readSmallFile(ownerFile(dir), mostBytes).catch(() => undefined);
}

/** Gives a run's directory up. Does nothing where another process has succeeded this one. */
export async function releaseOwnership(dir: string): Promise<void> {
  if (await isStillOwned(dir)) {
    await rm(ownerFile(dir), { force: true });
  }
  owned.delete(path.resolve(dir));
}

/** Whether the owner file is the one that this process wrote: one that was suspended for long may have been succeeded. */
async function isStillOwned(dir: string): Promise<boolean> {
  const content = owned.get(path.resolve(dir));
  return content !== undefined && (await ownerText(dir)) === content;
}

async function succeed(dir: string, content: string): Promise<boolean> {
  const dead = await holderOf(ownerFile(dir));
  if (dead === undefined) {
    // Released between the two looks: whoever makes the new file first is its owner.
    return makeWhole(ownerFile(dir), content);
  }
  const succession = dead.lives ? undefined : await joinSuccession(dir, dead, content);
  if (succession === undefined) {
    return false;
  }
  try {
    const now = await holderOf(ownerFile(dir));
    if (now?.identity !== dead.identity || now.lives) {
      return false;
    }
    await withTemporaryFile(ownerFile(dir), content, (temporary) => rename(temporary, ownerFile(dir)));
    return true;
  } finally {
    // Last to first: the way to the end of the chain stays closed until it is no longer needed.
    for (const file of succession.toReversed()) {
      await rm(file, { force: true });
    }
  }
}

/**
 * Puts this process at the end of a dead owner's successors, all of which must be dead.
 * @returns the files of the chain, this process's last; undefined where somebody else lives who succeeds
 */
async function joinSuccession(dir: string, dead: Holder, content: string): Promise<string[] | undefined> {
  const files: string[] = [];
  for (let last = dead; ; ) {
    const file = path.join(dir, `.${runFiles.owner}.${last.identity}.successor`);
    files.push(file);
    if (await makeWhole(file, content)) {
      return files;
    }
    const holder = await holderOf(file);
    if (holder === undefined || holder.lives) {
      return undefined;
    }
    last = holder;
  }
}

async function holderOf(file: string): Promise<Holder | undefined> {
  try {
    const [{ mtimeMs }, text] = await Promise.all([stat(file), readSmallFile(file, mostBytes)]);
    const identity = createHash("sha256").update(text).digest("hex").slice(0, 32);
    return { identity, lives: await isAlive(parseOwner(text), Date.now() - mtimeMs) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}

/** A pipe, a folder or a device is nobody's owner file. */
function noOwner(error: unknown): undefined {
  if (!(error instanceof IrregularFileError)) {
    throw error;
  }
}

/** @param age milliseconds since the file was touched */
async function isAlive(owner: RunOwner | undefined, age: number): Promise<boolean> {
  if (owner === undefined) {
    return age < halfWrittenMilliseconds;
  }
  const lives = owner.host === hostname() ? await processLives(owner) : undefined;
  return lives ?? age < freshMilliseconds;
}

function parseOwner(text: string): RunOwner | undefined {
  try {
    return runOwnerSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/**
 * Makes a file appear with all its content, unless there is one of that name.
 * @returns whether this call made it
 */
async function makeWhole(file: string, content: string): Promise<boolean> {
  return withTemporaryFile(file, content, async (temporary) => {
    try {
      await link(temporary, file);
      return true;
    } catch (error) {
      // A file system without links: the name is exclusive all the same, but may be seen before its content.
      return (error as NodeJS.ErrnoException).code === "EEXIST" ? false : writeNew(file, content);
    }
  });
}

async function writeNew(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      return false;
    }
    throw error;
  }
}

async function withTemporaryFile<T>(file: string, content: string, work: (temporary: string) => Promise<T>): Promise<T> {
  const temporary = await temporaryBeside(file);
  return withTemporary(temporary, async () => {
    try {
      await writeFile(temporary, content, { flag: "wx" });
      return await work(temporary);
    } finally {
      await rm(temporary, { force: true });
    }
  });
}

function ownerFile(dir: string): string {
  return path.join(dir, runFiles.owner);
}

/**
 * Touches the owner file now and then until the returned function is called; keeps no process alive.
 * @param onLost called when another process has succeeded this one, which it took for dead
 */
export function startHeartbeat(dir: string, onLost: () => void): () => void {
  const file = ownerFile(dir);
  const beat = async (): Promise<void> => {
    const now = new Date();
    const found = await readFile(file, "utf8");
    if (found === owned.get(path.resolve(dir))) {
      await utimes(file, now, now);
    } else {
      onLost();
    }
  };
  // A missed beat (the folder was deleted, the disk is away) is told by the next write of the run itself.
  const timer = setInterval(() => void beat().catch(() => undefined), heartbeatMilliseconds);
  timer.unref();
  return () => clearInterval(timer);
}
