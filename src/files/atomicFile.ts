import { open, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { removeAbandoned, temporaryBeside, withTemporary } from "./temporary.js";

/**
 * Replaces a file whole or not at all: writes a temporary file beside it, syncs it to the disk, renames it over the
 * old one and syncs the folder. On failure (a full disk, say) the old file is untouched and the temporary one removed;
 * those that dead processes left are removed too.
 * @param content text, written as UTF-8, whole or piece by piece, or bytes
 * @throws the file system's error
 */
export async function writeFileAtomically(file: string, content: string | Uint8Array | Iterable<string>): Promise<void> {
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

/** Writes a new file and sees it to the disk. @throws the file system's error, EEXIST among them */
export async function writeSynced(file: string, content: string | Uint8Array | Iterable<string>): Promise<void> {
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
