/** A character that an alphabet does not have; the message names it, its place and the remedy. */
export class UnknownSymbolError extends Error {
  override readonly name = "UnknownSymbolError";

  /** @param position of the character, in code points from 0 */
  constructor(
    message: string,
    readonly codePoint: number,
    readonly position: number,
  ) {
    super(message);
  }
}

/** The distinct Unicode code points of a text, in the order of their numbers; the index is the symbol's id. */
export function alphabetOf(text: string): string[] {
  const codePoints: number[] = [];
  const seen = new Uint8Array(0x110000);
  for (let at = 0; at < text.length; ) {
    const codePoint = text.codePointAt(at)!;
    if (seen[codePoint] === 0) {
      seen[codePoint] = 1;
      codePoints.push(codePoint);
    }
    at += unitsOf(codePoint);
  }
  return codePoints.sort((a, b) => a - b).map((codePoint) => String.fromCodePoint(codePoint));
}

/** Length in Unicode code points. */
export function countCharacters(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; count++) {
    at += unitsOf(text.codePointAt(at)!);
  }
  return count;
}

/**
 * The symbol ids of a text, one for each code point.
 * @throws UnknownSymbolError at the first character that the alphabet does not have
 */
export function encodeText(text: string, alphabet: readonly string[]): Int32Array {
  const codePoints = alphabet.map((symbol) => symbol.codePointAt(0)!);
  const largest = codePoints.reduce((largest, codePoint) => Math.max(largest, codePoint), 0);
  const ids = new Int32Array(largest + 1).fill(-1);
  codePoints.forEach((codePoint, id) => (ids[codePoint] = id));
  const encoded = new Int32Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; ) {
    const codePoint = text.codePointAt(at)!;
    const id = codePoint > largest ? -1 : ids[codePoint]!;
    if (id < 0) {
      throw unknownSymbol(codePoint, length, alphabet);
    }
    encoded[length++] = id;
    at += unitsOf(codePoint);
  }
  return length === encoded.length ? encoded : encoded.slice(0, length);
}

/** The index, in UTF-16 units, at which the code point begins that is `count` code points after the one at `start`. */
export function codeUnitOffset(text: string, start: number, count: number): number {
  let at = start;
  for (let seen = 0; seen < count; seen++) {
    at += unitsOf(text.codePointAt(at) ?? 0);
  }
  return at;
}

/** The text of symbol ids. */
export function decodeText(ids: Iterable<number>, alphabet: readonly string[]): string {
  return Array.from(ids, (id) => alphabet[id]).join("");
}

/** Places that a code point takes in a string. */
function unitsOf(codePoint: number): number {
  return codePoint > 0xffff ? 2 : 1;
}

function unknownSymbol(codePoint: number, position: number, alphabet: readonly string[]): UnknownSymbolError {
  const number = codePoint.toString(16).toUpperCase().padStart(4, "0");
  return new UnknownSymbolError(
    `The character ${JSON.stringify(String.fromCodePoint(codePoint))} (U+${number}) at position ${position} is not among ` +
      `the ${alphabet.length} symbols of the text that the model learns from: leave it out, or train on a text that has it.`,
    codePoint,
    position,
  );
}
