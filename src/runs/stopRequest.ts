import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { writeFileAtomically } from "../files/atomicFile.js";
import { ownerText } from "./owner.js";
import { runFiles } from "./runFiles.js";

/** How often an owner looks for a request. */
const lookMilliseconds = 500;

/**
 * Asks the process that owns a run to stop training with a checkpoint, wherever it runs: in another window, a terminal, or on
 * another machine that shares the folder.
 */
export async function requestStop(dir: string): Promise<void> {
  const owner = await ownerText(dir);
  if (owner !== undefined) {
    await writeFileAtomically(stopRequestFile(dir), owner);
  }
}

/** Whether the process that owns a run was asked to stop; a request to an earlier owner does not count. */
export async function isStopRequested(dir: string): Promise<boolean> {
  const request = await readFile(stopRequestFile(dir), "utf8").catch(() => undefined);
  return request !== undefined && request === (await ownerText(dir));
}

/**
 * Looks now and then for a request to this process, which owns the run, until there is one or the returned function is called.
 * @param onRequest called once at most, and not after the returned function
 */
export function watchStopRequests(dir: string, onRequest: () => void): () => void {
  let isWatched = true;
  const end = (): void => {
    isWatched = false;
    clearInterval(timer);
  };
  // On a slow disk a look may be under way when the next one begins, or when the owner is done.
  const look = async (): Promise<void> => {
    if ((await isStopRequested(dir)) && isWatched) {
      end();
      onRequest();
    }
  };
  const timer = setInterval(() => void look(), lookMilliseconds);
  timer.unref();
  return () => {
    end();
    // It has done its work, or came too late.
    rm(stopRequestFile(dir), { force: true }).catch(() => undefined);
  };
}

/** The file in which the owner of a run finds that it was asked to stop. */
export function stopRequestFile(dir: string): string {
  return path.join(dir, runFiles.stopRequest);
}
