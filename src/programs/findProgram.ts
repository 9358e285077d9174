import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import { MissingToolError } from "./missingTool.js";

/** Windows adds an ending to a name; scripts of other kinds would need a shell. */
const endings = process.platform === "win32" ? [".exe", ".com"] : [""];

/**
 * The absolute path of a program in a folder of PATH. Never in the working directory, where a stranger's files may lie: an empty
 * or relative entry of PATH is passed over, and Windows is not left to look there first.
 * @param name without folder; a name with one is returned as it is
 * @throws MissingToolError with the remedy
 */
export function findProgram(name: string, remedy: string, searchPath = process.env["PATH"] ?? process.env["Path"] ?? ""): string {
  if (name !== path.basename(name)) {
    return name;
  }
  const folders = searchPath.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const found = folders.flatMap((folder) => endings.map((ending) => path.join(folder, name + ending))).find(isProgram);
  if (found === undefined) {
    throw new MissingToolError(`${name} is not on PATH: ${remedy}`);
  }
  return found;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
