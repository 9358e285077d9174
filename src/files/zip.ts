import { inflateRawSync } from "node:zlib";

/**
 * Reading of zip archives (PKWARE's APPNOTE, sections 4.3 and 4.4; with Zip64), as PyTorch and Keras write them: entries are
 * stored or deflated, in one volume, without encryption.
 */

/** Bytes that are no zip archive that can be read, or a damaged one; the message is a clause that names the fault. */
export class ZipError extends Error {
  override readonly name = "ZipError";
}

export interface ZipEntry {
  readonly name: string;
  /** The bytes as they were before compression. @throws ZipError */
  read(): Uint8Array;
}

const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50, end64: 0x06064b50, locator64: 0x07064b50 } as const;
const endBytes = 22;
const longestComment = 0xffff;
const centralBytes = 46;
const localBytes = 30;
const methods = { stored: 0, deflated: 8 } as const;

/** Whether bytes begin as a zip archive does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === signatures.local;
}

/**
 * The entries of an archive by their names.
 * @param mostBytes of all entries together, uncompressed: what claims more is refused before anything is inflated
 * @throws ZipError
 */
export function zipEntries(bytes: Uint8Array, mostBytes: number): ReadonlyMap<string, ZipEntry> {
  const view = viewOf(bytes);
  const { count, start } = directoryOf(view);
  const entries = new Map<string, ZipEntry>();
  let [at, total] = [start, 0];
  for (let index = 0; index < count; index++) {
    const found = centralEntry(bytes, view, at);
    total += found.size;
    if (total > mostBytes) {
      throw new ZipError(`its entries have more than ${Math.floor(mostBytes / 2 ** 20)} MiB together`);
    }
    entries.set(found.name, { name: found.name, read: () => content(bytes, view, found) });
    at = found.next;
  }
  return entries;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Checks that so many bytes lie at a place. */
function require(view: DataView, at: number, length: number, what: string): void {
  if (!(at >= 0 && at + length <= view.byteLength)) {
    throw new ZipError(`its ${what} lies outside of the file, which may be cut short`);
  }
}

function bigNumber(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

/** Finds the central directory by the record at the file's end. */
function directoryOf(view: DataView): { count: number; start: number } {
  const last = view.byteLength - endBytes;
  for (let at = last; at >= Math.max(0, last - longestComment); at--) {
    if (view.getUint32(at, true) === signatures.end) {
      return directory64(view, at) ?? { count: view.getUint16(at + 10, true), start: view.getUint32(at + 16, true) };
    }
  }
  throw new ZipError("it has no directory at its end and may be cut short");
}

/** The same of Zip64, whose locator lies before the record at the end. */
function directory64(view: DataView, end: number): { count: number; start: number } | undefined {
  const locator = end - 20;
  if (locator < 0 || view.getUint32(locator, true) !== signatures.locator64) {
    return undefined;
  }
  const at = bigNumber(view, locator + 8);
  require(view, at, 56, "Zip64 directory");
  if (view.getUint32(at, true) !== signatures.end64) {
    throw new ZipError("its Zip64 directory is damaged");
  }
  return { count: bigNumber(view, at + 32), start: bigNumber(view, at + 48) };
}

interface CentralEntry {
  readonly name: string;
  readonly method: number;
  readonly compressed: number;
  readonly size: number;
  readonly local: number;
  readonly next: number;
}

function centralEntry(bytes: Uint8Array, view: DataView, at: number): CentralEntry {
  require(view, at, centralBytes, "directory");
  if (view.getUint32(at, true) !== signatures.central) {
    throw new ZipError("its directory is damaged");
  }
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true)) as [number, number, number];
  const extra = at + centralBytes + nameLength;
  const next = extra + extraLength + commentLength;
  require(view, at, next - at, "directory");
  if ((view.getUint16(at + 8, true) & 1) === 1) {
    throw new ZipError("its entries are encrypted");
  }
  const small = { compressed: view.getUint32(at + 20, true), size: view.getUint32(at + 24, true), local: view.getUint32(at + 42, true) };
  const name = Buffer.from(bytes.subarray(at + centralBytes, extra)).toString("utf8");
  return { name, method: view.getUint16(at + 10, true), ...sizes64(view, small, extra, extra + extraLength), next };
}

type Sizes = Pick<CentralEntry, "compressed" | "size" | "local">;
const isIn64 = 0xffff_ffff;

/** Sizes that do not fit in 32 bits stand in the extra field 1, those only, in this order. */
function sizes64(view: DataView, small: Sizes, from: number, to: number): Sizes {
  const sizes = { ...small };
  for (let at = from; at + 4 <= to; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) {
      continue;
    }
    let place = at + 4;
    for (const field of ["size", "compressed", "local"] as const) {
      if (small[field] === isIn64) {
        require(view, place, 8, "directory");
        sizes[field] = bigNumber(view, place);
        place += 8;
      }
    }
  }
  return sizes;
}

function content(bytes: Uint8Array, view: DataView, { name, method, compressed, size, local }: CentralEntry): Uint8Array {
  const what = `entry ${JSON.stringify(name)}`;
  require(view, local, localBytes, what);
  if (view.getUint32(local, true) !== signatures.local) {
    throw new ZipError(`its ${what} is damaged`);
  }
  const start = local + localBytes + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  require(view, start, compressed, what);
  const packed = bytes.subarray(start, start + compressed);
  const read = method === methods.stored ? packed : inflated(packed, method, size, what);
  if (read.length !== size) {
    throw new ZipError(`its ${what} has ${read.length} bytes, its directory says ${size}`);
  }
  return read;
}

function inflated(packed: Uint8Array, method: number, size: number, what: string): Uint8Array {
  if (method !== methods.deflated) {
    throw new ZipError(`its ${what} is compressed by method ${method}; methods 0 (stored) and 8 (deflated) can be read`);
  }
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
  } catch {
    throw new ZipError(`its ${what} cannot be inflated`);
  }
}
