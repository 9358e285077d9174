import { decodeField, encodeField, valuesPerField } from "./encoding.js";
import type { Encoding } from "./encoding.js";

/** The content of one ROM: `depth` words of `width` bits, word 0 first. */
export interface RomImage {
  /** Lower-case letters, digits and underscores: file name and identifier. */
  readonly name: string;
  readonly width: number;
  readonly depth: number;
  /** `bytesPerWord(width)` bytes for each word, least significant byte first, unused top bits 0. */
  readonly data: Uint8Array;
}

/** Bytes that one word takes in `RomImage.data`. */
export function bytesPerWord(width: number): number {
  return Math.ceil(width / 8);
}

/** One word in exactly ceil(width / 4) upper-case hexadecimal digits. */
export function hexWord({ width, data }: RomImage, address: number): string {
  const bytes = bytesPerWord(width);
  const bigEndian = Buffer.from(data.subarray(address * bytes, (address + 1) * bytes)).reverse();
  return bigEndian
    .toString("hex")
    .slice(-Math.ceil(width / 4))
    .toUpperCase();
}

/** A number in at least ceil(width / 4) upper-case hexadecimal digits. */
export function hexDigits(value: bigint, width: number): string {
  return value.toString(16).toUpperCase().padStart(Math.ceil(width / 4), "0");
}

/** All words in order, each as `hexWord` gives it. */
export function hexWords(image: RomImage): string[] {
  return Array.from({ length: image.depth }, (_, address) => hexWord(image, address));
}

export const bitOrders = ["lsb-first", "msb-first"] as const;

/** Where lane 0 sits in a word: in the least or the most significant bits. */
export type BitOrder = (typeof bitOrders)[number];

/** How the lanes of a word are laid out. */
export interface LanePacking {
  readonly lanes: number;
  readonly encoding: Encoding;
  /** Default `lsb-first`. */
  readonly bitOrder?: BitOrder;
}

/** Bits of a word of so many lanes. */
export function wordWidth({ lanes, encoding }: LanePacking): number {
  return Math.ceil(lanes / valuesPerField(encoding)) * encoding.bits;
}

/**
 * Packs integers into words.
 * @param valueAt the integer for a word and a lane; undefined is padding
 */
export function packImage(
  { name, depth, ...packing }: { name: string; depth: number } & LanePacking,
  valueAt: (address: number, lane: number) => number | undefined,
): RomImage {
  const { lanes, encoding } = packing;
  const width = wordWidth(packing);
  const stride = bytesPerWord(width);
  const perField = valuesPerField(encoding);
  const firstBits = fieldBits(packing);
  const data = new Uint8Array(depth * stride);
  const values: (number | undefined)[] = Array.from({ length: perField });
  for (let address = 0; address < depth; address++) {
    firstBits.forEach((firstBit, field) => {
      for (let k = 0; k < perField; k++) {
        const lane = field * perField + k;
        values[k] = lane < lanes ? valueAt(address, lane) : undefined;
      }
      setField(data, address * stride * 8 + firstBit, encoding.bits, encodeField(values, encoding));
    });
  }
  return { name, width, depth, data };
}

/**
 * The integers in the lanes of a word; undefined for lanes whose field has a code that does not occur.
 * @param word below 2^wordWidth(packing)
 */
export function unpackWord(word: bigint, packing: LanePacking): (number | undefined)[] {
  return wordUnpacker(packing)(word);
}

/** Bits of a piece of a word that numbers compute with, rather than bigints. */
const limbBits = 32;
const limbDigits = limbBits / 4;

/** The same for many words of one packing. */
export function wordUnpacker(packing: LanePacking): (word: bigint) => (number | undefined)[] {
  const { lanes, encoding } = packing;
  const width = wordWidth(packing);
  const limbs = Math.ceil(width / limbBits);
  const none = Array.from<undefined>({ length: valuesPerField(encoding) });
  const firstBits = fieldBits(packing);
  return (word) => {
    const digits = word.toString(16).padStart(limbs * limbDigits, "0").slice(-limbs * limbDigits);
    const pieces = Array.from({ length: limbs }, (_, limb) => Number.parseInt(digits.slice((limbs - limb - 1) * limbDigits, (limbs - limb) * limbDigits), 16));
    const values: (number | undefined)[] = [];
    for (const firstBit of firstBits) {
      for (const value of decodeField(bitsAt(pieces, firstBit, encoding.bits), encoding) ?? none) {
        values.push(value);
      }
    }
    values.length = lanes;
    return values;
  };
}

/** A field of at most 32 bits out of pieces of 32, the lowest piece first. */
function bitsAt(pieces: readonly number[], firstBit: number, bits: number): number {
  const [piece, shift] = [Math.floor(firstBit / limbBits), firstBit % limbBits];
  const low = Math.floor(pieces[piece]! / 2 ** shift) % 2 ** bits;
  const above = Math.max(0, bits - (limbBits - shift));
  return low + ((pieces[piece + 1] ?? 0) % 2 ** above) * 2 ** (limbBits - shift);
}

/** The lowest bit of each field, the field of lane 0 first. */
function fieldBits(packing: LanePacking): number[] {
  const { bits } = packing.encoding;
  const fields = wordWidth(packing) / bits;
  const isMsbFirst = packing.bitOrder === "msb-first";
  return Array.from({ length: fields }, (_, field) => (isMsbFirst ? fields - 1 - field : field) * bits);
}

/** Writes a field into cleared bits, byte by byte. */
function setField(data: Uint8Array, firstBit: number, bits: number, field: number): void {
  let rest = field;
  let bit = firstBit;
  let left = bits;
  while (left > 0) {
    const offset = bit % 8;
    const taken = Math.min(8 - offset, left);
    data[Math.floor(bit / 8)]! |= (rest % 2 ** taken) << offset;
    rest = Math.floor(rest / 2 ** taken);
    bit += taken;
    left -= taken;
  }
}
