import type { SymbolData } from "./contract.js";
import { NgramModels } from "./ngram.js";
import { type NgramSize, ngramSizes } from "./ngramSize.js";

/** One order's model of the training part. */
export interface NgramScore extends NgramSize {
  /** Symbols in an n-gram. */
  readonly order: number;
  /** Mean bits per symbol, each part read from its own beginning. */
  readonly validation: number;
  readonly test: number;
}

export interface NgramYardstick {
  /** The scores of all orders, from 1 to the highest. */
  readonly scores: readonly NgramScore[];
  /** The best on the validation part, the lowest order of several. */
  readonly chosen: NgramScore;
}

/** On texts of some million characters the validation part chooses at most this. */
export const defaultHighestOrder = 8;

/**
 * How well counting predicts a text: modified Kneser-Ney n-grams of the training part, whose order the validation part chooses.
 * @throws RangeError for an order outside 1 to 255, or a validation or test part without a symbol
 */
export function ngramYardstick(data: Omit<SymbolData, "kind">, highestOrder = defaultHighestOrder): NgramYardstick {
  const models = new NgramModels(data.train, highestOrder, data.symbols.length);
  const [validation, test] = [models.bitsPerSymbol(data.validation), models.bitsPerSymbol(data.test)];
  const scores = ngramSizes(models.tree).map((size, index): NgramScore => {
    return { order: index + 1, validation: validation[index]!, test: test[index]!, ...size };
  });
  const chosen = scores.reduce((best, score) => (score.validation < best.validation ? score : best));
  return { scores, chosen };
}
