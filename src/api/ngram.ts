import type { SplitSpec } from "../experiment/taskSpec.js";
import { checkOptions, shown } from "../experiment/options.js";
import { type Ngram, ngramOf, type RunNgramOptions } from "../jobs/ngram.js";
import { Text } from "../jobs/text.js";
import { characterModel } from "./tasks.js";

/** Options of `tl.ngram()`. */
export interface NgramOptions extends RunNgramOptions {
  /** The shares of the three parts, as `tl.characterModel` takes them. */
  split?: SplitSpec;
}

/**
 * Tells what character n-grams reach on a text: they are trained on its training part, and their order is chosen on its validation part.
 * @throws CorpusError for a split that cannot be made; RangeError for an order out of range
 */
export function ngram(text: Text, options: NgramOptions = {}): Ngram {
  const { maxOrder, split } = checkOptions("tl.ngram", options, { maxOrder: true, split: true });
  if (!(text instanceof Text)) {
    throw new TypeError(`tl.ngram() takes a text, as await tl.data.text("moby-dick"), not ${shown(text)}`);
  }
  const task = characterModel(text, { ...(split !== undefined && { split }), sequenceLength: 1, batchSize: 1 });
  return ngramOf("tl.ngram", { name: text.name, task: task.spec.kind, data: task.data() }, maxOrder);
}
