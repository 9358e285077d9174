import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { promisify } from "node:util";

/** Process ids are used again, so a process is told apart by the time at which it started, as its platform tells it. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
}

/** On platforms that do not tell when a process started. */
export const noStartTime = "unknown";

let own: Promise<ProcessIdentity> | undefined;

/** The identity of this process. */
export function thisProcess(): Promise<ProcessIdentity> {
  own ??= processIdentity(process.pid);
  return own;
}

/** The identity of a living process of this machine. */
export async function processIdentity(pid: number): Promise<ProcessIdentity> {
  return { pid, startedAt: (await startTime(pid)) ?? noStartTime };
}

/** Whether a process of this machine lives; undefined where one with its id does, and nobody can tell whether it is the same. */
export async function processLives({ pid, startedAt }: ProcessIdentity): Promise<boolean | undefined> {
  if (!processExists(pid)) {
    return false;
  }
  const started = startedAt === noStartTime ? undefined : await startTime(pid);
  if (started === undefined) {
    return processExists(pid) ? undefined : false;
  }
  return started === startedAt;
}

/** The identity as part of a file's name, with this machine's: "4711-1a2b3c4d-5e6f7a8b". */
export function identityInName({ pid, startedAt }: ProcessIdentity): string {
  return `${pid}-${shortHash(startedAt)}-${shortHash(hostname())}`;
}

/** Whether the process that such a part of a name tells of is one of this machine, and gone. */
export async function isGone(identity: string): Promise<boolean> {
  const [pid, start, host] = identity.split("-");
  if (host !== shortHash(hostname())) {
    return false;
  }
  if (!processExists(Number(pid))) {
    return true;
  }
  const started = start === shortHash(noStartTime) ? undefined : await startTime(Number(pid));
  return started !== undefined && shortHash(started) !== start;
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Undefined where the platform does not tell, and for a process that is gone. */
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
