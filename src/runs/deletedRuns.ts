import { readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { makeFolder } from "../files/makeFolder.js";
import { ownerLives } from "./owner.js";
import { NoRunError, readRun, RunError } from "./readRun.js";
import { runFiles } from "./runFiles.js";

/** Deleted runs lie in `.deleted` beside the others, whole, until somebody erases them. */
const folderName = ".deleted";

/**
 * Requires a directory that lists show: of a run, or of curves of another tool.
 * @returns its absolute path
 * @throws RunError; the file system's error
 */
export async function requireRunOrImport(dir: string): Promise<string> {
  const place = path.resolve(dir);
  try {
    await readRun(place);
  } catch (error) {
    if (!(error instanceof NoRunError) || !(await exists(path.join(place, runFiles.imported)))) {
      throw error;
    }
  }
  return place;
}

/**
 * Takes a run, or imported curves, out of all lists; `restoreRun` undoes it. Its marks stay where they are.
 * @returns where it lies now
 * @throws RunError when it is no run, or one that is being written; the file system's error
 */
export async function putRunAside(dir: string): Promise<string> {
  const place = await requireRunOrImport(dir);
  if (await ownerLives(place)) {
    throw new RunError(`The run ${place} is running: stop it first, then delete it.`);
  }
  const folder = path.join(path.dirname(place), folderName);
  await makeFolder(folder);
  const target = await freeName(path.join(folder, path.basename(place)));
  await rename(place, target);
  return target;
}

/**
 * Brings a deleted run back.
 * @param dir where it was, or where it lies now
 * @returns its directory
 * @throws RunError where no such run was deleted, or something else has taken its place; the file system's error
 */
export async function restoreRun(dir: string): Promise<string> {
  const given = path.resolve(dir);
  const isAside = path.basename(path.dirname(given)) === folderName;
  const place = isAside ? path.join(path.dirname(path.dirname(given)), path.basename(given)) : given;
  const aside = path.join(path.dirname(place), folderName, path.basename(place));
  if (!(await exists(aside))) {
    throw new RunError(`No deleted run is called ${path.basename(place)} in ${path.dirname(place)}: \`tritloom runs deleted\` lists those that there are.`);
  }
  if (await exists(place)) {
    throw new RunError(`${place} is there already: rename it, then restore the run.`);
  }
  await rename(aside, place);
  return place;
}

/** The directories that the deleted runs of a folder had, sorted. */
export async function deletedRuns(folder: string): Promise<string[]> {
  const names = await readdir(path.join(folder, folderName)).catch(() => []);
  return names.toSorted().map((name) => path.join(folder, name));
}

/** Removes the deleted runs of a folder for good. @returns how many */
export async function eraseDeletedRuns(folder: string): Promise<number> {
  const { length } = await deletedRuns(folder);
  await rm(path.join(folder, folderName), { recursive: true, force: true });
  return length;
}

/** Another run of that name may have been deleted before. */
async function freeName(place: string): Promise<string> {
  for (let copy = 1; ; copy += 1) {
    const name = copy === 1 ? place : `${place}.${copy}`;
    if (!(await exists(name))) {
      return name;
    }
  }
}

function exists(place: string): Promise<boolean> {
  return stat(place).then(() => true, () => false);
}
