import type { RomFindings } from "./reading/findings.js";
import { isReadableSize } from "./reading/limits.js";
import { wordsOfBytes } from "./reading/placedBytes.js";
import type { ReadOptions, ReadRom, RomFormatModule, RomSource } from "./romFormat.js";
import { bytesPerWord, type RomImage } from "./romImage.js";

const npyMagic = "\x93NUMPY";

export const npy = {
  name: "npy",
  extension: "npy",
  title: "NumPy array (Python)",
  isText: false,
  hasEditor: true,
  magic: npyMagic,
  isToldByName: true,
  write: writeNpy,
  read: readNpy,
  howToLoad: ({ width }, file) => `## NumPy (.npy)

    words = numpy.load("${file}")${
      width > 64
        ? `  # uint8 [words, ${Math.ceil(width / 8)}], least significant byte first
    word = int.from_bytes(words[address].tobytes(), "little")`
        : "  # one unsigned integer a word"
    }
`,
} as const satisfies RomFormatModule;

const magic = `${npyMagic}\x01\x00`;
const alignment = 64;
const elementBytes = [1, 2, 4, 8] as const;

/**
 * An array of NumPy (numpy.lib.format, version 1.0): `uint8` to `uint64`, a word each; words above 64 bits are rows of
 * `uint8`, least significant byte first.
 */
function writeNpy({ width, depth, data }: RomImage): Uint8Array {
  const stride = bytesPerWord(width);
  const size = elementBytes.find((bytes) => stride <= bytes);
  const descr = size === undefined || size === 1 ? "|u1" : `<u${size}`;
  return npyFile(descr, size === undefined ? [depth, stride] : [depth], widened(data, stride, size ?? stride));
}

/**
 * The file of an array.
 * @param descr NumPy's name of the element's type, as "<i4"
 * @param data elements, row-major
 */
export function npyFile(descr: string, shape: readonly number[], data: Uint8Array): Uint8Array {
  const sizes = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${sizes}, }`;
  const start = magic.length + 2;
  const length = Math.ceil((start + header.length + 1) / alignment) * alignment - start;
  const lengthBytes = Buffer.alloc(2);
  lengthBytes.writeUInt16LE(length);
  const text = `${header.padEnd(length - 1)}\n`;
  return Buffer.concat([Buffer.from(magic, "latin1"), lengthBytes, Buffer.from(text, "latin1"), data]);
}

/** Each word of `stride` bytes in `size` bytes, the new ones 0. */
function widened(data: Uint8Array, stride: number, size: number): Uint8Array {
  const wide = new Uint8Array((data.length / stride) * size);
  for (let word = 0; word * stride < data.length; word++) {
    wide.set(data.subarray(word * stride, (word + 1) * stride), word * size);
  }
  return wide;
}

/**
 * An array of NumPy (numpy.lib.format, versions 1 to 3): a vector of unsigned integers, a word each, in either byte order;
 * or a matrix of uint8 in C order, a word a row, least significant byte first.
 */
function readNpy({ bytes }: RomSource, { width }: ReadOptions, findings: RomFindings): ReadRom {
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
