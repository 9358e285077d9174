import fc from "fast-check";
import type { RomImage } from "../../../src/romFormats/romImage.js";

/** The content of a ROM as plain numbers. */
export interface Words {
  readonly width: number;
  readonly words: readonly bigint[];
}

/** Widths from 1 to 130 bits, so on both sides of every boundary of digits, bytes and machine words. */
export const wordLists: fc.Arbitrary<Words> = fc
  .integer({ min: 1, max: 130 })
  .chain((width) =>
    fc.record({
      width: fc.constant(width),
      words: fc.array(fc.bigInt({ min: 0n, max: 2n ** BigInt(width) - 1n }), { minLength: 1, maxLength: 50 }),
    }),
  );

/** Least significant first. */
export function bytesOf(value: bigint, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
}

export function imageOf({ width, words }: Words, name = "some_words"): RomImage {
  const stride = Math.ceil(width / 8);
  return { name, width, depth: words.length, data: Uint8Array.from(words.flatMap((word) => bytesOf(word, stride))) };
}
