/**
 * What a ROM may have. Numbers that a file states are held against these before they become a length or the end of a loop,
 * so that a hundred bytes cannot ask for gigabytes.
 */
export const romLimits = {
  /** Words of one memory, also of ranges that a file only names: enough for 16 Mbit by the byte. */
  words: 2 ** 21,
  /** Words of a range of indices where the file does not say how many the memory has. */
  openSpanWords: 2 ** 16,
  /** Bits of one word. */
  wordBits: 2 ** 20,
  /** Bits of a memory, depth times width. */
  memoryBits: 2 ** 29,
  /** Digits of one number: at most as many as a word has bits. */
  digits: 2 ** 20,
  /** Cells of a picture, and weights of one matrix. */
  weights: 2 ** 24,
} as const;

/** Whether a memory of this size is read at all. */
export function isReadableSize(depth: number, width: number): boolean {
  return depth <= romLimits.words && width <= romLimits.wordBits && depth * width <= romLimits.memoryBits;
}
