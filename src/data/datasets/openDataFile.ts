import { createHash } from "node:crypto";
import { access, readFile, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { makeFolder } from "../../files/makeFolder.js";
import { byHand, type DataFile, DatasetError, fileNames, mostBytesOf } from "./dataFile.js";
import { download, type DownloadOptions } from "./download.js";
import { HttpFault, OversizeFault } from "./httpGet.js";
import { claimPartial, type PartialDownload, releasePartial, removePartial } from "./partial.js";
import { type DataPlaces, dataPlaces } from "./places.js";
import { unpack } from "./unpack.js";

export interface DatasetOptions extends DownloadOptions {
  /** false: what is neither in the user's folder nor in the cache is an error. Default true. */
  readonly download?: boolean | undefined;
  /** Default: from the environment. */
  readonly places?: DataPlaces | undefined;
}

/** The content of a file of a data set. */
export interface OpenedFile {
  readonly bytes: Uint8Array;
  /** The path or address of the file. */
  readonly place: string;
  /** What the user should know of how far it was checked. */
  readonly notes: readonly string[];
}

/**
 * The content of a file of a data set: from the user's folder, else from the cache, else downloaded into the cache.
 * Wherever it is from, its SHA-256 is checked; where none is known, that of the first download is kept in a file
 * beside it, in the format of sha256sum, and checked from then on.
 * @throws DatasetError that names URL or file and the remedy
 */
export async function openDataFile(file: DataFile, options: DatasetOptions = {}): Promise<OpenedFile> {
  const places = options.places ?? dataPlaces();
  const own = await findOwn(file, places.own);
  if (own !== undefined) {
    return openOwn(file, own);
  }
  const cached = path.join(places.cache, file.packed?.name ?? file.name);
  await inTurn(cached, async () => {
    if (!(await exists(cached))) {
      await downloadInto(cached, file, options);
    }
  });
  return openCached(file, cached);
}

async function findOwn(file: DataFile, folders: readonly string[]): Promise<string | undefined> {
  const candidates = folders.flatMap((folder) => fileNames(file).map((name) => path.join(folder, name)));
  for (const candidate of candidates) {
    if (await exists(candidate)) {
      return candidate;
    }
  }
  return undefined;
}

async function openOwn(file: DataFile, place: string): Promise<OpenedFile> {
  const bytes = await readContent(place, file, place);
  const found = sha256Of(bytes);
  if (file.sha256 === undefined) {
    return { bytes, place, notes: [`${place} was not checked: no checksum of it is known. Its SHA-256 is ${found}.`] };
  }
  if (found !== file.sha256) {
    throw new DatasetError(
      `${place} is not the file of the data set: its content has SHA-256 ${found}, not ${file.sha256}. Put the right file ` +
        `there (${file.url}), or take this one away to have the right one downloaded.`,
    );
  }
  return { bytes, place, notes: [] };
}

async function openCached(file: DataFile, cached: string): Promise<OpenedFile> {
  const bytes = await readContent(cached, file, cached);
  const expected = file.sha256 ?? (await readPin(cached));
  const found = sha256Of(bytes);
  if (expected !== undefined && found !== expected) {
    throw new DatasetError(
      `${cached} is no longer what was downloaded: its content has SHA-256 ${found}, not ${expected}. Delete it, and load it again.`,
    );
  }
  return { bytes, place: cached, notes: file.sha256 === undefined ? [await pinNote(cached, found)] : [] };
}

async function pinNote(cached: string, sha256: string): Promise<string> {
  await writePin(cached, sha256);
  return (
    `No checksum of ${path.basename(cached)} could be verified for this version of Tritloom: that of the first download, ` +
    `${sha256}, is pinned in ${pinOf(cached)}.`
  );
}

async function downloadInto(cached: string, file: DataFile, options: DatasetOptions): Promise<void> {
  if (options.download === false) {
    throw new DatasetError(`${cached} is not there: load the data set by name once, which downloads ${file.url}. ${byHand(file)}`);
  }
  const partial = await inCache(cached, async () => {
    await makeFolder(path.dirname(cached));
    return claimPartial(cached);
  });
  try {
    await download({ url: file.url, name: path.basename(cached), mostBytes: mostBytesOf(file) }, partial, options);
  } catch (error) {
    await (error instanceof OversizeFault ? removePartial(partial) : releasePartial(partial, cached));
    throw error instanceof HttpFault ? unavailable(file, error) : inCacheError(cached, error);
  }
  await keep(partial, cached, file);
}

/** Checks a whole download, pins its checksum where none is known, and only then gives it its name. */
async function keep(partial: PartialDownload, cached: string, file: DataFile): Promise<void> {
  try {
    const found = sha256Of(await readContent(partial.bytes, file, file.url));
    const pinned = file.sha256 === undefined ? await readPin(cached) : undefined;
    checkDownload(found, pinned, cached, file);
    if (file.sha256 === undefined) {
      await writePin(cached, found);
    }
    await rename(partial.bytes, cached);
  } finally {
    await removePartial(partial);
  }
}

function checkDownload(found: string, pinned: string | undefined, cached: string, file: DataFile): void {
  if (file.sha256 !== undefined && found !== file.sha256) {
    throw new DatasetError(
      `${file.url} is not the file that it should be: its content has SHA-256 ${found}, not ${file.sha256}. ` +
        `Try again, in case the transfer broke it. ${byHand(file)}`,
    );
  }
  if (pinned !== undefined && found !== pinned) {
    throw new DatasetError(
      `${file.url} has changed since it was first downloaded: its content has SHA-256 ${found}, then ${pinned}. ` +
        `To take the new file, delete ${pinOf(cached)}. ${byHand(file)}`,
    );
  }
}

function unavailable(file: DataFile, { message }: HttpFault): DatasetError {
  return new DatasetError(`${file.url} could not be downloaded: ${message}. Try again later. ${byHand(file)}`);
}

async function inCache<T>(cached: string, work: () => Promise<T>): Promise<T> {
  return work().catch((error: unknown) => {
    throw inCacheError(cached, error);
  });
}

/** An error of the file system becomes one that says what to do; others stay. */
function inCacheError(cached: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  return typeof code === "string" && error instanceof Error && "syscall" in error
    ? new DatasetError(`The cache ${path.dirname(cached)} cannot be written: ${message}. Choose another folder with TRITLOOM_CACHE.`)
    : error;
}

async function readContent(from: string, file: DataFile, place: string): Promise<Uint8Array> {
  const unreadable = (error: Error): never => {
    throw new DatasetError(`${from} cannot be read: ${error.message}.`);
  };
  const { size } = await stat(from).catch(unreadable);
  if (size > mostBytesOf(file)) {
    throw new DatasetError(`${place} has ${size} bytes, and the file of the data set at most ${mostBytesOf(file)}: put the right file there.`);
  }
  return unpack(await readFile(from).catch(unreadable), file, place);
}

const pinOf = (cached: string) => `${cached}.sha256`;

async function readPin(cached: string): Promise<string | undefined> {
  const text = await readFile(pinOf(cached), "utf8").catch(() => undefined);
  const sha256 = text?.slice(0, 64);
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256)) {
    throw new DatasetError(`${pinOf(cached)} holds no SHA-256: delete it, and ${cached} with it, to download the file anew.`);
  }
  return sha256;
}

/** The first to pin wins: the file is written once. */
async function writePin(cached: string, sha256: string): Promise<void> {
  await writeFile(pinOf(cached), `${sha256}  ${path.basename(cached)}\n`, { flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") {
      throw inCacheError(cached, error);
    }
  });
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function exists(file: string): Promise<boolean> {
  return access(file).then(() => true, () => false);
}

const turns = new Map<string, Promise<void>>();

/** Calls for the same file follow each other, so that the second finds what the first downloaded. */
async function inTurn(file: string, work: () => Promise<void>): Promise<void> {
  const turn = (turns.get(file) ?? Promise.resolve()).catch(() => undefined).then(work);
  turns.set(file, turn);
  try {
    await turn;
  } finally {
    if (turns.get(file) === turn) {
      turns.delete(file);
    }
  }
}
