import { constants } from "node:fs";
import { open } from "node:fs/promises";

/** A file that is too large to be read; the message says both sizes. */
export class HugeFileError extends Error {
  override readonly name = "HugeFileError";
}

/**
 * The bytes of a regular file, whose size is known before they are read. A named pipe is not waited for.
 * @param mostMebibytes larger files are refused by their size alone
 * @throws HugeFileError; Error for what is no regular file; the file system's error
 */
export async function readRegularFile(file: string, mostMebibytes: number): Promise<Uint8Array> {
  // Without waiting, since opening a pipe would wait for its other end; Windows has no such flag, and no such pipes.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = await handle.stat();
    if (!found.isFile()) {
      throw new Error(found.isDirectory() ? "it is a folder" : "it is no regular file");
    }
    if (found.size > mostMebibytes * 2 ** 20) {
      throw new HugeFileError(`The file has ${Math.ceil(found.size / 2 ** 20)} MiB; files up to ${mostMebibytes} MiB are read.`);
    }
    // Of a file that grows meanwhile, what it had.
    const bytes = Buffer.alloc(found.size);
    const { bytesRead } = await handle.read(bytes, 0, found.size, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
