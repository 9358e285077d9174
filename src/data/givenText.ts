import { codeUnitOffset, encodeText, UnknownSymbolError } from "./alphabet.js";
import { CorpusError, universalNewlines } from "./textCorpus.js";
import { encodeWords, unknownWord, wordsOf } from "./words.js";

/** A text as a language model reads it. */
export interface GivenText {
  /** [N] symbol ids, at least one. */
  readonly ids: Int32Array;
  /** Words that the vocabulary lacks, which were read as <unk>; 0 for a character model. */
  readonly unknownWords: number;
}

/**
 * A text as the training text was read: line ends become \n, a character model's symbols are code points, a word model's are
 * words cut at white space with <eos> at each line's end.
 * @param kind of the model
 * @param symbols of the model; index = symbol id
 * @param place what the text is, for messages: "The text", or a file's path
 * @throws CorpusError for an empty text, or a symbol that the model does not know: it names line, column and remedy
 */
export function givenText(kind: "character-model" | "word-model", symbols: readonly string[], text: string, place: string): GivenText {
  const lines = universalNewlines(text);
  const given = kind === "character-model" ? givenCharacters(symbols, lines, place) : givenWords(symbols, lines, place);
  if (given.ids.length === 0) {
    throw new CorpusError(`${place} is empty: give a text of at least one symbol.`);
  }
  return given;
}

function givenCharacters(symbols: readonly string[], text: string, place: string): GivenText {
  try {
    return { ids: encodeText(text, symbols), unknownWords: 0 };
  } catch (error) {
    throw error instanceof UnknownSymbolError ? new CorpusError(unknownCharacter(error, symbols, text, place), { cause: error }) : error;
  }
}

function unknownCharacter({ codePoint, position }: UnknownSymbolError, symbols: readonly string[], text: string, place: string): string {
  const before = text.slice(0, codeUnitOffset(text, 0, position));
  const line = before.split("\n").length;
  const column = [...before.slice(before.lastIndexOf("\n") + 1)].length + 1;
  const character = String.fromCodePoint(codePoint);
  const number = codePoint.toString(16).toUpperCase().padStart(4, "0");
  const known = new Set(symbols);
  const isLowerCase = known.has(character.toLowerCase());
  const remedy = isLowerCase ? "The model's text is in lower case: give yours in lower case too." : "Leave it out, or replace it by one that the model knows.";
  return (
    `${place}, line ${line}, column ${column} has ${JSON.stringify(character)} (U+${number}), which is not among the ${symbols.length} ` +
    `characters that the model was trained on. ${remedy}`
  );
}

function givenWords(symbols: readonly string[], text: string, place: string): GivenText {
  const words = wordsOf(text);
  const known = new Set(symbols);
  const unknown = words.filter((word) => !known.has(word));
  if (unknown.length > 0 && !known.has(unknownWord)) {
    const line = text.split("\n").findIndex((row) => wordsOf(row).some((word) => !known.has(word))) + 1;
    throw new CorpusError(
      `${place}, line ${line} has the word ${JSON.stringify(unknown[0])}, which is not among the ${symbols.length} words that the model was ` +
        `trained on, and it has no ${unknownWord} for others. Leave the word out, or replace it by one that the model knows.`,
    );
  }
  return { ids: encodeWords(words, symbols, place), unknownWords: unknown.length };
}
