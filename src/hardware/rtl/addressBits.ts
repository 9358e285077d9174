/** Address bits of a memory of so many words; at least one. */
export function addressBits(words: number): number {
  return Math.max(1, Math.ceil(Math.log2(words)));
}
