import { createRequire } from "node:module";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type * as zeromq from "zeromq";

export type ZeroMq = typeof zeromq;

/** ZeroMQ is not there or does not load; the message says what to do. */
export class ZeroMqError extends Error {
  override readonly name = "ZeroMqError";
}

/** The folder into which `tritloom jupyter install` puts what the kernel needs and the product does not bring along. */
export function userDataFolder(): string {
  const home = homedir();
  switch (process.platform) {
    case "win32":
      return path.join(process.env["LOCALAPPDATA"] || path.join(home, "AppData", "Local"), "tritloom");
    case "darwin":
      return path.join(home, "Library", "Application Support", "tritloom");
    default:
      return path.join(process.env["XDG_DATA_HOME"] || path.join(home, ".local", "share"), "tritloom");
  }
}

/** Where the package `zeromq` is installed on demand. */
export function zeroMqFolder(): string {
  return path.join(userDataFolder(), "zeromq");
}

/**
 * Looked for where it is installed on demand, then from the running program: not from the working directory, which is the
 * notebook's folder, where a stranger's files may lie: Jupyter starts a kernel as soon as a notebook is opened.
 * @returns the path of the package's main file, or undefined when it is not installed
 */
export function findZeroMq(): string | undefined {
  for (const from of [path.join(zeroMqFolder(), "resolve.js"), fileURLToPath(import.meta.url)]) {
    try {
      return createRequire(from).resolve("zeromq");
    } catch {
      // Not there: the next place.
    }
  }
  return undefined;
}

/** @throws ZeroMqError */
export function loadZeroMq(): ZeroMq {
  const main = findZeroMq();
  if (main === undefined) {
    throw new ZeroMqError("ZeroMQ, over which Jupyter talks to kernels, is not installed: run `tritloom jupyter install`.");
  }
  try {
    return createRequire(main)(main) as ZeroMq;
  } catch (error) {
    throw new ZeroMqError(
      `ZeroMQ in ${path.dirname(path.dirname(main))} does not load with Node ${process.version} (${(error as Error).message}): run \`tritloom jupyter install\` with the Node that shall run the kernel.`,
      { cause: error },
    );
  }
}
