import { bytesPerWord } from "../romImage.js";
import type { RomImage } from "../romImage.js";

const magic = "\x93NUMPY\x01\x00";
const alignment = 64;
const elementBytes = [1, 2, 4, 8] as const;

/**
 * An array of NumPy (numpy.lib.format, version 1.0): `uint8` to `uint64`, a word each; words above 64 bits are rows of
 * `uint8`, least significant byte first.
 */
export function writeNpy({ width, depth, data }: RomImage): Uint8Array {
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
