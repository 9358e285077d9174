/**
 * Names, symbols and paths come from people, files and strangers' run directories. Before they enter generated code,
 * Markdown, markup or a terminal they become printable: what would end a line, move a cursor or reorder what is read is
 * written as an escape that everybody sees.
 */

/**
 * Control characters (C0, DEL, C1), line and paragraph separators, halves of surrogate pairs, non-characters, and the
 * embeddings, overrides and isolates of the bidirectional algorithm (Unicode UAX #9), with which a text reads otherwise
 * than a compiler takes it (CVE-2021-42574).
 */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u;
const everyUnprintable = new RegExp(unprintable, "gu");

const shortEscapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** `\u001b`: as JavaScript, JSON and C spell it. All of these characters are below U+10000. */
function codeEscape(character: string): string {
  return `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`;
}

/** Whether a text is one line that shows all it holds; a name must be. */
export function isPrintableLine(text: string): boolean {
  return !unprintable.test(text);
}

/** What a name must be, in the words of an error. */
export const printableLineRule = "must be one line without control characters: leave out line breaks, escape codes and marks of text direction";

/** A text as one printable line: a line break becomes `\n`, an escape code `\u001b`. */
export function printableLine(text: string): string {
  return text.replace(everyUnprintable, (character) => shortEscapes[character] ?? codeEscape(character));
}

/** A text of several lines for a terminal or a page: line ends and tabs stay, all else as in `printableLine`. */
export function printableLines(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(everyUnprintable, (character) => (/[\n\t]/.test(character) ? character : (shortEscapes[character] ?? codeEscape(character))));
}

/** A value as JSON on one line, which a terminal may show: JSON itself leaves C1 controls and marks of direction as they are. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(everyUnprintable, codeEscape);
}
