import type { RomFindings } from "../findings.js";
import { isReadableSize } from "../limits.js";
import { wordsOfBytes } from "./rawBytes.js";
import type { ReadOptions, ReadRom, RomSource } from "./readRom.js";

export const npyMagic = "\x93NUMPY";

/**
 * An array of NumPy (numpy.lib.format, versions 1 to 3): a vector of unsigned integers, a word each, in either byte order;
 * or a matrix of uint8 in C order, a word a row, least significant byte first.
 */
export function readNpy({ bytes }: RomSource, { width }: ReadOptions, findings: RomFindings): ReadRom {
  const header = readHeader(Buffer.from(bytes), findings);
  const layout = header && layoutOf(header.text, findings);
  if (header === undefined || layout === undefined) {
    return { words: [] };
  }
  const { wordBytes, isBigEndian, depth } = layout;
  const data = bytes.subarray(header.end);
  if (data.length !== depth * wordBytes) {
    findings.add("count-mismatch", 1, `The header makes ${depth * wordBytes} bytes of data, but the file has ${data.length}.`);
  }
  const whole = data.subarray(0, Math.min(depth, Math.floor(data.length / wordBytes)) * wordBytes);
  return { ...(width === undefined && { width: 8 * wordBytes }), depth, words: wordsOfBytes(whole, wordBytes, isBigEndian, findings) };
}

/** The dictionary of the header, and where the data begin. */
function readHeader(file: Buffer, findings: RomFindings): { text: string; end: number } | undefined {
  const version = file[6];
  if (file.length < 12 || file.toString("latin1", 0, 6) !== npyMagic || version === undefined || version < 1 || version > 3) {
    findings.add("bad-field", 1, "It does not begin as a NumPy array of version 1, 2 or 3.");
    return undefined;
  }
  const start = version === 1 ? 10 : 12;
  const end = start + (version === 1 ? file.readUInt16LE(8) : file.readUInt32LE(8));
  if (end > file.length) {
    findings.add("missing-end", 1, `The header ends at byte ${end}, but the file has ${file.length}.`);
    return undefined;
  }
  return { text: file.toString("latin1", start, end), end };
}

/** How the words lie in the data. */
interface Layout {
  readonly wordBytes: number;
  readonly isBigEndian: boolean;
  readonly depth: number;
}

function layoutOf(header: string, findings: RomFindings): Layout | undefined {
  const descr = found(/'descr'\s{0,9}:\s{0,9}'([^']{0,99})'/, header);
  const shape = found(/'shape'\s{0,9}:\s{0,9}\(([^)]{0,99})\)/, header);
  const [, byteOrder, size] = /^([<>|=])u([1248])$/.exec(descr) ?? [];
  const [, depth, row] = /^\s*(\d+)\s*,\s*(?:(\d+)\s*,?\s*)?$/.exec(shape) ?? [];
  if (size === undefined || depth === undefined) {
    findings.add("unsupported-type", 1, `The array has type ${JSON.stringify(descr)} and shape (${shape.trim()}).`);
    return undefined;
  }
  const isFortran = /'fortran_order'\s*:\s*True/.test(header);
  if (row !== undefined && (size !== "1" || isFortran)) {
    const order = isFortran ? "Fortran" : "C";
    findings.add("unsupported-type", 1, `A matrix must hold uint8 in C order, but this has ${descr} in ${order} order.`);
    return undefined;
  }
  return readableLayout({ wordBytes: Number(size) * Number(row ?? 1), isBigEndian: byteOrder === ">", depth: Number(depth) }, findings);
}

function readableLayout(layout: Layout, findings: RomFindings): Layout | undefined {
  const { depth, wordBytes } = layout;
  if (wordBytes > 0 && isReadableSize(depth, 8 * wordBytes)) {
    return layout;
  }
  findings.add("unsupported-type", 1, `The array has ${depth} words of ${8 * wordBytes} bits.`);
  return undefined;
}

function found(pattern: RegExp, text: string): string {
  return pattern.exec(text)?.[1] ?? "";
}
