import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** Resident bytes of processes together; null where the platform does not tell. */
export async function memoryOf(pids: readonly number[]): Promise<number | null> {
  const kilobytes = await Promise.all(pids.map((pid) => residentKilobytes(pid).catch(() => undefined)));
  const known = kilobytes.filter((each) => each !== undefined);
  return known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0) * 1024;
}

async function residentKilobytes(pid: number): Promise<number | undefined> {
  switch (process.platform) {
    case "win32":
      return undefined;
    case "linux":
      // VmRSS of proc_pid_status(5)
      return numberIn(/^VmRSS:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1]);
    default:
      return numberIn((await promisify(execFile)("ps", ["-o", "rss=", "-p", String(pid)])).stdout);
  }
}

function numberIn(text: string | undefined): number | undefined {
  const number = Number(text?.trim() || NaN);
  return Number.isFinite(number) ? number : undefined;
}
