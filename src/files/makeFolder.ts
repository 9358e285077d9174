import { mkdir, stat } from "node:fs/promises";
import path from "node:path";

/**
 * Makes a folder, and those above it that are missing. Node's own way, `recursive`, never ends in a folder that is there and takes
 * no others, such as /proc: it makes the folder above again and again.
 * @returns the topmost folder that was made; undefined where all were there
 */
export async function makeFolder(folder: string, mode?: number): Promise<string | undefined> {
  const target = path.resolve(folder);
  if (await isFolder(target)) {
    return undefined;
  }
  const above = path.dirname(target);
  const first = above === target ? undefined : await makeFolder(above, mode);
  try {
    await mkdir(target, mode);
    return first ?? target;
  } catch (error) {
    // Somebody else made it meanwhile.
    if (await isFolder(target)) {
      return first;
    }
    throw error;
  }
}

function isFolder(place: string): Promise<boolean> {
  return stat(place).then((found) => found.isDirectory(), () => false);
}
