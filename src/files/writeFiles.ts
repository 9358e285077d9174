import { writeFile } from "node:fs/promises";
import path from "node:path";
import { makeFolder } from "./makeFolder.js";

/** @param files texts by their path in the folder, folders before the name are made */
export async function writeFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, text] of files) {
    const file = path.join(folder, name);
    await makeFolder(path.dirname(file));
    await writeFile(file, text);
  }
}
