import { copyFile, link, rm } from "node:fs/promises";
import path from "node:path";
import { syncFolder, writeFileAtomically } from "../files/atomicFile.js";
import { makeFolder } from "../files/makeFolder.js";
import type { NamedTensors } from "../files/namedTensors.js";
import { InvalidSafetensorsError } from "../files/safetensors.js";
import type { ExperimentSpec } from "../experiment/spec.js";
import { claimOwnership, releaseOwnership } from "./owner.js";
import { readCheckpoint } from "./readCheckpoint.js";
import { NoRunError, readRun, RunError } from "./readRun.js";
import { runFiles } from "./runFiles.js";
import { RunWriter } from "./runWriter.js";

/** A run that a living process writes; it may be free again soon. */
export class OwnedRunError extends RunError {
  override readonly name = "OwnedRunError";
}

/** A run that this process now writes, at its beginning or where it stopped. */
export interface EnteredRun {
  readonly writer: RunWriter;
  /** What to go on from; absent at the beginning. */
  readonly checkpoint: NamedTensors | undefined;
}

/**
 * Becomes the owner of the unfinished run in a directory of a given name, whether it is there or is to be made. One without a checkpoint, or
 * with a damaged one, begins anew: the same spec gives the same numbers.
 * @param dataFile the inline data of its task, which the run keeps too; a second name of the same file where there can be one
 * @throws OwnedRunError while another process writes it; the file system's error
 */
export async function enterRun(dir: string, spec: ExperimentSpec, dataFile?: string): Promise<EnteredRun> {
  await claimRun(dir, spec, dataFile);
  try {
    const checkpoint = await usableCheckpoint(dir);
    await rm(path.join(dir, runFiles.model), { force: true });
    return { writer: await RunWriter.open(dir), checkpoint };
  } catch (error) {
    await releaseOwnership(dir);
    throw error;
  }
}

/**
 * Becomes the owner of the run in a directory of a given name, which is made where it is not there.
 * @param dataFile as of `enterRun`
 * @throws OwnedRunError while another process writes it; the file system's error
 */
export async function claimRun(dir: string, spec: ExperimentSpec, dataFile?: string): Promise<void> {
  await makeFolder(dir);
  if (!(await claimOwnership(dir))) {
    throw new OwnedRunError(`The run ${dir} is being written by a living process: stop that one first.`);
  }
  try {
    if (!(await isRun(dir))) {
      await makeRun(dir, spec, dataFile);
    }
  } catch (error) {
    await releaseOwnership(dir);
    throw error;
  }
}

/**
 * Makes the run in a directory, for another process to enter.
 * @param dataFile the inline data of its task
 */
export async function prepareRun(dir: string, spec: ExperimentSpec, dataFile?: string): Promise<void> {
  await makeFolder(dir);
  await makeRun(dir, spec, dataFile);
}

/** Takes a run's checkpoint away, since it is of no use: the run begins anew. */
export function discardCheckpoint(dir: string): Promise<void> {
  return rm(path.join(dir, runFiles.checkpoint), { force: true });
}

async function isRun(dir: string): Promise<boolean> {
  try {
    await readRun(dir);
    return true;
  } catch (error) {
    if (error instanceof NoRunError) {
      return false;
    }
    throw error;
  }
}

async function makeRun(dir: string, spec: ExperimentSpec, dataFile: string | undefined): Promise<void> {
  if (dataFile !== undefined) {
    await sameFile(dataFile, path.join(dir, spec.task.kind === "classification" ? runFiles.data : runFiles.corpus));
  }
  // Last: a directory with a spec is a run.
  await writeFileAtomically(path.join(dir, runFiles.spec), `${JSON.stringify(spec, null, 2)}\n`);
  await syncFolder(path.dirname(dir));
}

async function sameFile(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  await link(from, to).catch(() => copyFile(from, to));
}

async function usableCheckpoint(dir: string): Promise<NamedTensors | undefined> {
  try {
    return await readCheckpoint(dir);
  } catch (error) {
    if (error instanceof InvalidSafetensorsError) {
      await discardCheckpoint(dir);
    } else if (!(error instanceof RunError)) {
      throw error;
    }
    return undefined;
  }
}
