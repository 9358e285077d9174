import { defaultHighestOrder, type NgramScore, ngramYardstick, type NgramYardstick } from "../data/ngramYardstick.js";
import type { TaskData } from "../data/contract.js";
import type { SplitSpec, TaskSpec } from "../experiment/taskSpec.js";
import { sizeText } from "../rnn/shipping/modelSize.js";
import { measures } from "../runs/measures.js";
import { grid, thousands } from "./display/html.js";
import { displaySymbol, type Displayable, type MimeBundle } from "./host.js";
import { checkOptions, shown } from "./options.js";
import { characterModel } from "./tasks.js";
import { Text } from "./text.js";

export interface RunNgramOptions {
  /** Symbols in the longest n-grams that are tried, 1 to 255. Default 8. */
  maxOrder?: number;
}

export interface NgramOptions extends RunNgramOptions {
  /** The shares of the three parts, as `tl.characterModel` takes them. */
  split?: SplitSpec;
}

/** A trained model that stands beside the n-grams. */
export interface Rival {
  readonly name: string;
  /** Deployable, bits per symbol of the test part. */
  readonly testBits: number;
  /** The size of all that ships. */
  readonly bits: number;
}

/** Modified Kneser-Ney n-grams of a text's training part: what counting reaches on the same split, order by order. */
export class Ngram implements Displayable {
  /** Symbols in an n-gram, as the validation part chose it. */
  readonly order: number;
  /** Bits per character, or per word, of the chosen order. */
  readonly validationBits: number;
  readonly testBits: number;
  /** How many n-grams the chosen model keeps, of its order and all lower ones, and the bits of symbols, tree and counts. */
  readonly ngrams: number;
  readonly bits: number;
  /** One for every order from 1 on. */
  readonly scores: readonly NgramScore[];

  constructor(
    readonly name: string,
    private readonly task: TaskSpec["kind"],
    { chosen, scores }: NgramYardstick,
    readonly rival?: Rival,
  ) {
    this.order = chosen.order;
    this.validationBits = chosen.validation;
    this.testBits = chosen.test;
    this.ngrams = chosen.ngrams;
    this.bits = chosen.bits;
    this.scores = scores;
  }

  /** The table's rows: a line for each order, then the trained model. */
  rows(): string[][] {
    const { of, text } = measures[this.task];
    const figure = (bpc: number): string => text(of({ bpc }) ?? NaN);
    const ofScore = ({ order, validation, test, ngrams, bits }: NgramScore): string[] => [
      `${order}-gram${order === this.order ? ", chosen" : ""}`,
      figure(validation),
      figure(test),
      thousands(ngrams),
      sizeText(bits),
    ];
    const { rival } = this;
    const ofRival = rival && [`${rival.name}, deployable`, "", figure(rival.testBits), "", sizeText(rival.bits)];
    return [...this.scores.map(ofScore), ...(ofRival ? [ofRival] : [])];
  }

  head(): string[] {
    const { name } = measures[this.task];
    return ["model", `validation ${name}`, `test ${name}`, "n-grams", "size"];
  }

  get title(): string {
    return `n-grams of ${this.name} (modified Kneser-Ney, order chosen on the validation part)`;
  }

  [displaySymbol](): MimeBundle {
    return grid(this.title, this.head(), this.rows());
  }
}

const ngramNames = { maxOrder: true, split: true } as const;

/**
 * What character n-grams reach on a text: trained on its training part, their order chosen on its validation part.
 * @throws CorpusError for a split that cannot be made; RangeError for an order out of range
 */
export function ngram(text: Text, options: NgramOptions = {}): Ngram {
  const { maxOrder, split } = checkOptions("tl.ngram", options, ngramNames);
  if (!(text instanceof Text)) {
    throw new TypeError(`tl.ngram() takes a text, as await tl.data.text("moby-dick"), not ${shown(text)}`);
  }
  const task = characterModel(text, { ...(split !== undefined && { split }), sequenceLength: 1, batchSize: 1 });
  return new Ngram(text.name, task.spec.kind, yardstick("tl.ngram", task.data(), maxOrder));
}

/** The same for the data of a run. @throws TypeError where it is not a text */
export function runNgram(task: TaskSpec, data: TaskData, rival: Rival, options: RunNgramOptions): Ngram {
  const { maxOrder } = checkOptions("run.ngram", options, { maxOrder: true });
  return new Ngram(dataName(task), task.kind, yardstick("run.ngram", data, maxOrder), rival);
}

function dataName(task: TaskSpec): string {
  return task.kind === "classification" ? task.data.name : task.corpus.name;
}

function yardstick(word: string, data: TaskData, maxOrder = defaultHighestOrder): NgramYardstick {
  if (data.kind !== "symbols") {
    throw new TypeError(`${word}() compares models of a text; this data is ${data.kind} with classes`);
  }
  if (!Number.isInteger(maxOrder) || maxOrder < 1 || maxOrder > 255) {
    throw new RangeError(`${word}() takes a maxOrder from 1 to 255, in whole symbols, not ${shown(maxOrder)}`);
  }
  return ngramYardstick(data, maxOrder);
}
