import type { ReadWord } from "../../romFormats/reading/placedWords.js";
import { hexDigits } from "../../romFormats/romImage.js";

/** The words in ascending order, each address once; of one given twice the last word counts, as most tools have it. */
export function wordsByAddress({ words }: { readonly words: readonly ReadWord[] }): readonly ReadWord[] {
  if (words.every(({ address }, index) => index === 0 || address > words[index - 1]!.address)) {
    return words;
  }
  return [...new Map(words.map((word) => [word.address, word])).values()].toSorted((one, other) => one.address - other.address);
}

/** Hexadecimal digits of all words together that are filled with zeros; beyond, one wide word would make all others as long. */
const mostDigits = 2 ** 24;

/** How words are written in hexadecimal: all with as many digits as their width has, unless that makes too many. */
export function digitsOf(words: readonly unknown[], bits: number): (value: bigint) => string {
  const isFilled = words.length * (bits / 4) <= mostDigits;
  return (value) => hexDigits(value, isFilled ? bits : 1);
}
