import { splitCorpus } from "../data/corpus.js";
import type { TaskData } from "../data/contract.js";
import type { ClassificationSpec, SplitSpec, TaskSpec, WordModelSpec } from "../experiment/taskSpec.js";
import { checkOptions, shown } from "./options.js";
import { Sequences } from "./sequences.js";
import { asTask } from "./taskData.js";
import { defaultSplit, Text } from "./text.js";

/** What is learned from which data; made by `characterModel`, `wordModel` and `classification`. */
export interface Task {
  readonly spec: TaskSpec;
  readonly source: Text | Sequences;
  /** The data as the task reads it, split into its parts. */
  data(): TaskData;
}

interface TextOptions {
  /** Timesteps of backpropagation. Default 64. */
  sequenceLength?: number;
  /** Sequences in a minibatch. Default 32. */
  batchSize?: number;
  /**
   * Fractions of train, validation and test in text order, or "canonical", the parts that the data set itself defines.
   * Default: canonical where there are such parts, else 0.8, 0.1, 0.1.
   */
  split?: SplitSpec;
}

export type CharacterModelOptions = TextOptions;

export const textNames = { sequenceLength: true, batchSize: true, split: true } as const;

/** Cells are not type checked. */
function requireKind(word: string, given: unknown, kind: typeof Text | typeof Sequences, remedy: string): void {
  if (!(given instanceof kind)) {
    throw new TypeError(`${word}() takes ${remedy}, not ${shown(given)}`);
  }
}

function textFields(word: string, text: Text, options: TextOptions) {
  requireKind(word, text, Text, 'a text, as await tl.data.text("moby-dick")');
  return {
    corpus: { name: text.name, source: text.source, sha256: text.sha256 },
    split: options.split ?? (text.corpus.parts ? "canonical" : ([...defaultSplit] as [number, number, number])),
    sequenceLength: options.sequenceLength ?? 64,
    batchSize: options.batchSize ?? 32,
  } as const;
}

/** The task of predicting each next character of a text. */
export function characterModel(text: Text, options: CharacterModelOptions = {}): Task {
  checkOptions("tl.characterModel", options, textNames);
  const spec = { kind: "character-model", ...textFields("tl.characterModel", text, options) } as const;
  return { spec, source: text, data: () => splitCorpus(text.corpus, spec) };
}

export interface WordModelOptions extends TextOptions {
  /** Width of the word vectors. Default 300. */
  embedding?: number;
  /** Probability with which an element of a word vector is dropped. Default 0. */
  embeddingDropout?: number;
  /** Rarer words become <unk>. Default: words that occur once, unless the parts are canonical and so have their own <unk>. */
  vocabulary?: Partial<WordModelSpec["vocabulary"]>;
}

/** The task of predicting each next word of a text; words are cut at white space, a line ends in <eos>. */
export function wordModel(text: Text, options: WordModelOptions = {}): Task {
  checkOptions("tl.wordModel", options, { ...textNames, embedding: true, embeddingDropout: true, vocabulary: true });
  checkOptions("vocabulary of tl.wordModel", options.vocabulary ?? {}, { minimumCount: true, size: true });
  const fields = textFields("tl.wordModel", text, options);
  const spec: WordModelSpec = {
    kind: "word-model",
    ...fields,
    vocabulary: { minimumCount: fields.split === "canonical" ? 1 : 2, size: null, ...options.vocabulary },
    embedding: options.embedding ?? 300,
    embeddingDropout: options.embeddingDropout ?? 0,
  };
  return { spec, source: text, data: () => splitCorpus(text.corpus, spec) };
}

export interface ClassificationOptions {
  /** Sequences in a minibatch. Default 100. */
  batchSize?: number;
  /** So many timesteps side by side are one: 28 makes an image's lines of its pixels. Default 1. */
  grouped?: number;
  /** True, or the seed of one random order of the timesteps, the same for all sequences. Default: the given order. */
  permuted?: boolean | number;
}

/** The task of telling the class of each whole sequence, from the last hidden state. */
export function classification(sequences: Sequences, options: ClassificationOptions = {}): Task {
  checkOptions("tl.classification", options, { batchSize: true, grouped: true, permuted: true });
  requireKind("tl.classification", sequences, Sequences, 'sequences, as await tl.data.sequences("mnist")');
  const { name, source, sha256 } = sequences;
  const spec: ClassificationSpec = {
    kind: "classification",
    data: { name, source, sha256 },
    batchSize: options.batchSize ?? 100,
    ...(options.grouped !== undefined && { grouped: options.grouped }),
    order: orderOf(options.permuted ?? false),
  };
  return { spec, source: sequences, data: () => asTask(sequences.data, spec) };
}

/** The seed of a permutation that was asked for without one. */
const defaultPermutation = 1;

function orderOf(choice: boolean | number): ClassificationSpec["order"] {
  if (choice === false) {
    return { kind: "given" };
  }
  return { kind: "permuted", seed: choice === true ? defaultPermutation : choice };
}
