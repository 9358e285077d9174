import { mkdir } from "node:fs/promises";
import path from "node:path";
import { makeFolder } from "../files/makeFolder.js";

const longestSlug = 60;

/**
 * Makes the directory of a new run: `<yyyymmdd-hhmmss>-<slug>`, the time in UTC, with `-2`, `-3`… when it is taken.
 * Two processes never get the same one.
 * @param root made when missing
 * @returns its absolute path
 */
export async function makeRunDirectory(root: string, name: string): Promise<string> {
  await makeFolder(root);
  const stem = `${timestamp(new Date())}-${slugOf(name)}`;
  for (let count = 1; ; count++) {
    const dir = path.join(root, count === 1 ? stem : `${stem}-${count}`);
    try {
      await mkdir(dir);
      return dir;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        throw error;
      }
    }
  }
}

/** A name as part of a path that every file system takes: a-z, 0-9 and single hyphens. */
export function slugOf(name: string): string {
  const ascii = name.normalize("NFKD").toLowerCase();
  const slug = ascii.replace(/\p{Mark}/gu, "").replace(/[^a-z0-9]+/g, "-").slice(0, longestSlug);
  return slug.replace(/^-+|-+$/g, "") || "run";
}

/** "20240131-235959" */
function timestamp(time: Date): string {
  return time.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
}
