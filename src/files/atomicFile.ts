import { link, open, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { removeAbandoned, temporaryBeside, withTemporary } from "./temporary.js";

/** Text, whole or piece by piece, or bytes. */
type FileContent = string | Uint8Array | Iterable<string> | AsyncIterable<string>;

/**
 * Replaces a file whole or not at all: writes a temporary file beside it, syncs it to the disk, renames it over the
 * old one and syncs the folder. On failure (a full disk, say) the old file is untouched and the temporary one removed;
 * those that dead processes left are removed too.
 * @param content text, written as UTF-8, whole or piece by piece, or bytes
 * @throws the file system's error
 */
export async function writeFileAtomically(file: string, content: FileContent): Promise<void> {
  await removeAbandoned(file);
  const temporary = await temporaryBeside(file);
  await withTemporary(temporary, async () => {
    try {
      await writeSynced(temporary, content);
      await rename(temporary, file);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  });
  await syncFolder(path.dirname(file));
}

/**
 * Makes a file appear whole, unless there is one of that name already: of several who write it at once, one does. A copy that comes
 * too late is discarded.
 * @param beside where it is written before: a path of the same file system, in a folder with few files, which is looked through
 * @returns whether this call made it
 * @throws the file system's error
 */
export async function writeNewFileAtomically(file: string, content: FileContent, beside = file): Promise<boolean> {
  await removeAbandoned(beside);
  const temporary = await temporaryBeside(beside);
  const isMine = await withTemporary(temporary, async () => {
    try {
      await writeSynced(temporary, content);
      return await linkedFirst(temporary, file);
    } finally {
      await rm(temporary, { force: true });
    }
  });
  await syncFolder(path.dirname(file));
  return isMine;
}

/** A second name, which fails where there is one: the rename that nobody can undo. */
async function linkedFirst(temporary: string, file: string): Promise<boolean> {
  try {
    await link(temporary, file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") {
      return false;
    }
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS") {
      throw error;
    }
    // A file system without links: the name is claimed by an exclusive open, and the content follows whole.
    return claimedFirst(temporary, file);
  }
}

async function claimedFirst(temporary: string, file: string): Promise<boolean> {
  try {
    await (await open(file, "wx")).close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      return false;
    }
    throw error;
  }
  await rename(temporary, file);
  return true;
}

/** Writes a new file and sees it to the disk. @throws the file system's error, EEXIST among them */
export async function writeSynced(file: string, content: FileContent): Promise<void> {
  const handle = await open(file, "wx");
  try {
    await writeFile(handle, content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes names in a folder durable; Windows neither can nor needs to. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") {
    return;
  }
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
