/** One file of a data set: where it comes from and how its content is recognised. */
export interface DataFile {
  /** Name of the content: in the user's folder (TRITLOOM_DATA) and, unless it is packed, in the cache. */
  readonly name: string;
  readonly url: string;
  /**
   * Of the content, unpacked, in hexadecimal. Without it the checksum of the first download is pinned: later contents
   * must equal that one.
   */
  readonly sha256?: string;
  /** How the URL's file holds the content. */
  readonly packed?: Packing;
  /** Neither the download nor the content is longer than so many bytes. Default 16 MiB. */
  readonly mostBytes?: number;
}

export interface Packing {
  /** Name of the packed file, in the user's folder and in the cache. */
  readonly name: string;
  /** `zip`: an archive that has the content as a member called `DataFile.name`. */
  readonly kind: "gzip" | "zip";
}

/** A file of a data set that cannot be had, or is not what it should be; the message names URL or file, and the remedy. */
export class DatasetError extends Error {
  override readonly name = "DatasetError";
}

const usualMostBytes = 2 ** 24;

/** What a server sends beyond this, or an archive unpacks to, is not this file: it is refused before it fills memory or disk. */
export function mostBytesOf({ mostBytes = usualMostBytes }: DataFile): number {
  return mostBytes;
}

/** Names under which a file is looked for, the content first. */
export function fileNames({ name, packed }: DataFile): string[] {
  return packed === undefined ? [name] : [name, packed.name];
}

/** What a user without a network can do. */
export function byHand(file: DataFile): string {
  return `Or get it in another way, put it as ${fileNames(file).join(" or ")} into a folder, and set TRITLOOM_DATA to that folder.`;
}
