import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { runOwnerSchema, type RunOwner } from "./contract.js";
import { readSmallFile } from "./regularFile.js";
import { runFiles } from "./runFiles.js";

/** How often an owner touches its file, and how old the touch may be where nothing better tells whether it lives. */
export const heartbeatMilliseconds = 5_000;
const freshMilliseconds = 30_000;
/** An owner file that is being written is not yet whole; for so long that is taken for a sign of life. */
const halfWrittenMilliseconds = 2_000;

const noStartTime = "unknown";

/** An owner file has three short fields. */
const mostBytes = 64 * 1024;

/** This process as the owner of a run. */
async function thisOwner(): Promise<RunOwner> {
  const startedAt = (await startTime(process.pid)) ?? noStartTime;
  return { pid: process.pid, startedAt, host: hostname() };
}

/**
 * Whether the process that writes a run lives, from evidence: on this host its process id and start time, elsewhere
 * (a shared folder) or where start times cannot be had the age of its last heartbeat.
 */
export async function ownerLives(dir: string): Promise<boolean> {
  const file = path.join(dir, runFiles.owner);
  const touched = await stat(file).then(({ mtimeMs }) => mtimeMs, () => undefined);
  if (touched === undefined) {
    return false;
  }
  const age = Date.now() - touched;
  const owner = await readOwner(dir);
  if (owner === undefined) {
    return age < halfWrittenMilliseconds;
  }
  if (owner.host !== hostname()) {
    return age < freshMilliseconds;
  }
  if (!processExists(owner.pid)) {
    return false;
  }
  const started = owner.startedAt === noStartTime ? undefined : await startTime(owner.pid);
  return started === undefined ? processExists(owner.pid) && age < freshMilliseconds : started === owner.startedAt;
}

/** The owner named in a run's directory, or undefined when there is none or the file is not whole. */
export async function readOwner(dir: string): Promise<RunOwner | undefined> {
  try {
    const parsed = runOwnerSchema.safeParse(JSON.parse(await readSmallFile(path.join(dir, runFiles.owner), mostBytes)));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes this process the owner of a run's directory; the owner file of a dead process is replaced.
 * @returns false when another process owns it and lives
 */
export async function claimOwnership(dir: string): Promise<boolean> {
  const file = path.join(dir, runFiles.owner);
  const content = JSON.stringify(await thisOwner());
  if (await writeNew(file, content)) {
    return true;
  }
  if (await ownerLives(dir)) {
    return false;
  }
  // Whoever renames the dead owner's file first may write the new one.
  const dead = path.join(dir, `.${runFiles.owner}.${randomUUID()}.tmp`);
  const mine = await rename(file, dead).then(() => true, () => false);
  await rm(dead, { force: true });
  return mine && (await writeNew(file, content));
}

/** Gives a run's directory up; to be called by its owner alone. */
export function releaseOwnership(dir: string): Promise<void> {
  return rm(path.join(dir, runFiles.owner), { force: true });
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

/** Touches the owner file now and then until the returned function is called; keeps no process alive. */
export function startHeartbeat(dir: string): () => void {
  const file = path.join(dir, runFiles.owner);
  const beat = () => {
    const now = new Date();
    // A missed beat (the folder was deleted, the disk is away) is told by the next write of the run itself.
    utimes(file, now, now).catch(() => undefined);
  };
  const timer = setInterval(beat, heartbeatMilliseconds);
  timer.unref();
  return () => clearInterval(timer);
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Distinguishes a process from a later one with the same id; undefined where the platform does not tell. */
async function startTime(pid: number): Promise<string | undefined> {
  switch (process.platform) {
    case "linux":
      return linuxStartTime(pid);
    case "win32":
      return undefined;
    default:
      return posixStartTime(pid);
  }
}

/** Field 22 of proc_pid_stat(5), ticks since boot, with the boot's id; "dead" for a process that only waits to be reaped. */
async function linuxStartTime(pid: number): Promise<string | undefined> {
  try {
    const bootId = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
    const line = await readFile(`/proc/${pid}/stat`, "utf8");
    // The name (field 2) may hold spaces and parentheses; state is field 3.
    const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? "dead" : `${bootId}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

async function posixStartTime(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)("ps", ["-o", "lstart=", "-p", String(pid)]);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
