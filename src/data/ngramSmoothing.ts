import { root } from "./ngramTree.js";
import type { NgramTree } from "./ngramTree.js";

/** D1, D2 and D3+: what is taken from n-grams counted once, twice and more often. */
type Discounts = readonly [number, number, number];

/** The discounts of a text that is too small to estimate them: KenLM's `--discount_fallback` takes these. */
const fallback: Discounts = [0.5, 1, 1.5];

/** One kind of counts of a tree's n-grams, discounted, and what the discounts leave for shorter contexts. */
export class Smoothed {
  constructor(
    private readonly counts: Int32Array,
    private readonly orders: Uint8Array,
    /** At [n]: of the n-grams of n symbols. */
    private readonly discounts: readonly Discounts[],
    /** At the node of a context: the counts of all n-grams that go on from it, and the discounts of all these together. */
    private readonly totals: Float64Array,
    private readonly left: Float64Array,
  ) {}

  /**
   * @param node of the context and the symbol; undefined where it was not seen
   * @param shorter probability of the symbol after the context without its first symbol
   */
  probability(context: number, node: number | undefined, shorter: number): number {
    const total = this.totals[context]!;
    if (total === 0) {
      return shorter;
    }
    const kept = node === undefined ? 0 : discounted(this.counts[node]!, this.discounts[this.orders[node]!]!);
    return (kept + this.left[context]! * shorter) / total;
  }
}

/** @param counts of each node; all of a node's children or none may be 0 */
export function smoothed(tree: NgramTree, counts: Int32Array): Smoothed {
  const { size, orders } = tree;
  const discounts = countsOfCounts(tree, counts).map(discountsFrom);
  const totals = new Float64Array(size);
  const left = new Float64Array(size);
  for (let node = root + 1; node < size; node++) {
    const count = counts[node]!;
    const context = tree.parentOf(node);
    totals[context]! += count;
    left[context]! += count - discounted(count, discounts[orders[node]!]!);
  }
  return new Smoothed(counts, orders, discounts, totals, left);
}

function discounted(count: number, discounts: Discounts): number {
  return count === 0 ? 0 : count - discounts[Math.min(count, 3) - 1]!;
}

/** At [n][k]: how many n-grams of n symbols have the count k, for k of 1 to 4. */
function countsOfCounts({ size, order, orders }: NgramTree, counts: Int32Array): number[][] {
  const found = Array.from({ length: order + 1 }, () => [0, 0, 0, 0, 0]);
  for (let node = root + 1; node < size; node++) {
    const count = counts[node]!;
    if (count <= 4) {
      found[orders[node]!]![count]! += 1;
    }
  }
  return found;
}

/**
 * Chen and Goodman's equation 26: the discounts that leave-one-out likelihood makes best. Where a count of counts is missing,
 * or they leave the range in which all that is seen keeps a probability and something is left over, it is the fallback.
 */
export function discountsFrom([, n1, n2, n3, n4]: readonly number[]): Discounts {
  const share = n1! / (n1! + 2 * n2!);
  const found = [1 - (2 * share * n2!) / n1!, 2 - (3 * share * n3!) / n2!, 3 - (4 * share * n4!) / n3!] as const;
  return found.every((discount, index) => discount > 0 && discount <= index + 1) ? found : fallback;
}
