import { createHash } from "node:crypto";
import { readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { isGone, processLives } from "../../src/files/processIdentity.js";
import { writeErrorText } from "../../src/files/writeErrorText.js";
import { notebookNameSchema, type NotebookName } from "./contract.js";
import { checkKernelFolder, kernelFolder, KernelFolderError } from "./folder.js";

const identitySchema = z.object({ pid: z.number().int().positive(), startedAt: z.string() });

export const kernelRecordSchema = z.object({
  /** Name of the record's file, and what the command line calls the kernel. */
  id: z.string().regex(/^[0-9a-f]{12}$/),
  protocol: z.number(),
  notebook: notebookNameSchema,
  /** The folder that its cells work in. */
  folder: z.string(),
  keeper: identitySchema,
  kernel: identitySchema,
  socket: z.string(),
  /** Whoever connects has to know it. */
  token: z.string(),
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
});
/** What the file of a living kernel says; only its owner may read it. */
export type KernelRecord = z.infer<typeof kernelRecordSchema>;

/** What records of all versions say, so that the kernel of another version is found, named and ended. */
const anyRecordSchema = kernelRecordSchema.extend({
  protocol: z.number().catch(0),
  notebook: notebookNameSchema.catch({ uri: "a notebook of another version of Tritloom", path: null }),
  folder: z.string().catch(""),
  kernel: identitySchema.optional().catch(undefined),
  startedAt: z.number().catch(0),
});

/** A record that cannot be read and is older than this was left by a keeper that could not write it. */
const unreadableMilliseconds = 60_000;

/**
 * A notebook has one kernel, so the kernel is named after it.
 * @param scope tells apart notebooks of equal names that were never saved
 */
export function kernelId({ uri, path: file }: NotebookName, scope: string): string {
  return createHash("sha256").update(file ?? `${uri}\n${scope}`).digest("hex").slice(0, 12);
}

function recordFile(folder: string, id: string): string {
  return path.join(folder, `${id}.json`);
}

/**
 * Writes the record of a kernel that has begun to live.
 * @returns false when its notebook has a living kernel already
 * @throws KernelFolderError
 */
export async function writeRecord(folder: string, record: KernelRecord): Promise<boolean> {
  const file = recordFile(folder, record.id);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      await writeFile(file, JSON.stringify(record), { flag: "wx", mode: 0o600 });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        await rm(file, { force: true });
        throw new KernelFolderError(`No kernel can be started: ${file} cannot be written. ${writeErrorText(error, String)}`, { cause: error });
      }
    }
    if ((await readLiving(folder, record.id)) !== undefined) {
      return false;
    }
  }
  if (await holdsJson(file)) {
    throw new KernelFolderError(`No kernel can be started: ${file} is in the way, and does not say which kernel it is of. Remove it.`);
  }
  return false;
}

/** Marks all files of a living kernel as in use. */
export async function touchRecord(folder: string, { id, socket }: Pick<KernelRecord, "id" | "socket">): Promise<void> {
  const now = new Date();
  await Promise.all([folder, recordFile(folder, id), socket].map((place) => utimes(place, now, now).catch(() => undefined)));
}

/** Removes a record that still is the given one: a notebook may have got another kernel meanwhile. */
export async function removeRecord(folder: string, { id, token }: Pick<KernelRecord, "id" | "token">): Promise<void> {
  const present = await readRecord(folder, id);
  if (present?.token === token) {
    await removeLeftover(recordFile(folder, id));
  }
}

/** What cannot be removed, for example since the disk has become read-only, is in nobody's way: its process is known to be dead. */
async function removeLeftover(file: string): Promise<void> {
  await rm(file, { force: true }).catch(() => undefined);
}

/** The record of a notebook's kernel. What a dead one left is removed. @returns undefined where none lives */
export async function readLiving(folder: string, id: string): Promise<KernelRecord | undefined> {
  const record = await readRecord(folder, id);
  if (record === undefined) {
    await removeUnreadable(recordFile(folder, id));
    return undefined;
  }
  if ((await processLives(record.keeper)) === false) {
    await removeRecord(folder, record);
    await removeSocket(record.socket);
    return undefined;
  }
  return record;
}

/** The records of all living kernels, the oldest first. What dead ones left is removed. */
export async function livingRecords(folder = kernelFolder()): Promise<KernelRecord[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") {
      return [];
    }
    throw new KernelFolderError(`The kernels cannot be listed: ${error.message}`, { cause: error });
  });
  if (names.length > 0) {
    await checkKernelFolder(folder);
  }
  await removeDeadSockets(folder, names);
  const ids = names.flatMap((name) => /^([0-9a-f]{12})\.json$/.exec(name)?.[1] ?? []);
  const found = await Promise.all(ids.map((id) => readLiving(folder, id)));
  return found.filter((record) => record !== undefined).sort((one, other) => one.startedAt - other.startedAt);
}

async function readRecord(folder: string, id: string): Promise<KernelRecord | undefined> {
  const text = await readFile(recordFile(folder, id), "utf8").catch(() => "");
  try {
    const { kernel, ...record } = anyRecordSchema.parse(JSON.parse(text));
    return { ...record, kernel: kernel ?? record.keeper };
  } catch {
    // Not there, just being written, or not ours.
    return undefined;
  }
}

async function removeUnreadable(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() && Date.now() - found.mtimeMs > unreadableMilliseconds && !(await holdsJson(file))) {
    await removeLeftover(file);
  }
}

/** What says something, but not which kernel it is of, is none of ours to remove. */
function holdsJson(file: string): Promise<boolean> {
  return readFile(file, "utf8").then(JSON.parse).then(() => true, () => false);
}

/** A keeper that was killed before it had a record leaves its socket alone, which carries its identity. */
async function removeDeadSockets(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names.filter((each) => each.endsWith(".sock"))) {
    if (await isGone(name.slice(0, -".sock".length))) {
      await removeSocket(path.join(folder, name));
    }
  }
}

/** Named pipes of Windows go with their process. */
export async function removeSocket(socket: string): Promise<void> {
  if (process.platform !== "win32") {
    await removeLeftover(socket);
  }
}
