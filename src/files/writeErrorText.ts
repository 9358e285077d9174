import type { NameOption } from "../text/optionError.js";
import { FolderExistsError } from "./atomicFolder.js";

const causes: Readonly<Record<string, string>> = {
  ENOSPC: "The disk is full; free some space or choose another disk.",
  EDQUOT: "The disk quota is used up; free some space or choose another disk.",
  EFBIG: "A file exceeds the size allowed there; raise the limit or choose another disk.",
  EACCES: "You may not write there; choose another folder or change its permissions.",
  EPERM: "You may not write there; choose another folder or change its permissions.",
  EROFS: "The file system is read-only; choose another folder.",
  ENOENT: "A folder of the path is not there and cannot be made; choose another folder.",
  ENOTDIR: "A part of the path is a file; choose another folder.",
  EEXIST: "A part of the path is a file; choose another folder.",
  ENOTEMPTY: "Someone else wrote there meanwhile; choose another folder.",
  ENAMETOOLONG: "The path is too long; choose a shorter one.",
};

/** Why a folder could not be written, and what to do. */
export function writeErrorText(error: unknown, name: NameOption): string {
  if (error instanceof FolderExistsError) {
    return error.wordsWith(name);
  }
  const { code, message } = error as NodeJS.ErrnoException;
  const cause = code === undefined ? undefined : causes[code];
  return cause === undefined ? message : `${cause} (${code})`;
}
