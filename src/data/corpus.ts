import path from "node:path";
import type { CorpusSpec, LanguageModelSpec, SplitSpec } from "../experiment/taskSpec.js";
import { isPrintableLine, printableLine, printableLineRule } from "../text/printable.js";
import { alphabetOf, codeUnitOffset, encodeText } from "./alphabet.js";
import type { DataPart, SymbolData } from "./contract.js";
import { loadTextDataset } from "./datasets/loadText.js";
import type { DatasetOptions } from "./datasets/openDataFile.js";
import { downloadedTexts } from "./datasets/texts.js";
import { embeddedCorpora, findEmbedded } from "./embedded.js";
import {
  CorpusError,
  makeCorpus,
  type PartLengths,
  readText,
  splitLengths,
  type TextCorpus,
  universalNewlines,
} from "./textCorpus.js";
import { encodeWords, vocabularyOf, type VocabularyLimits, wholeVocabulary, wordsOf } from "./words.js";

/** Names of the texts that can be loaded. */
export const textDatasets: readonly string[] = [...Object.keys(embeddedCorpora), ...Object.keys(downloadedTexts)];

/**
 * A text that ships with the product.
 * @param name "moby-dick"
 * @throws CorpusError for another name, or when the product is built without it
 */
export async function loadCorpus(name: string): Promise<TextCorpus> {
  const known = embeddedCorpora[name];
  if (known === undefined) {
    const names = Object.keys(embeddedCorpora).join(", ");
    throw new CorpusError(`No text "${name}" ships with Tritloom; there is ${names}. For a file use its path instead.`);
  }
  const file = await findEmbedded(known.file);
  if (file === undefined) {
    throw new CorpusError(`The text "${name}" (${known.file}) is not beside the program: run \`npm run build\`.`);
  }
  const corpus = makeCorpus(await readText(file), { name, licence: known.licence, source: { kind: "embedded" } });
  if (corpus.sha256 !== known.sha256) {
    throw new CorpusError(`${file} is not the text that it should be (SHA-256 ${corpus.sha256}): run \`npm run build\`.`);
  }
  return corpus;
}

/**
 * A text by name. Those that do not ship are read from the folder TRITLOOM_DATA or the cache, and downloaded into the
 * cache when they are in neither.
 * @param name one of `textDatasets`
 * @throws CorpusError for another name; DatasetError when it cannot be had or is not what it should be
 */
export async function loadText(name: string, options?: DatasetOptions): Promise<TextCorpus> {
  if (Object.hasOwn(embeddedCorpora, name)) {
    return loadCorpus(name);
  }
  if (!Object.hasOwn(downloadedTexts, name)) {
    throw new CorpusError(`There is no text "${name}"; there is ${textDatasets.join(", ")}. For a file use its path instead.`);
  }
  return loadTextDataset(name, downloadedTexts[name]!, options);
}

/**
 * A UTF-8 text file; \r\n and \r become \n, a byte-order mark stays.
 * @throws CorpusError when it is missing, a directory, empty, or not UTF-8
 */
export async function readCorpusFile(file: string): Promise<TextCorpus> {
  const absolute = path.resolve(file);
  const name = printableLine(path.basename(absolute, path.extname(absolute)));
  return makeCorpus(await readText(absolute), { name, licence: "not stated", source: { kind: "file", path: absolute } });
}

/**
 * A text at hand; \r\n and \r become \n.
 * @throws CorpusError when it is empty or holds half a surrogate pair, which no file could keep, or its name is no printable line
 */
export function corpusFromText(name: string, text: string): TextCorpus {
  if (!isPrintableLine(name)) {
    throw new CorpusError(`The name of the text, "${printableLine(name)}", ${printableLineRule}.`);
  }
  const fault = text === "" ? "is empty" : /\p{Surrogate}/u.test(text) ? "holds half of a surrogate pair" : undefined;
  if (fault !== undefined) {
    throw new CorpusError(`The text "${name}" ${fault}: give a text of at least one whole character.`);
  }
  return makeCorpus(universalNewlines(text), { name, licence: "not stated", source: { kind: "inline" } });
}

/**
 * The text that a run was trained on, found again; nothing is downloaded.
 * @param runDir where a text given in a cell is kept, as `corpus.txt`
 * @throws CorpusError when it is missing or no longer the same
 */
export async function corpusFromSpec(spec: CorpusSpec, runDir: string): Promise<TextCorpus> {
  const corpus = await findAgain(spec, runDir);
  if (corpus.sha256 !== spec.sha256) {
    const place = spec.source.kind === "file" ? spec.source.path : `"${spec.name}" of ${runDir}`;
    throw new CorpusError(
      `The text ${place} has changed since the run began (SHA-256 ${corpus.sha256}, then ${spec.sha256}): ` +
        "put the old text back, or start a new run.",
    );
  }
  return corpus;
}

function findAgain(spec: CorpusSpec, runDir: string): Promise<TextCorpus> | TextCorpus {
  switch (spec.source.kind) {
    case "embedded":
      return loadCorpus(spec.name);
    case "dataset":
      return loadText(spec.name, { download: false });
    case "file":
      return readCorpusFile(spec.source.path);
    case "inline":
      return readText(path.join(runDir, "corpus.txt")).then((text) => corpusFromText(spec.name, text));
  }
}

/** How a language model reads a text. */
export type TextTask = Pick<LanguageModelSpec, "kind" | "split" | "sequenceLength" | "batchSize"> & {
  /** The vocabulary of a word model; without it every word of the training part is a symbol. */
  readonly vocabulary?: VocabularyLimits | undefined;
};

/**
 * The symbol ids of a text in three parts, in text order. For a character model the symbols are the code points of the
 * whole text; for a word model they are the words of its training part.
 * @throws CorpusError when the fractions do not sum to 1, the text defines no canonical parts but they are asked for,
 * there is but one symbol, a part is too short for one minibatch, or a word is not in the vocabulary
 */
export function splitCorpus(corpus: TextCorpus, task: TextTask): SymbolData {
  const data = task.kind === "word-model" ? splitWords(corpus, task) : splitCharacters(corpus, task.split);
  if (data.symbols.length < 2) {
    const [only] = data.symbols.map((symbol) => JSON.stringify(symbol));
    throw new CorpusError(`The text "${corpus.name}" has no symbol but ${only}: there is nothing to predict. Give another text.`);
  }
  checkLengths(corpus.name, data, task);
  return data;
}

function splitCharacters(corpus: TextCorpus, split: SplitSpec): SymbolData {
  const symbols = alphabetOf(corpus.text);
  const encode = (part: string) => encodeText(part, symbols);
  return { kind: "symbols", symbols, ...mapParts(cutText(corpus.text, partLengths(corpus, corpus.characters, split)), encode) };
}

/** Canonical parts are cut before the text becomes words; fractions count words. */
function splitWords(corpus: TextCorpus, { split, vocabulary = wholeVocabulary }: TextTask): SymbolData {
  const words =
    split === "canonical"
      ? mapParts(cutText(corpus.text, partLengths(corpus, corpus.characters, split)), wordsOf)
      : cutWords(corpus, wordsOf(corpus.text), split);
  const symbols = vocabularyOf(words.train, vocabulary);
  const encode = (part: readonly string[], name: DataPart) => encodeWords(part, symbols, `the ${name} part of "${corpus.name}"`);
  return { kind: "symbols", symbols, ...mapParts(words, encode) };
}

function cutWords(corpus: TextCorpus, words: readonly string[], split: SplitSpec): Record<DataPart, readonly string[]> {
  const { train, validation } = partLengths(corpus, words.length, split);
  return {
    train: words.slice(0, train),
    validation: words.slice(train, train + validation),
    test: words.slice(train + validation),
  };
}

/**
 * Lengths of the three parts of `length` symbols.
 * @throws CorpusError when the fractions do not sum to 1, or there are no canonical parts
 */
export function partLengths(corpus: Pick<TextCorpus, "name" | "parts">, length: number, split: SplitSpec): PartLengths {
  if (split === "canonical") {
    if (corpus.parts === undefined) {
      throw new CorpusError(`The text "${corpus.name}" defines no parts of its own: give split as three fractions that sum to 1.`);
    }
    return corpus.parts;
  }
  const sum = split.reduce((total, fraction) => total + fraction, 0);
  if (Math.abs(sum - 1) > 1e-6) {
    throw new CorpusError(`split is ${split.join(", ")}, which sums to ${sum}: give three fractions that sum to 1.`);
  }
  return splitLengths(length, split);
}

function cutText(text: string, { train, validation }: PartLengths): Record<DataPart, string> {
  const validationStart = codeUnitOffset(text, 0, train);
  const testStart = codeUnitOffset(text, validationStart, validation);
  return { train: text.slice(0, validationStart), validation: text.slice(validationStart, testStart), test: text.slice(testStart) };
}

function mapParts<T, U>(parts: Record<DataPart, T>, map: (part: T, name: DataPart) => U): Record<DataPart, U> {
  return {
    train: map(parts.train, "train"),
    validation: map(parts.validation, "validation"),
    test: map(parts.test, "test"),
  };
}

function checkLengths(name: string, data: SymbolData, { kind, batchSize, sequenceLength }: TextTask): void {
  const window = batchSize * sequenceLength + 1;
  // Training windows start at a random offset below one sequence.
  const needs = { train: window + sequenceLength - 1, validation: window, test: window };
  const unit = kind === "word-model" ? "words" : "characters";
  for (const part of ["train", "validation", "test"] as const) {
    if (data[part].length < needs[part]) {
      throw new CorpusError(
        `The ${part} part of the text "${name}" has ${data[part].length} ${unit}; one minibatch of ${batchSize} ` +
          `sequences of ${sequenceLength} needs ${needs[part]}. Choose a smaller batchSize or sequenceLength, or a longer text.`,
      );
    }
  }
}
