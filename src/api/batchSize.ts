import type { SequenceData } from "../data/contract.js";
import { partLengths } from "../data/corpus.js";
import { dataParts, SequenceError } from "../data/sequences.js";
import { wordsOf } from "../data/words.js";
import type { SplitSpec } from "../experiment/taskSpec.js";
import type { Text } from "../jobs/text.js";

/** Sequences in a minibatch, and why, where the default had to become smaller. */
export interface BatchSize {
  readonly batchSize: number;
  readonly note?: string;
}

/**
 * A minibatch of sequences that fits into the smallest part.
 * @param given by the user
 * @throws SequenceError when a given one does not fit
 */
export function batchOfSequences(name: string, data: SequenceData, given: number | undefined, usual: number): BatchSize {
  const smallest = dataParts.reduce((least, part) => (data[part].labels.length < data[least].labels.length ? part : least));
  const count = data[smallest].labels.length;
  if (given !== undefined && given > count) {
    throw new SequenceError(
      `The ${smallest} part of "${name}" has ${count} sequences, and a minibatch of ${given} does not fit into it: give batchSize: ${count} at most, ` +
        "or leave it out, or give that part more sequences by split.",
    );
  }
  return given === undefined && count < usual ? shrunk(count, usual, `sequences that the ${smallest} part of "${name}" has`) : { batchSize: given ?? usual };
}

/** Beyond so many characters a text has words enough for any usual minibatch, and counting them takes long. */
const longText = 2_000_000;

/**
 * A minibatch of windows of a text that fits into its smallest part. A text that is too short for a single window gets the usual one, whose
 * error names all lengths.
 */
export function batchOfText(text: Text, kind: "character-model" | "word-model", split: SplitSpec, sequenceLength: number, usual: number): BatchSize {
  const isCounted = kind === "word-model" && (split === "canonical" || text.characters > longText);
  if (isCounted || !(sequenceLength >= 1)) {
    return { batchSize: usual };
  }
  const length = kind === "word-model" ? wordsOf(text.text).length : text.characters;
  const { train, validation, test } = partLengths(text.corpus, length, split);
  // Training windows start at a random offset below one sequence.
  const windows = Math.floor(Math.min(train - sequenceLength, validation - 1, test - 1) / sequenceLength);
  return windows >= 1 && windows < usual ? shrunk(windows, usual, `windows of ${sequenceLength} that the smallest part of "${text.name}" has`) : { batchSize: usual };
}

function shrunk(batchSize: number, usual: number, reason: string): BatchSize {
  return { batchSize, note: `batchSize is ${batchSize}, the ${reason}, and not ${usual} as usual.` };
}
