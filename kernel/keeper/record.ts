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
  return false;
}

/** Programs that clean temporary folders take what nobody has touched for days. */
export async function touchRecord(folder: string, { id }: Pick<KernelRecord, "id">): Promise<void> {
  const now = new Date();
  await Promise.all([folder, recordFile(folder, id)].map((place) => utimes(place, now, now).catch(() => undefined)));
}

/** Removes a record that still is the given one: a notebook may have got another kernel meanwhile. */
export async function removeRecord(folder: string, { id, token }: Pick<KernelRecord, "id" | "token">): Promise<void> {
  const present = await readRecord(folder, id);
  if (present?.token === token) {
    await rm(recordFile(folder, id), { force: true });
  }
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
    return kernelRecordSchema.parse(JSON.parse(text));
  } catch {
    // Not there, just being written, or not ours.
    return undefined;
  }
}

async function removeUnreadable(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found !== undefined && Date.now() - found.mtimeMs > unreadableMilliseconds && !(await holdsJson(file))) {
    await rm(file, { force: true });
  }
}

/** The record of another version is none of ours to remove. */
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
    await rm(socket, { force: true });
  }
}
