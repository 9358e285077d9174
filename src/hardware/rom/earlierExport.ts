import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

/** What an export leaves in its folder beside the files that its index lists. */
export interface ExportMarks {
  /** The file that lists the export's files. */
  readonly index: string;
  readonly readme: string;
  /** @returns the listed files, their paths with slashes; undefined for the text of anything else than such an index */
  readonly filesOf: (index: string) => readonly string[] | undefined;
}

/** Whether a folder holds an earlier export and no file of anyone else, at any depth. */
export async function isOnlyExport(folder: string, { index, readme, filesOf }: ExportMarks): Promise<boolean> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  const listed = files.includes(index) ? filesOf(await readFile(path.join(folder, index), "utf8")) : undefined;
  const ours = new Set([index, readme, ...(listed ?? []).map((name) => path.normalize(name))]);
  return listed !== undefined && files.every((file) => ours.has(file));
}
