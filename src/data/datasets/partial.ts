import { randomUUID } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { makeFolder } from "../../files/makeFolder.js";

/**
 * A download that is not complete is a folder beside its target, `<target>.<owner>.part`, which holds the bytes so far
 * and where they come from. The owner in its name is the process that writes it, so no two processes ever write the
 * same bytes, and taking over what a dead process left is one atomic rename. An owner of `free` wrote until it failed.
 */
export interface PartialDownload {
  readonly folder: string;
  readonly bytes: string;
  readonly origin: string;
}

const machine = os.hostname().replace(/[^A-Za-z0-9-]/g, "_");
const ours = new Set<string>();

/** Takes over an abandoned partial download of the target, or begins a new one. */
export async function claimPartial(target: string): Promise<PartialDownload> {
  const folder = path.join(path.dirname(target), `${path.basename(target)}.${machine}~${process.pid}~${randomUUID()}.part`);
  ours.add(folder);
  for (const abandoned of await abandonedPartials(target)) {
    if (await rename(abandoned, folder).then(() => true, () => false)) {
      return partialIn(folder);
    }
  }
  await makeFolder(folder);
  return partialIn(folder);
}

/** Leaves a partial download to whoever asks for the target next. */
export async function releasePartial({ folder }: PartialDownload, target: string): Promise<void> {
  await rename(folder, path.join(path.dirname(target), `${path.basename(target)}.free~${randomUUID()}.part`));
  ours.delete(folder);
}

/** Removes what is left of a download that was not finished. */
export async function removePartial({ folder }: PartialDownload): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  ours.delete(folder);
}

function partialIn(folder: string): PartialDownload {
  return { folder, bytes: path.join(folder, "bytes"), origin: path.join(folder, "origin.json") };
}

async function abandonedPartials(target: string): Promise<string[]> {
  const parent = path.dirname(target);
  const prefix = `${path.basename(target)}.`;
  const names = await readdir(parent);
  return names
    .filter((name) => name.startsWith(prefix) && name.endsWith(".part"))
    .filter((name) => isAbandoned(name.slice(prefix.length), path.join(parent, name)))
    .map((name) => path.join(parent, name));
}

function isAbandoned(owner: string, folder: string): boolean {
  const [host, pid] = owner.split("~");
  if (host === "free") {
    return true;
  }
  if (host !== machine) {
    return false;
  }
  return Number(pid) === process.pid ? !ours.has(folder) : !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
