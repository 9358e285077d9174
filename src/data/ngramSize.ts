import { root } from "./ngramTree.js";
import type { NgramTree } from "./ngramTree.js";

export interface NgramSize {
  readonly ngrams: number;
  readonly bits: number;
}

/** A node of a tree in the level-order unary degree sequence (Jacobson 1989), which needs no pointers. */
const bitsOfShape = 2;

/**
 * What the n-gram model of each order has to keep: for each n-gram of its order and of all lower ones the last symbol, its place
 * in the tree, and its count in Elias's gamma code. Discounts and what they leave follow from these. A program that looks
 * probabilities up quickly takes several times as much.
 * @returns at [n - 1]: of the n-gram model
 */
export function ngramSizes(tree: NgramTree): NgramSize[] {
  const { order, orders, size, occurrences, predecessors } = tree;
  const ngrams = new Float64Array(order + 1);
  const asHighest = new Float64Array(order + 1);
  const asLower = new Float64Array(order + 1);
  for (let node = root + 1; node < size; node++) {
    const own = orders[node]!;
    ngrams[own]! += 1;
    asHighest[own]! += gammaBits(occurrences[node]!);
    asLower[own]! += gammaBits(predecessors[node]!);
  }
  const bitsEach = Math.ceil(Math.log2(tree.vocabulary)) + bitsOfShape;
  return Array.from({ length: order }, (_, index) => {
    const count = sum(ngrams.subarray(0, index + 2));
    return { ngrams: count, bits: count * bitsEach + sum(asLower.subarray(0, index + 1)) + asHighest[index + 1]! };
  });
}

/** Elias 1975: a count of at least 1 takes one bit and two for each doubling. */
function gammaBits(count: number): number {
  return 2 * (31 - Math.clz32(count)) + 1;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
