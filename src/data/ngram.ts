import { NgramTree, root } from "./ngramTree.js";
import { smoothed } from "./ngramSmoothing.js";
import type { Smoothed } from "./ngramSmoothing.js";

/** The highest order that fits into a byte. */
const highestOrder = 255;

/**
 * n-gram models of all orders up to the highest by interpolated modified Kneser-Ney smoothing (Chen and Goodman 1999, "An
 * empirical study of smoothing techniques for language modeling", section 3): the yardstick that a trained model must beat.
 *
 *   p(s | c) = (n(c s) - D(n(c s)) + (D1 N1(c) + D2 N2(c) + D3+ N3+(c)) p(s | c without its first symbol)) / sum of n(c *)
 *
 * with Nk(c) the number of symbols seen k times after c, and D(0) = 0. At the highest order n counts occurrences; below it n
 * counts the different symbols before c s, the start of the text being one of them. A context that was never seen has the
 * probabilities of the shorter one, and those without any context end in the uniform distribution.
 */
export class NgramModels {
  readonly tree: NgramTree;
  private readonly highest: Smoothed;
  private readonly lower: Smoothed;

  /**
   * @param train symbol ids, each 0 <= id < vocabulary
   * @param order symbols in the longest n-grams: a 4-gram predicts from 3 symbols
   * @throws RangeError for an order outside 1 to 255, or an id outside the vocabulary
   */
  constructor(
    train: Int32Array,
    readonly order: number,
    readonly vocabulary: number,
  ) {
    if (!Number.isInteger(order) || order < 1 || order > highestOrder) {
      throw new RangeError(`n-grams of ${order} symbols: give a whole number from 1 to ${highestOrder}.`);
    }
    checkIds(train, vocabulary);
    this.tree = new NgramTree(train, order, vocabulary);
    this.highest = smoothed(this.tree, this.tree.occurrences);
    this.lower = smoothed(this.tree, this.tree.predecessors);
  }

  /** Begins to read a text, before its first symbol. */
  reader(): NgramReader {
    return new NgramReader(this.tree, this.highest, this.lower);
  }

  /**
   * Mean of -log2 p over a text, for the model of each order; the first symbols have shorter contexts.
   * @returns at [n - 1]: that of the n-gram model
   * @throws RangeError for an empty text, or an id outside the vocabulary
   */
  bitsPerSymbol(text: Int32Array): Float64Array {
    if (text.length === 0) {
      throw new RangeError("There is no symbol to score: give a text with one at least.");
    }
    checkIds(text, this.vocabulary);
    const reader = this.reader();
    const bits = new Float64Array(this.order);
    for (const symbol of text) {
      const probabilities = reader.read(symbol);
      for (let index = 0; index < bits.length; index++) {
        bits[index]! -= Math.log2(probabilities[index]!);
      }
    }
    return bits.map((sum) => sum / text.length);
  }
}

/** Mean of -log2 p over the symbols of a test text, by the n-gram model of a training text. */
export function ngramBitsPerCharacter(train: Int32Array, test: Int32Array, order: number, vocabulary: number): number {
  return new NgramModels(train, order, vocabulary).bitsPerSymbol(test)[order - 1]!;
}

/** Goes through a text, with the contexts of all lengths before the present place. */
export class NgramReader {
  /** At [k]: the node of the last k symbols; the root at [0]. */
  private readonly contexts: number[] = [root];
  private readonly found: Float64Array;

  constructor(
    private readonly tree: NgramTree,
    private readonly highest: Smoothed,
    private readonly lower: Smoothed,
  ) {
    this.found = new Float64Array(tree.order);
  }

  /**
   * The probability of a symbol after all that was read.
   * @returns at [n - 1]: by the n-gram model; valid until the next call
   */
  probabilities(symbol: number): Float64Array {
    const { tree, contexts, found } = this;
    let shorter = 1 / tree.vocabulary;
    for (let length = 0; length < tree.order; length++) {
      const context = contexts[length];
      if (context === undefined) {
        found[length] = shorter;
        continue;
      }
      const node = tree.child(context, symbol);
      found[length] = this.highest.probability(context, node, shorter);
      shorter = this.lower.probability(context, node, shorter);
    }
    return found;
  }

  /** `probabilities`, and goes on behind the symbol. */
  read(symbol: number): Float64Array {
    const probabilities = this.probabilities(symbol);
    const { tree, contexts } = this;
    const longest = Math.min(tree.order - 1, contexts.length);
    const ending = contexts.slice(0, longest).map((context) => tree.child(context, symbol));
    const seen = ending.indexOf(undefined);
    contexts.length = 1;
    contexts.push(...(ending.slice(0, seen < 0 ? longest : seen) as number[]));
    return probabilities;
  }
}

function checkIds(symbols: Int32Array, vocabulary: number): void {
  const wrong = symbols.findIndex((id) => id < 0 || id >= vocabulary);
  if (wrong >= 0) {
    throw new RangeError(`Symbol id ${symbols[wrong]} at position ${wrong} is outside the ${vocabulary} symbols.`);
  }
}
