import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { unzipSync } from "fflate";
import { type DataFile, DatasetError, mostBytesOf } from "./dataFile.js";

const gunzipBytes = promisify(gunzip);

const tooLong = "ERR_BUFFER_TOO_LARGE";

/**
 * The content of a file as it lies in a folder: unpacked when it begins as an archive of the kind does, else as it is.
 * @param place for the message
 * @throws DatasetError when the archive is damaged, lacks the member, or unpacks to more than the file has
 */
export async function unpack(bytes: Uint8Array, file: DataFile, place: string): Promise<Uint8Array> {
  if (file.packed?.kind === "gzip" && startsWith(bytes, [0x1f, 0x8b])) {
    const maxOutputLength = mostBytesOf(file);
    return gunzipBytes(bytes, { maxOutputLength }).catch((error: NodeJS.ErrnoException) =>
      error.code === tooLong ? oversized(place, file) : damaged(place, error),
    );
  }
  return file.packed?.kind === "zip" && startsWith(bytes, [0x50, 0x4b]) ? unzip(bytes, file, place) : bytes;
}

function unzip(bytes: Uint8Array, file: DataFile, place: string): Uint8Array {
  const { name } = file;
  const isMember = (member: { name: string; originalSize: number }): boolean =>
    member.name === name && (member.originalSize <= mostBytesOf(file) || oversized(place, file));
  let members: Record<string, Uint8Array>;
  try {
    members = unzipSync(bytes, { filter: isMember });
  } catch (error) {
    if (error instanceof DatasetError) {
      throw error;
    }
    return damaged(place, error as Error);
  }
  const content = members[name];
  if (content === undefined) {
    throw new DatasetError(`The archive ${place} has no member ${name}: it is another file than it should be. Delete it.`);
  }
  return content;
}

function oversized(place: string, file: DataFile): never {
  throw new DatasetError(`The archive ${place} unpacks to more than the ${mostBytesOf(file)} bytes of ${file.name}: it is another file than it should be. Delete it.`);
}

function damaged(place: string, error: Error): never {
  throw new DatasetError(`The archive ${place} is damaged (${error.message}): delete it and get it again.`);
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => bytes[at] === byte);
}
