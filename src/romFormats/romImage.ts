/** What a ROM is like without its words. */
export interface RomShape {
  /** Lower-case letters, digits and underscores: file name and identifier. */
  readonly name: string;
  readonly width: number;
  readonly depth: number;
}

/** The content of one ROM: `depth` words of `width` bits, word 0 first. */
export interface RomImage extends RomShape {
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

/** A word as a number. */
export function wordValue(image: RomImage, address: number): bigint {
  return BigInt(`0x${hexWord(image, address)}`);
}
