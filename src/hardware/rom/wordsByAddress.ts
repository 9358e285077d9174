import type { ReadWord } from "./readers/readRom.js";

/** The words in ascending order, each address once; of one given twice the last word counts, as most tools have it. */
export function wordsByAddress({ words }: { readonly words: readonly ReadWord[] }): readonly ReadWord[] {
  if (words.every(({ address }, index) => index === 0 || address > words[index - 1]!.address)) {
    return words;
  }
  return [...new Map(words.map((word) => [word.address, word])).values()].toSorted((one, other) => one.address - other.address);
}
