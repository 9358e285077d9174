/** Those that begin so; where none does, those that do with other capitals. */
export function startingWith(prefix: string, known: readonly string[]): string[] {
  const exact = known.filter((text) => text.startsWith(prefix));
  const small = prefix.toLowerCase();
  return exact.length > 0 ? exact : known.filter((text) => text.toLowerCase().startsWith(small));
}
