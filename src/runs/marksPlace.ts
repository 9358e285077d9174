import path from "node:path";

/** Beside the runs, so that git keeps marks also where it is told to leave the runs out. */
const folderName = ".marks";

/** The file with the marks of a run. @param dir of the run */
export function marksFile(dir: string): string {
  return path.join(path.dirname(dir), folderName, `${path.basename(dir)}.json`);
}

/** The directory of the run that a file of marks belongs to. */
export function runOfMarksFile(file: string): string {
  return path.join(path.dirname(path.dirname(file)), path.basename(file, ".json"));
}
