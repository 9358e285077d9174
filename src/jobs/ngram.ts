import { defaultHighestOrder, type NgramScore, ngramYardstick, type NgramYardstick } from "../data/ngramYardstick.js";
import { splitCorpus } from "../data/corpus.js";
import type { TaskData } from "../data/contract.js";
import type { TaskSpec } from "../experiment/taskSpec.js";
import { sizeText } from "../rnn/shipping/modelSize.js";
import { measures } from "../runs/measures.js";
import { grid, thousands } from "../display/html.js";
import { displaySymbol, type Displayable, type MimeBundle } from "../display/host.js";
import { shown } from "../experiment/options.js";
import { type Text, usualSplit } from "./text.js";

/** Options of `run.ngram()`. */
export interface RunNgramOptions {
  /** Symbols in the longest n-grams that are tried, 1 to 255. Default 8. */
  maxOrder?: number;
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
  /** The same on the test part. */
  readonly testBits: number;
  /** How many n-grams the chosen model keeps, of its order and all lower ones. */
  readonly ngrams: number;
  /** The size of the chosen model: the bits of its symbols, tree and counts. */
  readonly bits: number;
  /** One for every order from 1 on. */
  readonly scores: readonly NgramScore[];

  constructor(
    /** The name of the text or the run. */
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

  /** The names of the table's columns. */
  head(): string[] {
    const { name } = measures[this.task];
    return ["model", `validation ${name}`, `test ${name}`, "n-grams", "size"];
  }

  /** What the table is about, in words. */
  get title(): string {
    return `n-grams of ${this.name} (modified Kneser-Ney, order chosen on the validation part)`;
  }

  [displaySymbol](): MimeBundle {
    return grid(this.title, this.head(), this.rows());
  }
}

/** The data of a text or of a run, and what it is called. */
export interface NgramSubject {
  readonly name: string;
  readonly task: TaskSpec["kind"];
  readonly data: TaskData;
  /** A trained model that stands beside the n-grams. */
  readonly rival?: Rival;
}

/**
 * n-grams trained on the training part, their order chosen on the validation part.
 * @param word what the caller wrote, for the errors: "tl.ngram"
 * @throws TypeError where the data is not a text; RangeError for an order out of range
 */
export function ngramOf(word: string, { name, task, data, rival }: NgramSubject, maxOrder = defaultHighestOrder): Ngram {
  if (data.kind !== "symbols") {
    throw new TypeError(`${word}() compares models of a text; this data is ${data.kind} with classes`);
  }
  if (!Number.isInteger(maxOrder) || maxOrder < 1 || maxOrder > 255) {
    throw new RangeError(`${word}() takes a maxOrder from 1 to 255, in whole symbols, not ${shown(maxOrder)}`);
  }
  return new Ngram(name, task, ngramYardstick(data, maxOrder), rival);
}

/** The same for characters of a text, in its usual parts. */
export function textNgram({ name, corpus }: Text, maxOrder?: number): Ngram {
  const task = "character-model";
  const data = splitCorpus(corpus, { kind: task, split: usualSplit(corpus), sequenceLength: 1, batchSize: 1 });
  return ngramOf("tl.ngram", { name, task, data }, maxOrder);
}

/** The same for the data of a run. */
export function runNgram(task: TaskSpec, data: TaskData, rival: Rival, { maxOrder }: RunNgramOptions): Ngram {
  return ngramOf("run.ngram", { name: dataName(task), task: task.kind, data, rival }, maxOrder);
}

function dataName(task: TaskSpec): string {
  return task.kind === "classification" ? task.data.name : task.corpus.name;
}
