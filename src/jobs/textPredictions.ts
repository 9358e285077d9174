import type { EvaluationMethod } from "../experiment/evaluationMethod.js";
import { methodInWords } from "../experiment/evaluationMethod.js";
import { softmax, type TextLogits } from "../rnn/inference/predict.js";
import type { EvaluatedScore } from "../rnn/inference/score.js";
import { writeFileAtomically } from "../files/atomicFile.js";
import { csvLine } from "../text/csv.js";
import { escapeHtml } from "../text/markup.js";
import { printableLine } from "../text/printable.js";
import { colouredText, colourKey, type SurprisingPiece } from "../display/colouredText.js";
import { grid, thousands } from "../display/html.js";
import { scoreInWords } from "./evaluation.js";
import { displaySymbol, type Displayable, type MimeBundle } from "../display/host.js";

/** Symbols of the picture in a cell. */
const symbolsShown = 4000;
/** Symbols that may follow which are listed. */
const followersShown = 8;
/** The most surprising symbols that are listed. */
const surprisesShown = 8;
/** Lines of a CSV file that are written at once. */
const linesAtOnce = 10_000;

export interface TextPredictionFacts extends TextLogits {
  /** What was read, in words: "test part", "the text". */
  readonly name: string;
  readonly task: "character-model" | "word-model";
  /** V symbols; index = id. */
  readonly symbols: readonly string[];
  /** [N] */
  readonly ids: Int32Array;
  readonly how: EvaluationMethod;
  readonly notes: readonly string[];
}

export interface Follower {
  readonly symbol: string;
  readonly probability: number;
}

/** What a language model expects at each place of a text of N symbols, V being known. */
export class TextPredictions implements Displayable {
  constructor(private readonly facts: TextPredictionFacts) {}

  /** What was read, in words. */
  get name(): string {
    return this.facts.name;
  }

  /** N */
  get count(): number {
    return this.facts.ids.length;
  }

  /** V characters or words; index = id. */
  get symbols(): readonly string[] {
    return this.facts.symbols;
  }

  /** [N] ids of the text's own symbols. */
  get ids(): Int32Array {
    return this.facts.ids;
  }

  /** [N - 1] cross-entropy in nats of each symbol but the first, given those before it: loss t is of the symbol t + 1. */
  get losses(): Float32Array {
    return this.facts.losses;
  }

  /** [N - 1] the same in bits. */
  get bits(): Float32Array {
    return this.facts.losses.map((nats) => nats / Math.LN2);
  }

  /** [N - 1] ids of the likeliest symbols: entry t is what was expected as symbol t + 1. */
  get predicted(): Int32Array {
    return this.facts.predicted;
  }

  /**
   * [N - 1, V] before the softmax: row t is of the symbol t + 1.
   * @throws RangeError for a long text, whose logits are not kept
   */
  get logits(): Float32Array {
    const { logits, symbols } = this.facts;
    if (logits === undefined) {
      throw new RangeError(
        `The logits of ${thousands(this.count)} symbols of ${thousands(symbols.length)} kinds are not kept, because they would take too much memory; ` +
          "losses, predicted and next are. Give a shorter piece of the text.",
      );
    }
    return logits;
  }

  /** [N - 1, V] next-symbol distributions: row t is of the symbol t + 1 and sums to 1. @throws as `logits` */
  get probabilities(): Float32Array {
    return softmax(this.logits, this.symbols.length);
  }

  /** [V] the distribution of the symbol that would follow the text; index = id. */
  get next(): Float32Array {
    return softmax(this.facts.next, this.symbols.length);
  }

  /** The likeliest symbols that would follow the text, likeliest first. */
  followers(count = followersShown): Follower[] {
    const { next, symbols } = this;
    const order = Array.from(next.keys()).sort((one, other) => next[other]! - next[one]! || one - other);
    return order.slice(0, count).map((id) => ({ symbol: symbols[id]!, probability: next[id]! }));
  }

  /** Loss, bits per symbol and accuracy; undefined for a text of one symbol. Of a part of the data exactly those of `run.evaluate`, deployable. */
  get score(): EvaluatedScore | undefined {
    return this.facts.score;
  }

  /** How the predictions were computed. */
  get how(): EvaluationMethod {
    return this.facts.how;
  }

  /** What a reader should know of how the text was read. */
  get notes(): readonly string[] {
    return this.facts.notes;
  }

  /** Places of the most surprising symbols, the most surprising first; 0 is the text's first symbol, which is never predicted. */
  surprises(count = surprisesShown): number[] {
    const { losses } = this;
    const kept: number[] = [];
    losses.forEach((loss, at) => {
      if (kept.length < count || loss > losses[kept.at(-1)!]!) {
        const place = kept.findIndex((other) => losses[other]! < loss);
        kept.splice(place < 0 ? kept.length : place, 0, at);
        kept.length = Math.min(kept.length, count);
      }
    });
    return kept.map((at) => at + 1);
  }

  /** One line for each symbol but the first as CSV (RFC 4180): its place, itself, its bits, and what was expected. */
  *csv(): Generator<string> {
    const { ids, symbols, losses, predicted } = this;
    yield csvLine(["position", "symbol", "bits", "predicted"]);
    for (let from = 0; from < losses.length; from += linesAtOnce) {
      const lines = Array.from(losses.subarray(from, from + linesAtOnce), (loss, index) => {
        const at = from + index;
        return csvLine([at + 1, symbols[ids[at + 1]!]!, loss / Math.LN2, symbols[predicted[at]!]!]);
      });
      yield lines.join("");
    }
  }

  /** Writes the CSV, whole or not at all. @param file relative to the notebook's folder; one that exists is replaced */
  async save(file: string): Promise<void> {
    await writeFileAtomically(file, this.csv());
  }

  private title(): string {
    const { task, score, how } = this.facts;
    const unit = task === "character-model" ? ["bits per character", "characters"] : ["perplexity", "words"];
    const figure = score === undefined ? "" : `: ${unit[0]} ${scoreInWords(task, score)}`;
    return `${this.name}, ${thousands(this.count)} ${unit[1]}${figure}; ${methodInWords(how)}`;
  }

  private pieces(): SurprisingPiece[] {
    const { ids, symbols, losses, predicted, facts } = this;
    const separator = facts.task === "character-model" ? "" : " ";
    return Array.from(ids.subarray(0, symbolsShown), (id, at) => {
      const symbol = symbols[id]!;
      const text = symbol === "<eos>" && separator !== "" ? "\n" : `${symbol}${separator}`;
      if (at === 0) {
        return { text, bits: undefined, hint: "the first symbol, which is not predicted" };
      }
      const bits = losses[at - 1]! / Math.LN2;
      const hint = `${JSON.stringify(symbol)}: ${bits.toFixed(2)} bits; expected ${JSON.stringify(symbols[predicted[at - 1]!])}`;
      return { text, bits, hint };
    });
  }

  private tables(): MimeBundle[] {
    const { symbols, ids, losses, predicted } = this;
    const quoted = (id: number): string => JSON.stringify(symbols[id]);
    const followers = this.followers().map(({ symbol, probability }) => [JSON.stringify(symbol), `${(100 * probability).toFixed(1)} %`]);
    const surprises = this.surprises().map((at) => [
      String(at),
      quoted(ids[at]!),
      (losses[at - 1]! / Math.LN2).toFixed(2),
      quoted(predicted[at - 1]!),
    ]);
    return [
      ...(surprises.length > 0 ? [grid("Most surprising", ["position", "symbol", "bits", "expected"], surprises)] : []),
      grid("What would follow", ["symbol", "probability"], followers),
      ...(this.notes.length > 0 ? [grid("Notes", [""], this.notes.map((note) => [note]))] : []),
    ];
  }

  [displaySymbol](): MimeBundle {
    const more = this.count > symbolsShown ? `<div>The first ${thousands(symbolsShown)} symbols of ${thousands(this.count)}.</div>` : "";
    const picture = `<div><b>${escapeHtml(printableLine(this.title()))}</b></div>${colouredText(this.pieces())}${more}${colourKey()}`;
    const tables = this.tables();
    return {
      "text/html": [picture, ...tables.map((table) => table["text/html"])].join("<br>"),
      "text/plain": String(this),
    };
  }

  toString(): string {
    return [printableLine(this.title()), ...this.tables().map((table) => table["text/plain"])].join("\n\n");
  }
}
