import { rename, rm, stat, writeFile } from "node:fs/promises";
import * as z from "zod";
import { temporaryBeside, withTemporary } from "../files/temporary.js";

/** What is kept of other files, so that these need not be read again: it counts while their stamps are those that it was made of. */

/** A file that was written so shortly ago may be written again within the resolution of its times. */
const settledMilliseconds = 2_000;

/**
 * Tells one state of a file from all others. A program can set the size and the time of writing back, but neither the time of the last
 * change of size, times or name (ctime) nor the number of the file.
 */
export const stampSchema = z.object({ size: z.number(), mtime: z.number(), ctime: z.number(), inode: z.number() });
export type Stamp = z.infer<typeof stampSchema>;

/** @returns undefined where the file is not there, or cannot be asked for */
export async function stampOf(file: string): Promise<Stamp | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found && { size: found.size, mtime: found.mtimeMs, ctime: found.ctimeMs, inode: found.ino };
}

/** Whether each later change of the file shows in its stamp. */
export function isSettled({ mtime, ctime }: Stamp): boolean {
  return Date.now() - Math.max(mtime, ctime) >= settledMilliseconds;
}

export function isSameStamp(one: Stamp, other: Stamp): boolean {
  return one.size === other.size && one.mtime === other.mtime && one.ctime === other.ctime && one.inode === other.inode;
}

/**
 * Writes what is kept, whole or not at all. Not synced to the disk, and not told where it fails: a folder that is read only has runs to show
 * as well.
 */
export async function keepFile(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = await temporaryBeside(file);
  await withTemporary(temporary, async () => {
    try {
      await writeFile(temporary, content, { flag: "wx" });
      await rename(temporary, file);
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  });
}
