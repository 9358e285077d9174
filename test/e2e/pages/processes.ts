import { spawnSync } from "node:child_process";

interface Process {
  readonly pid: number;
  readonly parent: number;
}

/** Processes of the machine that have not ended; one that nobody has collected yet has. */
function processes(): Process[] {
  const { stdout, error } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,stat="], { encoding: "utf8" });
  if (error) {
    throw new Error(`Processes cannot be listed: ${error.message}. Install ps (Debian package procps).`);
  }
  const rows = stdout.trim().split("\n").map((line) => line.trim().split(/\s+/));
  return rows.filter(([, , state]) => !state!.startsWith("Z")).map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }));
}

/** A process and all that it started, directly or not. */
export function familyOf(pid: number): ReadonlySet<number> {
  const all = processes();
  const family = new Set([pid]);
  for (const member of family) {
    all.filter(({ parent }) => parent === member).forEach((child) => family.add(child.pid));
  }
  return family;
}

/** Those of them that have not ended. */
export function living(family: ReadonlySet<number>): number[] {
  return processes().map(({ pid }) => pid).filter((pid) => family.has(pid));
}

/** The processes that run a program of a folder, by what their command lines hold. */
export function processesOf(folder: string, program: string): number[] {
  const { stdout } = spawnSync("ps", ["-A", "-ww", "-o", "pid=,stat=,args="], { encoding: "utf8" });
  const rows = stdout.trim().split("\n").map((line) => /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line)!);
  return rows.filter(([, , state, line]) => !state!.startsWith("Z") && line!.includes(folder) && line!.includes(program)).map(([, pid]) => Number(pid));
}

/** Ends a process at once, if it has not ended by itself. */
export function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
      throw error;
    }
  }
}
