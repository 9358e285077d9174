import { splitCorpus } from "../data/corpus.js";
import type { TaskData } from "../data/contract.js";
import { requireValid } from "../experiment/faults.js";
import {
  characterModelSchema,
  type ClassificationSpec,
  classificationSchema,
  type SplitSpec,
  type TaskSpec,
  type WordModelSpec,
  wordModelSchema,
} from "../experiment/taskSpec.js";
import { batchOfSequences, batchOfText } from "./batchSize.js";
import { notice } from "../display/host.js";
import { checkOptions, shown } from "../experiment/options.js";
import { Sequences } from "../jobs/sequences.js";
import { asTask } from "../jobs/taskData.js";
import { Text, usualSplit } from "../jobs/text.js";

/** What is learned from which data. `tl.characterModel()`, `tl.wordModel()` and `tl.classification()` make it. */
export interface Task {
  /** The task as the run keeps it. */
  readonly spec: TaskSpec;
  /** The text or the sequences that were given. */
  readonly source: Text | Sequences;
  /** What was chosen otherwise than usual, and why. */
  readonly notes: readonly string[];
  /** The data as the task reads it, split into its parts. */
  data(): TaskData;
}

interface TextOptions {
  /** Timesteps of backpropagation. Default 64. */
  sequenceLength?: number;
  /** Sequences in a minibatch. Default 32, or as many as the smallest part of the text has. */
  batchSize?: number;
  /**
   * Fractions of train, validation and test in text order, or "canonical", the parts that the data set itself defines.
   * Default: canonical where there are such parts, else 0.8, 0.1, 0.1.
   */
  split?: SplitSpec;
}

/** Options of `tl.characterModel()`. */
export type CharacterModelOptions = TextOptions;

export const textNames = { sequenceLength: true, batchSize: true, split: true } as const;

/** Cells are not type checked. */
function requireKind(word: string, given: unknown, kind: typeof Text | typeof Sequences, remedy: string): void {
  if (!(given instanceof kind)) {
    throw new TypeError(`${word}() takes ${remedy}, not ${shown(given)}`);
  }
}

interface TextTask {
  readonly word: string;
  readonly kind: "character-model" | "word-model";
  /** The batch size of a text that is long enough. */
  readonly usualBatch: number;
}

function textFields(text: Text, options: TextOptions, { word, kind, usualBatch }: TextTask) {
  requireKind(word, text, Text, 'a text, as await tl.data.text("moby-dick")');
  const { sequenceLength = 64, batchSize, split = usualSplit(text.corpus) } = options;
  const fields = { corpus: { name: text.name, source: text.source, sha256: text.sha256 }, split, sequenceLength, batchSize: batchSize ?? usualBatch };
  const schema = characterModelSchema.pick({ sequenceLength: true, batchSize: true, split: true });
  requireValid(`${word}()`, schema, { split, sequenceLength, batchSize: batchSize === undefined ? usualBatch : batchSize });
  const { note, ...fitting } = batchSize === undefined ? batchOfText(text, kind, split, sequenceLength, usualBatch) : { batchSize };
  return { fields: { ...fields, ...fitting }, notes: told(note) };
}

/** What the user is told at once, and again where the experiment shows itself. */
function told(note: string | undefined): readonly string[] {
  if (note === undefined) {
    return [];
  }
  notice(note);
  return [note];
}

/**
 * Makes the task of predicting each next character of a text.
 * @param text `await tl.data.text("moby-dick")`, or a text of your own
 * @throws TypeError that names each wrong option; CorpusError for a text that is too short
 */
export function characterModel(text: Text, options: CharacterModelOptions = {}): Task {
  return characterTask("tl.characterModel", text, options, 32);
}

/** The same for a word of the API that makes it by the way. */
export function characterTask(word: string, text: Text, options: CharacterModelOptions, usualBatch: number): Task {
  checkOptions(word, options, textNames);
  const { fields, notes } = textFields(text, options, { word, kind: "character-model", usualBatch });
  const spec = { kind: "character-model", ...fields } as const;
  return { spec, source: text, notes, data: () => splitCorpus(text.corpus, spec) };
}

/** Options of `tl.wordModel()`. */
export interface WordModelOptions extends TextOptions {
  /** Width of the word vectors. Default 300. */
  embedding?: number;
  /** Probability with which an element of a word vector is dropped. Default 0. */
  embeddingDropout?: number;
  /** Rarer words become <unk>. Default: words that occur once, unless the parts are canonical and so have their own <unk>. */
  vocabulary?: Partial<WordModelSpec["vocabulary"]>;
}

/**
 * Makes the task of predicting each next word of a text. Words are cut at white space, and each line ends in the word `<eos>`.
 * @throws TypeError that names each wrong option; CorpusError for a text that is too short
 */
export function wordModel(text: Text, options: WordModelOptions = {}): Task {
  const word = "tl.wordModel";
  checkOptions(word, options, { ...textNames, embedding: true, embeddingDropout: true, vocabulary: true });
  const { vocabulary = {}, embedding = 300, embeddingDropout = 0 } = options;
  checkOptions(`vocabulary of ${word}`, vocabulary, { minimumCount: true, size: true });
  const { fields, notes } = textFields(text, options, { word, kind: "word-model", usualBatch: 32 });
  const spec: WordModelSpec = requireValid(`${word}()`, wordModelSchema, {
    kind: "word-model",
    ...fields,
    vocabulary: { minimumCount: fields.split === "canonical" ? 1 : 2, size: null, ...vocabulary },
    embedding,
    embeddingDropout,
  });
  return { spec, source: text, notes, data: () => splitCorpus(text.corpus, spec) };
}

/** Options of `tl.classification()`. */
export interface ClassificationOptions {
  /** Sequences in a minibatch. Default 100, or as many as the smallest part has. */
  batchSize?: number;
  /** How many timesteps, side by side, become one: 28 makes the lines of an image out of its pixels. Default 1. */
  grouped?: number;
  /** True, or the seed of one random order of the timesteps, the same for all sequences. Default: the given order. */
  permuted?: boolean | number;
}

/** Sequences in a minibatch where the parts are large enough. */
const usualSequences = 100;

/**
 * Makes the task of telling the class of each whole sequence from the last hidden state.
 * @param sequences `await tl.data.sequences("mnist")`, a CSV file, or arrays of your own
 * @throws SequenceError for a batchSize that does not fit into the smallest part
 */
export function classification(sequences: Sequences, options: ClassificationOptions = {}): Task {
  const word = "tl.classification";
  checkOptions(word, options, { batchSize: true, grouped: true, permuted: true });
  requireKind(word, sequences, Sequences, 'sequences, as await tl.data.sequences("mnist")');
  const { name, source, sha256, data } = sequences;
  const { batchSize = usualSequences, grouped, permuted = false } = options;
  const draft: ClassificationSpec = requireValid(
    `${word}()`,
    classificationSchema,
    { kind: "classification", data: { name, source, sha256 }, batchSize, ...(grouped !== undefined && { grouped }), order: orderOf(permuted) },
    (path) => (path.startsWith("order") ? "permuted" : path),
  );
  const { note, ...fitting } = batchOfSequences(name, data, options.batchSize, usualSequences);
  const spec = { ...draft, ...fitting };
  return { spec, source: sequences, notes: told(note), data: () => asTask(data, spec) };
}

/** The seed of a permutation that was asked for without one. */
const defaultPermutation = 1;

function orderOf(choice: boolean | number): ClassificationSpec["order"] {
  if (choice === false) {
    return { kind: "given" };
  }
  return { kind: "permuted", seed: choice === true ? defaultPermutation : choice };
}
