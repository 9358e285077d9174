import { existsSync, renameSync, rmdirSync, rmSync, type Stats } from "node:fs";
import { mkdir, readdir, realpath, rename, rm, rmdir, stat } from "node:fs/promises";
import path from "node:path";
import { type NameOption, RefusedError } from "../text/optionError.js";
import { syncFolder, writeSynced } from "./atomicFile.js";
import { withLeftover } from "./leftovers.js";
import { makeFolder } from "./makeFolder.js";
import { abandonedBeside, removeAbandoned, temporaryBeside } from "./temporary.js";

/** The folder cannot be written there; the message says why and what to do. */
export class FolderExistsError extends RefusedError {
  override readonly name = "FolderExistsError";
}

/** Files of a folder that is not there yet. */
export interface NewFolder {
  /** Writes one file through to the disk. @param name may have folders before it, which are made */
  write(name: string, content: string | Uint8Array): Promise<void>;
}

export interface AtomicFolderOptions {
  /** Whether an existing folder that is not empty may be replaced. */
  readonly mayReplace: (folder: string) => Promise<boolean>;
  /** What the user should do about a folder that may not be replaced. */
  readonly remedy: (name: NameOption) => string;
}

/**
 * Makes a folder appear whole or not at all: its files are written and synced in a sibling folder that is then renamed.
 * On failure, also by a signal that ends the process, neither it nor parent folders made for it stay behind, and a folder to
 * be replaced is as it was. What a killed process left is put right by the next that writes there.
 * A replaced folder is absent for the instant between two renames.
 * @returns the folder, symbolic links resolved
 * @throws FolderExistsError, or the file system's error
 */
export async function writeFolder(
  folder: string,
  { mayReplace, remedy }: AtomicFolderOptions,
  fill: (target: NewFolder) => Promise<void>,
): Promise<string> {
  const target = await resolved(folder);
  await settleAbandoned(target);
  const checkReplaceable = async (): Promise<boolean> => {
    const entries = await existingEntries(target);
    if (entries.length > 0 && !(await mayReplace(target))) {
      throw new FolderExistsError((name) => `The folder already holds files (${firstOf(entries)}). ${remedy(name)}`);
    }
    return entries.length > 0;
  };
  await checkReplaceable();
  const parent = path.dirname(target);
  const firstMade = await makeFolder(parent);
  const partial = await temporaryBeside(target);
  await withLeftover(() => removeAtOnce(partial, target, firstMade), async () => {
    try {
      await mkdir(partial);
      await fill({ write: (name, content) => writeWithFolders(path.join(partial, name), content) });
      await syncFolder(partial);
      await (await checkReplaceable() ? swap(partial, target) : moveIntoPlace(partial, target));
      await syncFolder(parent);
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      removeMadeParents(parent, firstMade);
      throw error;
    }
  });
  return target;
}

async function writeWithFolders(file: string, content: string | Uint8Array): Promise<void> {
  await makeFolder(path.dirname(file));
  await writeSynced(file, content);
}

async function resolved(folder: string): Promise<string> {
  const absolute = path.resolve(folder);
  return (await statOf(absolute)) === undefined ? absolute : realpath(absolute);
}

async function existingEntries(folder: string): Promise<string[]> {
  const found = await statOf(folder);
  if (found === undefined) {
    return [];
  }
  if (!found.isDirectory()) {
    throw new FolderExistsError(() => "It is a file, not a folder. Choose another folder.");
  }
  return readdir(folder);
}

async function statOf(place: string): Promise<Stats | undefined> {
  try {
    return await stat(place);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}

function firstOf(entries: readonly string[]): string {
  const [first] = entries.toSorted();
  return entries.length > 1 ? `${first} and ${entries.length - 1} more` : first!;
}

/** An empty folder in the way goes first: only POSIX renames over it. One filled meanwhile makes this fail. */
async function moveIntoPlace(partial: string, target: string): Promise<void> {
  if ((await statOf(target)) !== undefined) {
    await rmdir(target);
  }
  await rename(partial, target);
}

async function swap(partial: string, target: string): Promise<void> {
  const previous = previousOf(partial);
  await rename(target, previous);
  try {
    await rename(partial, target);
  } catch (error) {
    await rename(previous, target);
    throw error;
  }
  await rm(previous, { recursive: true, force: true });
}

/** Removes the folders from `parent` up to the first that was made, as far as they are empty. */
function removeMadeParents(parent: string, firstMade: string | undefined): void {
  if (firstMade === undefined) {
    return;
  }
  try {
    for (let folder = parent; folder.length >= firstMade.length; folder = path.dirname(folder)) {
      rmdirSync(folder);
    }
  } catch {
    // Someone else put files there meanwhile: then it is theirs and stays.
  }
}

/** The place where a folder waits while another takes its own. */
function previousOf(partial: string): string {
  return partial.replace(/tmp$/, "previous");
}

/** Does the same at once, because the process ends now. */
function removeAtOnce(partial: string, target: string, firstMade: string | undefined): void {
  const previous = previousOf(partial);
  if (existsSync(previous) && !existsSync(target)) {
    renameSync(previous, target);
  }
  [partial, previous].forEach((folder) => rmSync(folder, { recursive: true, force: true }));
  removeMadeParents(path.dirname(target), firstMade);
}

/** Settles what processes left that were killed: one that had moved the folder away, but not yet its successor into its place, gets it back. */
async function settleAbandoned(target: string): Promise<void> {
  for (const previous of await abandonedBeside(target, "previous")) {
    await ((await statOf(target)) === undefined ? rename(previous, target) : rm(previous, { recursive: true, force: true }));
  }
  await removeAbandoned(target);
}
