import { rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { makeFolder } from "../files/makeFolder.js";
import { temporaryBeside } from "../files/temporary.js";
import { type Notebook, writeNotebook } from "../notebooks/notebookFile.js";

/** The executed notebook cannot be written there; the message says why and what to do. */
export class NotebookPlaceError extends Error {
  override readonly name = "NotebookPlaceError";
}

/**
 * Tries the place before hours of work depend on it; makes its folder.
 * @throws NotebookPlaceError
 */
export async function tryPlace(file: string): Promise<void> {
  try {
    await makeFolder(path.dirname(file));
    if (await isFolder(file)) {
      throw new Error("it is a folder");
    }
    const trial = await temporaryBeside(file);
    await writeFile(trial, "", { flag: "wx" });
    await rm(trial, { force: true });
  } catch (error) {
    throw placeError(file, error as Error, "name another file with --out FILE");
  }
}

/**
 * Writes the executed notebook, also where its folder was removed meanwhile.
 * @throws NotebookPlaceError
 */
export async function saveExecuted(file: string, notebook: Notebook): Promise<void> {
  try {
    await makeFolder(path.dirname(file));
    await writeNotebook(file, notebook);
  } catch (error) {
    throw placeError(file, error as Error, "its outputs are lost; runs and ROM files of its cells are not");
  }
}

function placeError(file: string, cause: Error, remedy: string): NotebookPlaceError {
  return new NotebookPlaceError(`The executed notebook cannot be written to ${file} (${cause.message}): ${remedy}.`, { cause });
}

function isFolder(place: string): Promise<boolean> {
  return stat(place).then((found) => found.isDirectory(), () => false);
}
