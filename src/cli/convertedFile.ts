import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { writeFileAtomically } from "../files/atomicFile.js";
import { makeFolder } from "../files/makeFolder.js";
import { writeFolder } from "../files/atomicFolder.js";
import { writeErrorText } from "../files/writeErrorText.js";
import type { Picture } from "../notebooks/attachments.js";
import type { PlacePicture } from "../notebooks/notebookMarkdown.js";
import { asOnCommandLine } from "../jobs/chipArguments.js";

const endings: Readonly<Record<string, string>> = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/gif": "gif",
  "image/webp": "webp",
  "image/svg+xml": "svg",
};
/** Names of the files that a conversion writes, and an overwriting one replaces. */
const ownFile = /^cell-\d+-[\w-]+\.\w+$/;

/** The pictures of a notebook as Markdown: in the text itself, or as files of a folder beside it. */
export class MarkdownPictures {
  /** Their bytes by their names in the folder. */
  readonly files = new Map<string, Uint8Array>();

  /** @param folder name of the folder; undefined: in the text itself */
  constructor(private readonly folder: string | undefined) {}

  readonly place: PlacePicture = (name, { type, base64 }: Picture) => {
    if (this.folder === undefined) {
      return `data:${type};base64,${base64}`;
    }
    const file = `${name}.${endings[type] ?? "bin"}`;
    this.files.set(file, Buffer.from(base64, "base64"));
    return `${encodeURIComponent(this.folder).replace(/[()]/g, (sign) => (sign === "(" ? "%28" : "%29"))}/${file}`;
  };

  /** Absolute paths of the files, once they are written beside `out`. */
  paths(out: string): string[] {
    return [...this.files.keys()].map((file) => path.join(path.dirname(out), this.folder!, file));
  }
}

/**
 * Writes what a notebook was converted to, whole or not at all.
 * @param pictures go into a folder beside the file, NAME_files
 * @throws Error for a file that is there, unless it may be replaced, and for a place that cannot be written
 */
export async function saveConverted(out: string, content: string, pictures: ReadonlyMap<string, Uint8Array>, mayReplace: boolean): Promise<void> {
  const found = await stat(out).catch(() => undefined);
  if (found?.isDirectory()) {
    throw new Error(`${out} is a folder; name a file with --out FILE.`);
  }
  if (found !== undefined && !mayReplace) {
    throw new Error(`${out} exists; name another file with --out FILE, or add --overwrite.`);
  }
  try {
    await makeFolder(path.dirname(out));
    const folder = pictures.size === 0 ? undefined : await writePictures(out, pictures, mayReplace);
    await writeFileAtomically(out, content).catch(async (error: unknown) => {
      await (folder && rm(folder, { recursive: true, force: true }));
      throw error;
    });
  } catch (error) {
    throw new Error(`Cannot write ${out}: ${writeErrorText(error, asOnCommandLine)}`, { cause: error });
  }
}

function writePictures(out: string, pictures: ReadonlyMap<string, Uint8Array>, mayReplace: boolean): Promise<string> {
  const folder = path.join(path.dirname(out), `${path.parse(out).name}_files`);
  const options = {
    mayReplace: async (existing: string) => mayReplace && (await readdir(existing)).every((name) => ownFile.test(name)),
    remedy: () => "Name another file, or add --overwrite to replace pictures of an earlier conversion.",
  };
  return writeFolder(folder, options, async ({ write }) => {
    for (const [name, bytes] of pictures) {
      await write(name, bytes);
    }
  });
}
