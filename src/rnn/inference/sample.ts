import type { DeployedModel } from "../shipping/deployedModel.js";
import { randomStream, uniformAt } from "../../numbers/random.js";
import { checkSampling, sampleFromLogits } from "./sampleLogits.js";
import { packedSymbols } from "./symbolStream.js";
import type { SymbolStream } from "./symbolStream.js";

export interface SampleTextOptions {
  /** At least one character, or word for a word model; every one must be among the model's symbols. */
  readonly prompt: string;
  /** Characters, or words, to write after the prompt. */
  readonly length: number;
  /** Above 0 draws, the higher the more surprising; 0 always takes the likeliest symbol. */
  readonly temperature: number;
  /** Draws from the so many likeliest symbols only; all of them when left out. */
  readonly topK?: number | undefined;
  readonly seed: number;
}

/**
 * Lets a deployed language model write on from a prompt.
 * @param open what computes the logits; packed inference where it is left out
 * @returns the new text without the prompt
 * @throws RangeError for a prompt outside the symbols, options out of range, a model of no language
 */
export function sampleText(
  model: DeployedModel,
  options: SampleTextOptions,
  open: (model: DeployedModel) => SymbolStream = packedSymbols,
): string {
  const { prompt, length, temperature, topK, seed } = options;
  checkSampling({ temperature, topK });
  checkWhole("length", length);
  checkWhole("seed", seed);
  const language = languageOf(model);
  const random = randomStream(seed, "sampling", 0);
  const given = promptSymbols(prompt, language);
  const stream = open(model);
  try {
    let logits = stream.read(given);
    const written: string[] = [];
    for (let index = 0; index < length; index++) {
      const symbol = sampleFromLogits(logits, { temperature, topK }, uniformAt(random, index));
      written.push(language.symbols[symbol]!);
      logits = stream.read(Int32Array.of(symbol));
    }
    return language.join(written);
  } finally {
    stream.dispose();
  }
}

function checkWhole(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`Sampling needs a ${name} that is a whole number of 0 or more, not ${value}.`);
  }
}

/** How a model's symbols make a text. */
interface Language {
  readonly name: "character" | "word";
  readonly symbols: readonly string[];
  readonly split: (text: string) => string[];
  readonly join: (symbols: readonly string[]) => string;
}

/** Ends a line of a word model's text. */
const endOfSentence = "<eos>";

function languageOf({ input, readout }: DeployedModel): Language {
  if (readout !== "every-timestep" || input.kind === "dense") {
    throw new RangeError("Only a model of characters or words can write text; this one tells classes of sequences.");
  }
  const { symbols } = input;
  return input.kind === "embedding"
    ? { name: "word", symbols, split: wordsOf, join: (words) => ` ${words.join(" ")}`.replaceAll(` ${endOfSentence}`, "\n") }
    : { name: "character", symbols, split: (text) => [...text], join: (characters) => characters.join("") };
}

function wordsOf(text: string): string[] {
  return text.replaceAll("\n", ` ${endOfSentence} `).split(/\s+/).filter((word) => word !== "");
}

function promptSymbols(prompt: string, { name, symbols, split }: Language): Int32Array {
  const given = split(prompt);
  if (given.length === 0) {
    throw new RangeError(`Sampling needs a prompt of at least one ${name}.`);
  }
  const ids = new Map(symbols.map((symbol, id) => [symbol, id]));
  const unknown = [...new Set(given.filter((symbol) => !ids.has(symbol)))];
  if (unknown.length > 0) {
    const listed = unknown.map((symbol) => JSON.stringify(symbol)).join(", ");
    const known = name === "character" ? `Its ${symbols.length} characters are ${JSON.stringify(symbols.join(""))}.` : `It knows ${symbols.length} words.`;
    throw new RangeError(`The model's text never has ${listed}, so a prompt cannot either. ${known}`);
  }
  return Int32Array.from(given, (symbol) => ids.get(symbol)!);
}
