import { constants, type Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";

/** A path that names no regular file (a folder, a pipe, a device), or one far larger than what it should hold. */
export class IrregularFileError extends Error {
  override readonly name = "IrregularFileError";

  /** @param kind what the path names instead of a file: "a folder"; absent for a file that is too large */
  constructor(
    message: string,
    readonly kind?: string,
  ) {
    super(message);
  }
}

/** A file that is too large to be read; the message says both sizes. */
export class HugeFileError extends Error {
  override readonly name = "HugeFileError";
}

/** Windows has no such flag and needs none. */
const withoutWaiting = (constants.O_NONBLOCK as number | undefined) ?? 0;

/**
 * Opens a file for reading, through links. Only regular files are opened: a pipe keeps its reader waiting for a writer, and a
 * device may have no end.
 * @throws IrregularFileError; the file system's error
 */
export async function openRegularFile(file: string): Promise<FileHandle> {
  requireRegular(file, await stat(file));
  const handle = await open(file, constants.O_RDONLY | withoutWaiting);
  try {
    // Asked again: it may have been exchanged in between.
    requireRegular(file, await handle.stat());
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * The text of a small file, as UTF-8.
 * @throws IrregularFileError for what is no regular file or has more than `mostBytes`; the file system's error
 */
export async function readSmallFile(file: string, mostBytes: number): Promise<string> {
  const handle = await openRegularFile(file);
  try {
    const { size } = await handle.stat();
    if (size > mostBytes) {
      throw new IrregularFileError(`${file} has ${size} bytes, and such a file has at most ${mostBytes}: restore the file.`);
    }
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

/**
 * The bytes of a regular file, whose size is known before they are read.
 * @param mostMebibytes larger files are refused by their size alone
 * @throws HugeFileError; IrregularFileError for what is no regular file; the file system's error
 */
export async function readRegularFile(file: string, mostMebibytes: number): Promise<Uint8Array> {
  const handle = await openRegularFile(file);
  try {
    const { size } = await handle.stat();
    if (size > mostMebibytes * 2 ** 20) {
      throw new HugeFileError(`The file has ${Math.ceil(size / 2 ** 20)} MiB; files up to ${mostMebibytes} MiB are read.`);
    }
    // A file that grows meanwhile is read to the size that it had.
    const bytes = Buffer.alloc(size);
    const { bytesRead } = await handle.read(bytes, 0, size, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function requireRegular(file: string, found: Stats): void {
  if (!found.isFile()) {
    const kind = kindOf(found);
    throw new IrregularFileError(`${file} is ${kind}, not a file: move it away and restore the file.`, kind);
  }
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) {
    return "a folder";
  }
  return found.isFIFO() ? "a pipe" : found.isSocket() ? "a socket" : "a device";
}
