/**
 * A cell may use a name before it declares it again: `const data = data.map(double)`. TypeScript needs two names for the two values, and
 * places stay where they are only if both names are equally long. So the first letter of the earlier one is a sign that nobody
 * writes, from which the letter can be told.
 */

/** 128 syllables of the Yi script stand for the letters of ASCII. */
const firstSign = 0xa000;
const signs = /[\uA000-\uA07F]/g;

/** The name by which a cell knows what an earlier one called `name`; undefined where the name begins with a letter that has no sign. */
export function earlierName(name: string): string | undefined {
  const letter = name.charCodeAt(0);
  return letter < 0x80 ? `${String.fromCharCode(firstSign + letter)}${name.slice(1)}` : undefined;
}

/** A text as the user wrote it, or would have written it. */
export function asWritten(text: string): string {
  return text.replace(signs, (sign) => String.fromCharCode(sign.charCodeAt(0) - firstSign));
}
